"""Measurements of the distributed run; ``python -m bench.distributed`` prints them."""
