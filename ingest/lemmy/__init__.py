"""Lemmy: what its two API versions give, as posts and removals."""
