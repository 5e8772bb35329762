"""Mails: where they come from, what they say, the posts in them."""
