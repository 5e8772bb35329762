"""Alerts over Elasticsearch: a sender of its own, its ledger in a SQLite file."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from bunco import alert_wiring, wiring
from bunco.clock import SystemClock
from bunco.config import read
from bunco.model import Delivery
from bunco.stores import elastic as kind
from tests.builders import a_post
from tests.contract.elastic import erase

pytestmark = pytest.mark.services
PREFIX = f"t-alerts-{os.getpid()}-{secrets.token_hex(3)}"


@pytest.fixture
def settings(elastic: str, tmp_path: Path) -> Iterator[Path]:
    """Give a configuration with the store in Elasticsearch and the ledger in a file."""
    store: Any = kind.make(kind.Options(url=elastic, prefix=PREFIX))
    store.upkeep.create()
    store.close()
    file = tmp_path / "bunco.toml"
    file.write_text(
        f"""
store = {{ kind = "elastic", url = "{elastic}", prefix = "{PREFIX}" }}
ledger = {{ path = "{tmp_path}/alerts.db" }}
notify.box = {{ kind = "file", path = "{tmp_path}/box" }}
[[alert]]
name = "me"
through = "box"
to = ["ann@example.org"]
wait = "100ms"
spacing = "100ms"
"""
    )
    yield file
    erase(elastic, PREFIX)


@contextmanager
def sender(settings: Path) -> Iterator[None]:
    """Run what sends, until the block ends: then it is killed."""
    command = [sys.executable, "-m", "bunco", "alert", "run", "--config", str(settings)]
    with subprocess.Popen(command) as process:
        try:
            yield
            assert process.poll() is None
        finally:
            process.kill()


def test_a_sender_mails_once_over_elasticsearch_whatever_kills_it(
    settings: Path, tmp_path: Path
) -> None:
    config = read(settings)
    with closing(wiring.open_store(config)) as store:
        with sender(settings):
            _wait(lambda: _mark(settings) != "")
            _repeat(config, store, "web:deals.example")
            _wait(lambda: _states(settings) == ["sent"])
        _repeat(config, store, "web:other.example")
        with sender(settings):
            _wait(lambda: _states(settings) == ["sent"] * 2)
        with sender(settings):
            sleep(2)

        wiring.forget(store, "web:other.example", SystemClock().now())
        with sender(settings):
            sleep(2)

    found = [message_from_bytes(one.read_bytes(), policy=default) for one in _mails(tmp_path)]
    assert sorted(str(one["Subject"]).split()[0] for one in found) == [
        "deals.example",
        "other.example",
    ]
    assert _states(settings) == ["sent"] * 2
    assert b"other.example" not in _bytes(tmp_path)
    assert alert_wiring.mail_links(config) is not None


def _repeat(config: Any, store: Any, author: str) -> None:
    now = SystemClock().now()
    posts = [
        a_post(
            id=f"{author}/{number}",
            author=author,
            title="Plumbers HATE this one weird trick",
            posted_at=now - timedelta(minutes=10 - number),
            seen_at=now,
        )
        for number in range(6)
    ]
    wiring.pipeline_over(config, store).step([Delivery(source="", items=tuple(posts), cursor=b"")])


def _mark(settings: Path) -> str:
    with closing(alert_wiring.open_ledger(read(settings))) as ledger:
        return ledger.mark()


def _states(settings: Path) -> list[str]:
    with closing(alert_wiring.open_ledger(read(settings))) as ledger:
        return [one.state for one in ledger.entries()]


def _mails(folder: Path) -> list[Path]:
    return sorted((folder / "box").rglob("new/*"))


def _bytes(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.glob("alerts.db*"))


def _wait(done: Any) -> None:
    until = monotonic() + 30
    while not done():
        assert monotonic() < until
        sleep(0.1)
