"""What the suite of stores speaks about: every kind, posts that differ, every answer."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from _pytest.mark.structures import ParameterSet

from bunco.model import Enriched, Finding, HistoryEntry, Judged, Page, Quote, to_ms
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Store
from bunco.stores import memory, sqlite
from bunco.text.wording import opening
from tests.builders import NOON, a_finding, a_post
from tests.contract.elastic import an_elastic_store

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

LOUD = FindingQuery(with_quiet=False)
NARROW = FindingQuery(detectors=("repeats", "other"), severities=("low", "high"))
WORDS: tuple[Judged, ...] = get_args(Judged)

KINDS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: memory.PART.make(memory.Options()),
    "sqlite": lambda folder: sqlite.PART.make(sqlite.Options(path=str(folder / "bunco.db"))),
    "elastic": lambda _: an_elastic_store(),
}
"""How a store of each kind is made, given a folder of its own; it is empty."""

SERVICES = frozenset({"elastic"})
"""Kinds that need a server."""


def each_kind(*, but: str = "") -> list[ParameterSet]:
    """Give the kinds as parameters of a test; those with a server are marked ``services``."""
    return [
        pytest.param(kind, marks=[pytest.mark.services] if kind in SERVICES else [])
        for kind in sorted(KINDS)
        if kind != but
    ]


def stored(number: int = 1, minute: int = 0, **changes: Any) -> Enriched:
    """Give a post with an id of its own, as the pipeline hands it over."""
    fields = {
        "id": f"web:example.org/{number}",
        "url": f"https://example.org/{number}",
        "author_name": "Example",
    }
    post = a_post(minute * MINUTE, **(fields | changes))
    return Enriched(
        post=post,
        at_ms=to_ms(post.posted_at),
        seen_ms=to_ms(post.posted_at),
        headline=post.title,
        wording=opening(post.title),
        grams=0,
        links=(),
        sensational=0.25,
    )


def quoting(number: int = 1, text: str = "Council approves", **changes: Any) -> Finding:
    """Give a finding that quotes the post of that number."""
    post = f"web:example.org/{number}"
    quote = Quote(post, text, NOON, "example.org")
    fields = {"reason": f"Published “{text}” 4 times.", "evidence": (post,), "quotes": (quote,)}
    return a_finding(**(fields | changes))


def answers(store: Store) -> bytes:
    """Give everything a store answers, as bytes."""
    authors = store.find_authors("", limit=100)
    names = [summary.author for summary in authors]
    histories = [paged(partial(_history, store, name)) for name in names]
    found = [
        *(authors, [store.author(name) for name in names], histories),
        store.authors(limit=100),
        store.authors(since=NOON, until=NOON + HOUR, limit=3),
        paged(lambda after: store.findings(FindingQuery(), limit=2, after=after)),
        paged(lambda after: store.findings(LOUD, limit=2, after=after)),
        [store.findings(FindingQuery(verdict=word), limit=99) for word in WORDS],
        paged(lambda after: store.verdicts(VerdictQuery(), limit=2, after=after)),
        [store.verdicts(VerdictQuery(author=name)) for name in names],
        store.finding_ids("f", limit=3),
        paged(lambda after: store.search("council", limit=3, after=after)),
        paged(lambda after: store.search('"cycle lanes" riv*', limit=2, after=after)),
        [store.search("council", author=name).rows for name in names],
        [store.count_findings(asked) for asked in (FindingQuery(), LOUD, NARROW)],
        (store.repeated(), store.repeated(since=NOON, until=NOON + HOUR, limit=99)),
        paged(lambda after: store.copies("Council approves CYCLE lanes!", limit=2, after=after)),
        sorted(one.post.id for one in store.near("council of the cycle lanes")),
        store.counts("posts", step=HOUR),
        store.counts("findings", step=3 * HOUR, since=NOON),
        [store.polls(source) for source in ("example", "other")],
        paged(lambda after: store.dead(limit=2, after=after)),
        *(store.stats(), store.source_states(), store.author_states(names)),
        sorted(store.known([f"web:example.org/{number}" for number in range(20)]).items()),
    ]
    return msgspec.msgpack.encode(found)


def _history(store: Store, author: str, after: str) -> Page[HistoryEntry]:
    return store.history(author, limit=3, after=after)


def paged(ask: Callable[[str], Any]) -> list[Any]:
    """Give the rows of all pages."""
    rows: list[Any] = []
    after = ""
    while True:
        page = ask(after)
        rows.extend(page.rows)
        after = page.after
        if not after:
            return rows
