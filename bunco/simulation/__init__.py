"""A deterministic, labelled stream of posts: for the demo, tests and measurements."""
