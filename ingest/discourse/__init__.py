"""Discourse: what a forum gives, as posts."""
