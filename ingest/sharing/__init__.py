"""Any number of ingesters read the sources together and write what they give to Kafka."""
