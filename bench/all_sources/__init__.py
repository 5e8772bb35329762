"""One source of each kind, all at once, against servers on loopback that play faults."""
