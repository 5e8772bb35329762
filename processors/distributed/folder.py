"""The folder of a worker's states: one worker in it at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bunco.errors import ConfigError

try:
    import fcntl
except ImportError:  # Windows: RocksDB's own lock must do
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder and keep other workers out of it while the block runs.

    Raises:
        ConfigError: it cannot be written, or another worker is in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        found = f"{folder} ({error.strerror})"
        raise ConfigError("process", "data", found, "a folder that can be written") from error
    try:
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                found = f"{folder}, in which another worker is at work"
                allowed = "a folder, or an --instance, for each worker"
                raise ConfigError("process", "data", found, allowed) from error
        yield
    finally:
        with suppress(OSError):
            os.close(descriptor)
