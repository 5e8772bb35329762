"""Tests of what the source ``webhook`` decides."""
