"""The distributed run as a whole: real processes, real Kafka, real Elasticsearch."""
