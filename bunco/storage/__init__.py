"""What every store must agree on: page marks, search words, text that can be kept."""
