"""The sink: from Kafka's topics into the store, whatever its kind."""
