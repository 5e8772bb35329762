"""A set of documents small enough to count by hand, in indices with the real mappings."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bunco.model import Enriched, Poll, Quote, SourceState, dead_letter
from bunco.stores_elastic import documents, mappings
from bunco.stores_elastic.mappings import Group
from tests.builders import NOON, a_finding, an_enriched

ANN, BOB = "web:ann.example", "web:bob.example"
MONDAY, TUESDAY, WEDNESDAY = (f"2026-03-0{day}T00:00:00.000Z" for day in (2, 3, 4))

SINCE = datetime(2026, 3, 2, tzinfo=UTC)
UNTIL = datetime(2026, 3, 5, tzinfo=UTC)


def after(*, days: int = 0, minutes: int = 0) -> datetime:
    """Give a time after Monday noon."""
    return NOON + timedelta(days=days, minutes=minutes)


def _post(number: int, at: datetime, score: float, **changes: Any) -> Enriched:
    changes = {"source": "s1", "place": "north", "author": ANN} | changes
    enriched = an_enriched(id=f"web:{number}", posted_at=at, seen_at=at, **changes)
    return replace(enriched, sensational=score)


_SHOP, _OTHER = "https://shop.example/a", "https://other.example/b"

POSTS = (
    _post(1, after(), 0.9, title="Shock cure", links=(_SHOP,)),
    _post(2, after(minutes=10), 0.9, title="Shock cure", links=(_SHOP,), place="south"),
    _post(3, after(minutes=60), 0.8, title="Shock cure", links=(_SHOP, _OTHER)),
    _post(4, after(days=1, minutes=30), 0.1, title="Weather today", kind="reply", url=""),
    _post(5, after(minutes=5), 0.1, title="Weather today", author=BOB, source="s2"),
    _post(
        6,
        after(days=2, minutes=-180),
        0.0,
        title="",
        text="Thanks, that helps a lot",
        kind="reply",
        author=BOB,
        source="s2",
        place="west",
    ),
    # a month before the time shown: counts nowhere
    _post(7, after(days=-30), 0.9, title="Shock cure", links=(_SHOP,)),
)
FINDINGS = (
    a_finding(
        id="f1",
        subject=ANN,
        score=0.9,
        last_at=after(minutes=60),
        sources=("s1",),
        places=("north", "south"),
        quotes=(Quote("web:1", "Shock cure", NOON, "north"),),
    ),
    a_finding(
        id="f2",
        detector="bursts",
        subject=ANN,
        score=0.6,
        reason="Three posts in one hour.",
        last_at=after(minutes=10),
        sources=("s1",),
        places=("north",),
    ),
    a_finding(
        id="f3",
        subject=BOB,
        score=0.4,
        last_at=after(days=1, minutes=30),
        sources=("s2",),
        places=("west",),
        quotes=(Quote("web:5", "Weather today", NOON, "north"),),
    ),
    a_finding(
        id="f5",
        detector="crossposts",
        subject=BOB,
        score=0.5,
        reason="Put into two places.",
        last_at=after(days=1, minutes=40),
        sources=("s2",),
        places=("south", "west"),
        quotes=(Quote("web:5", "Weather today", NOON, "north"),),
    ),
    # kept quiet by a verdict: in no ranking and no number
    replace(
        a_finding(
            id="f6",
            subject=ANN,
            score=1.0,
            last_at=after(minutes=20),
            sources=("s1",),
            places=("north",),
            quotes=(Quote("web:1", "Shock cure", NOON, "north"),),
        ),
        quiet=True,
    ),
    a_finding(id="f4", subject=ANN, score=1.0, last_at=after(days=-30), places=("north",)),
)
SOURCES = (
    SourceState(
        source="s1",
        polled_at=after(minutes=15),
        succeeded_at=after(minutes=15),
        item_at=after(minutes=10),
        next_at=after(minutes=30),
    ),
    # not polled since long before the time shown: must be seen all the same
    SourceState(
        source="s2",
        failures=2.0,
        error="the host does not answer",
        error_since=after(days=-9),
        polled_at=after(days=-8),
        succeeded_at=after(days=-10),
    ),
)
POLLS = (
    Poll(source="s1", at=NOON, outcome="read", given=3),
    Poll(source="s1", at=after(minutes=15), outcome="unchanged"),
    Poll(source="s2", at=after(minutes=60), outcome="failed", note="the host does not answer"),
)
LETTERS = (
    dead_letter("s1#3", "a post needs an author", b"{}", source="s1", at=NOON),
    dead_letter("posts.jsonl:9", "no JSON", b"?", at=None),
)


def contents() -> Iterator[tuple[Group, bytes]]:
    """Give every document with the group of indices it belongs to."""
    yield from (("posts", documents.post_document(post)) for post in POSTS)
    yield from (("findings", documents.finding_document(finding)) for finding in FINDINGS)
    yield from (("sources", documents.source_document(state)) for state in SOURCES)
    yield from (("polls", documents.poll_document(poll)[1]) for poll in POLLS)
    yield from (("dead", documents.letter_document(letter, 1)) for letter in LETTERS)


def ask(url: str, body: object = None, *, method: str = "POST") -> Any:
    """Give the JSON that a server answers."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
    request = urllib.request.Request(
        url, data=data, method=method, headers={"Content-Type": "application/x-ndjson"}
    )
    if data and not isinstance(body, bytes):
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def fill(elastic: str, prefix: str) -> None:
    """Make the indices of a prefix, with their aliases, and put the set into them."""
    for group in ("posts", "findings", "sources", "polls", "dead"):
        made = mappings.template(prefix, group, shards=1, replicas=0)["template"]
        alias: dict[str, Any] = {"aliases": {f"{prefix}-{group}": {}}}
        ask(f"{elastic}/{prefix}-{group}-1", made | alias, method="PUT")
    lines = b"".join(
        json.dumps({"create": {"_index": f"{prefix}-{group}-1"}}).encode()
        + b"\n"
        + document
        + b"\n"
        for group, document in contents()
    )
    told = ask(f"{elastic}/_bulk?refresh=true", lines)
    assert not told["errors"], told


def drop(elastic: str, prefix: str) -> None:
    """Delete the indices of a prefix, by their names."""
    for group in ("posts", "findings", "sources", "polls", "dead"):
        ask(f"{elastic}/{prefix}-{group}-1?ignore_unavailable=true", method="DELETE")
