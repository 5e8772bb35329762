"""Hacker News: what its two APIs give, as posts."""
