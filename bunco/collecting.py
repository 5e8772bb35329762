"""Python's search for reference cycles, made seldom for processes that run long."""

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50
"""New containers, then rounds, between two looks at each generation. Python's own 700, 10, 10
are for programs with few objects: with the states of thousands of authors in memory the looks took
a tenth of the processor's time and found next to nothing, as records form no cycles."""


def collect_seldom() -> None:
    """Leave what is loaded now alone for good, and look at the rest seldom.

    Call it once, when everything is loaded and before the work begins.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
