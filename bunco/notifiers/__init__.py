"""Ways to people: one module a kind."""
