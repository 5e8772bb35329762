"""Turn documents of feeds into posts."""
