"""The streams between processes: Kafka's topics, what their records hold, how one connects."""
