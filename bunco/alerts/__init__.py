"""Decide who is told of what and when, write the mail, see it on its way."""
