"""Where a measurement keeps its store."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def store_path(kept: Path | None) -> Iterator[Path]:
    """Give the path that was asked for, else one that is gone afterwards."""
    if kept:
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "bench.db"
