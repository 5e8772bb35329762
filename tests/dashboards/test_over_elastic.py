"""The dashboard over Elasticsearch, served alone while others write."""

import os
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bunco.model import Batch
from bunco.ports.stores import Store
from bunco.stores import elastic as kind
from tests.builders import a_finding, an_enriched
from tests.bunco.cli.test_serve import started
from tests.contract.elastic import erase

pytestmark = pytest.mark.services
PREFIX = f"t-serve-{os.getpid()}-{secrets.token_hex(3)}"


@pytest.fixture
def filled(elastic: str) -> Iterator[tuple[str, Store]]:
    """Give the address of a store with a post and a finding, and the store."""
    store: Any = kind.make(kind.Options(url=elastic, prefix=PREFIX))
    store.upkeep.create()
    store.commit(Batch(posts=(an_enriched(),), findings=(a_finding(),)))
    yield f"{elastic.replace('http', 'elastic')}/{PREFIX}", store
    store.close()
    erase(elastic, PREFIX)


def test_it_reads_follows_and_judges_over_elasticsearch(filled: tuple[str, Store]) -> None:
    place, store = filled
    with started("serve", "--store", place, "--port", "0") as (_, url):
        rows = httpx.get(f"{url}/api/v1/findings").json()["rows"]
        ready = httpx.get(f"{url}/readyz")
        said = {"judged": "spam", "because": "seen"}
        with httpx.stream(
            "GET", f"{url}/api/v1/events", headers={"Accept": "text/event-stream"}, timeout=20
        ) as stream:
            lines = stream.iter_lines()
            while not next(lines).startswith("id"):
                continue
            began = time.monotonic()
            store.commit(Batch(findings=(a_finding(id="f2", subject="web:b.example"),)))
            while '"f2"' not in next(lines):
                continue
            took = time.monotonic() - began
        judged = httpx.post(f"{url}/api/v1/findings/f1/verdict", json=said, timeout=20)

    assert [row["id"] for row in rows] == ["f1"]
    assert ready.status_code == 200
    assert took < 5
    assert judged.status_code == 200
    found = store.finding("f1")
    assert found
    assert found.verdict
    assert found.verdict.judged == "spam"
