"""Repeatable measurements; `python -m bench` runs those of the pipeline."""
