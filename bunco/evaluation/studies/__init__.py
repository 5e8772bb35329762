"""One module a detector: its ``STUDY`` measures it on recorded and planted data."""
