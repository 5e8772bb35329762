"""YouTube: what its feeds, its hub and its embedding service give."""
