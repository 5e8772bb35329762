"""The wording of what is remembered: states keep texts as published, and look at them again."""

from functools import lru_cache

from bunco.text.wording import wording

recalled = lru_cache(maxsize=8192)(wording)
"""The wording of a remembered text; one memory for all detectors of a process."""
