"""What Kibana shows: one description, its saved objects, and each panel's query."""
