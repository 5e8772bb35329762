"""Find out what kind of source an address is: one module a family."""
