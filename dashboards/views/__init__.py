"""What a page shows, worked out from what the store gave: pure functions and records."""
