"""Find the shared data sets that measure bunco; they are no part of the repository."""

import os
from pathlib import Path

import pytest

_PLACES = (
    Path(os.environ.get("BUNCO_SHARED", "/nowhere")),
    Path(__file__).resolve().parents[2] / "shared",
)


def shared(path: str) -> Path:
    """Give the path of a shared data file; skip the test, with the reason, where it is not."""
    for place in _PLACES:
        if (found := place / "data" / path).exists():
            return found
    pytest.skip(f"the shared data set {path} is not here (set BUNCO_SHARED to its folder)")
