"""How good the detectors are, measured: ``bunco evaluate``."""
