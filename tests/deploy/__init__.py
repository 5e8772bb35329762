"""How bunco is brought up: its image, its stack, its service files."""
