"""Tests of recognising sources by their addresses."""
