"""The streams between processes."""
