"""The injection harness: plant repeats and bursts into timelines, see which are found.

timelines → plantings at a fixed seed → the real pipeline, with and without → found or missed
"""
