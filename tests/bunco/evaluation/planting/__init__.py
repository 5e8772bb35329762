"""Tests of the injection harness."""
