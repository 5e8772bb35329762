"""Real bunco processes on a folder of their own: start, kill, stop, start again.

A stack has a prefix of its own in Kafka and in Elasticsearch, so that many can share servers.
Its processes die with the one that made them, however that ends.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from msgspec import Struct

from bunco import wiring
from bunco.config import Config
from bunco.model import StoredPost
from bunco.ports.stores import Store
from bunco.stores_elastic.documents import POST_FIELDS, stored_post
from tests.e2e.distributed.contents import Contents, contents
from tests.e2e.distributed.kafka_view import KafkaView
from tests.e2e.distributed.running import ROOT, Broken, Running

Command: TypeAlias = Literal["ingest", "process", "sink"]


class Given(Struct, frozen=True, kw_only=True):
    """What a stack is made of."""

    kafka: str
    """``host:port`` of a broker."""
    elastic: str
    """The address of Elasticsearch; empty: the store is a SQLite file."""
    posts: Path
    """The file that is read in."""
    follow: bool = False
    """Whether the file grows meanwhile."""
    partitions: int = 4
    tables: str = ""
    """More TOML."""


class Stack:
    """A configuration in a folder, and what runs by it.

    Args:
        folder: is made where it is missing.
        given: what it is made of.
    """

    def __init__(self, folder: Path, given: Given) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.given = given
        self.prefix = f"t-e2e-{secrets.token_hex(4)}"
        self.running: dict[str, Running] = {}
        self.config_file = folder / "bunco.toml"
        self.config_file.write_text(_toml(given, self.prefix, folder), encoding="utf-8")

    def __enter__(self) -> Self:
        self.set_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.running.values():
            process.kill()
        with self.view() as view:
            view.forget()
        if self.given.elastic:
            _drop_indices(self.given.elastic, self.prefix)

    @property
    def config(self) -> Config:
        return wiring.load_config(self.config_file)

    def view(self) -> KafkaView:
        """Look at its topics; close it."""
        return KafkaView(self.given.kafka, self.prefix)

    def set_up(self) -> None:
        """Make topics and indices."""
        self.run("topics", "create")
        if self.given.elastic:
            self.run("index", "create")

    def run(self, *command: str) -> str:
        """Run a command to its end; give what it printed.

        Raises:
            Broken: it failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", "bunco", *command, "--config", str(self.config_file)],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=120,
            check=False,
        )
        if done.returncode:
            said = f"{done.stdout}\n{done.stderr}"
            raise Broken(f"bunco {' '.join(command)} ended with {done.returncode}\n{said}")
        return done.stdout

    def start(self, command: Command, name: str = "", **settings: str) -> Running:
        """Start one of the long-running commands; the same name again is the same worker.

        Args:
            command: which.
            name: of the worker; a processor's instance and the folder of its states.
            settings: overrides, such as ``SINK__BATCH_ITEMS="100"``.
        """
        name = name or command
        environment = self.environment(name, **settings)
        started = Running(name, self.command(command), self.folder, environment)
        self.running[name] = started
        return started

    def command(self, command: Command) -> list[str]:
        """Give the command line of a long-running command."""
        return [sys.executable, "-m", "bunco", command, "--config", str(self.config_file)]

    def environment(self, name: str, **settings: str) -> dict[str, str]:
        """Give the environment of a worker with overrides of settings."""
        return {f"BUNCO_{key}": value for key, value in settings.items()} | {
            "BUNCO_PROCESS__INSTANCE": name,
            "BUNCO_PROCESS__DATA": str(self.data(name)),
        }

    def data(self, name: str) -> Path:
        """Give the folder of a processor's states."""
        return self.folder / f"{name}-data"

    def kill(self, name: str) -> None:
        """Kill a worker with -9; it is started again by ``start``."""
        self.running.pop(name).kill()

    def leave(self, name: str) -> int:
        """Let a worker leave in order (SIGTERM); give its exit code."""
        return self.running.pop(name).stop()

    def stop(self) -> dict[str, int]:
        """Stop all in order; give their exit codes by name."""
        return {name: process.stop() for name, process in self.running.items()}

    def fail_if_ended(self) -> None:
        """Hold that nothing has ended by itself, but for an ingester that is through.

        Raises:
            Broken: something has; with its log.
        """
        for process in self.running.values():
            through = {None, 0} if process.name == "ingest" else {None}
            if process.ended not in through:
                raise Broken(f"{process.name} ended with {process.ended}\n{process.tail()}")

    def tails(self) -> str:
        """Give the last lines of all logs."""
        return "\n".join(process.tail() for process in self.running.values())

    def count(self) -> int:
        """Give how many posts can be searched in Elasticsearch."""
        answer = _asked(f"{self.given.elastic}/{self.prefix}-posts/_count", "GET")
        return int(json.loads(answer)["count"]) if answer else 0

    def posts(self) -> Iterator[StoredPost]:
        """Give every document of posts in Elasticsearch, by id; call after ``store``."""
        url = f"{self.given.elastic}/{self.prefix}-posts/_search"
        body: dict[str, Any] = {"size": 2000, "sort": ["id", "at"], "_source": POST_FIELDS}
        while True:
            hits = json.loads(_asked(url, "POST", body))["hits"]["hits"]
            yield from (stored_post(hit["_source"]) for hit in hits)
            if len(hits) < body["size"]:
                return
            body["search_after"] = hits[-1]["sort"]

    def contents(self) -> Contents:
        """Read all that is in its store."""
        store = self.store()
        try:
            return contents(store, self.posts() if self.given.elastic else None)
        finally:
            store.close()

    def store(self) -> Store:
        """Open its store, everything written visible; close it."""
        if self.given.elastic:
            _asked(f"{self.given.elastic}/{self.prefix}*/_refresh?allow_no_indices=true", "POST")
        return wiring.open_store(self.config)


def embedded(posts: Path, folder: Path) -> Path:
    """Run the same posts through the embedded run; give the SQLite store."""
    config = folder / "embedded.toml"
    config.touch()
    store = folder / "embedded.db"
    command = [sys.executable, "-m", "bunco", "replay", str(posts), "--store", str(store)]
    subprocess.run(
        [*command, "--config", str(config)],
        check=True,
        capture_output=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    return store


def expected(posts: Path, folder: Path) -> Contents:
    """Give what the embedded run makes of the same posts."""
    store = wiring.open_store_at(str(embedded(posts, folder)))
    try:
        return contents(store)
    finally:
        store.close()


def until(
    condition: Callable[[], bool], within: float, what: str, stack: Stack, pause: float = 0.25
) -> float:
    """Wait until a condition holds; give how many seconds that took.

    Raises:
        Broken: it does not in time, or a process of the stack ended; with the logs.
    """
    began = time.monotonic()
    while not condition():
        stack.fail_if_ended()
        if time.monotonic() - began > within:
            raise Broken(f"not within {within:.0f} s: {what}\n{stack.tails()}")
        time.sleep(pause)
    return time.monotonic() - began


def _toml(given: Given, prefix: str, folder: Path) -> str:
    store = (
        f'kind = "elastic"\nurl = "{given.elastic}"\nprefix = "{prefix}"'
        if given.elastic
        else f'path = "{folder}/store.db"'
    )
    follow = 'follow = true\nfollow_every = "50ms"\n' if given.follow else ""
    return f"""\
[store]
{store}

[kafka]
bootstrap = ["{given.kafka}"]
prefix = "{prefix}"
partitions = {given.partitions}

[process]
port = 0

[sink]
port = 0

[[source]]
name = "posts"
kind = "jsonl"
path = "{given.posts}"
{follow}
{given.tables}
"""


def _drop_indices(elastic: str, prefix: str) -> None:
    """Delete what a stack made in Elasticsearch: indices by name, as wildcards may be barred."""
    listed = _asked(f"{elastic}/_cat/indices/{prefix}*?h=index&expand_wildcards=all", "GET")
    for index in listed.decode().split():
        _asked(f"{elastic}/{index}", "DELETE")
    _asked(f"{elastic}/_index_template/{prefix}*", "DELETE")
    _asked(f"{elastic}/_component_template/{prefix}*", "DELETE")


def _asked(url: str, method: str, body: object = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            read: bytes = answer.read()
            return read
    except OSError:  # nothing of that name
        return b""
