"""Who may do what: passwords, tokens, sessions, roles, and what guards every request."""
