"""A sink as people run it, with a store in a file."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bunco.errors import StoreError
from bunco.options import KafkaOptions
from bunco.ports.stores import Store
from bunco.stores import sqlite

SETTINGS = """
[kafka]
bootstrap = ["{bootstrap}"]
prefix = "{prefix}"
[store]
path = "{store}"
[sink]
port = 0
batch_items = 50
session_timeout = "6s"
"""


@contextmanager
def sink(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a sink as people do; it is killed in the end."""
    command = [sys.executable, "-m", "bunco", "sink", "--config", str(folder / "bunco.toml")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def configure(folder: Path, options: KafkaOptions) -> None:
    """Write the configuration; the store is ``bunco.db`` in the same folder."""
    bootstrap, store = options.bootstrap[0], folder / "bunco.db"
    settings = SETTINGS.format(bootstrap=bootstrap, prefix=options.prefix, store=store)
    (folder / "bunco.toml").write_text(settings)


def stored(place: Path) -> tuple[int, int]:
    with closing(opened(place)) as store:
        try:
            stats = store.stats()
        except StoreError:
            return 0, 0
        return stats.posts, stats.findings


def opened(place: Path) -> Store:
    store: Store = sqlite.PART.make(sqlite.Options(path=str(place)))
    return store
