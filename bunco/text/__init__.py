"""What a text is made of: pure functions from words to words, numbers and marks."""
