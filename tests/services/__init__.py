"""Real servers for tests and for development, on loopback."""
