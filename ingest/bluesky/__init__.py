"""Bluesky as Jetstream tells it: events, records, posts."""
