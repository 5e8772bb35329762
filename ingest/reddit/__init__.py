"""Reddit: what its feeds and its API give, as posts and removals."""
