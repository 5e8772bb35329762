"""Short ways to make the records that tests speak about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bunco.model import Enriched, Finding, Pattern, Post, Verdict
from bunco.ports.detectors import Detector
from processors.enrich import enrich

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday, noon: where the tests' time begins."""

_POST = Post(
    id="web:example.org/1",
    author="web:example.org",
    posted_at=NOON,
    source="example",
    place="example.org",
    title="Council approves new cycle lanes along the river",
    url="https://example.org/1",
)


def a_post(after: timedelta = timedelta(0), **changes: Any) -> Post:
    """Give an ordinary post, ``after`` noon, with the named fields changed."""
    return replace(_POST, **({"posted_at": NOON + after} | changes))


def an_enriched(after: timedelta = timedelta(0), **changes: Any) -> Enriched:
    """Give the same as the pipeline would hand it to a detector."""
    return enrich(a_post(after, **changes))


def a_finding(**changes: Any) -> Finding:
    """Give a plain finding of ``repeats``, with the named fields changed."""
    finding = Finding(
        id="f1",
        detector="repeats",
        subject="web:example.org",
        score=0.6,
        reason='Published "Council approves new cycle lanes" 4 times in 24 h.',
        numbers={"count_24h": 4},
        evidence=("web:example.org/1",),
        first_at=NOON,
        last_at=NOON + timedelta(hours=3),
        closes_at=NOON + timedelta(hours=27),
    )
    return replace(finding, **changes)


def a_verdict(after: timedelta = timedelta(hours=4), **changes: Any) -> Verdict:
    """Give the word that ``a_finding`` is fine, ``after`` noon, with the named fields changed."""
    verdict = Verdict(
        judged="fine",
        finding="f1",
        author="web:example.org",
        detector="repeats",
        by="ann",
        because="the council repeats itself",
        at=NOON + after,
        first_at=NOON,
        pattern=Pattern(
            text="Council approves new cycle lanes along the river", post="web:example.org/1"
        ),
    )
    return replace(verdict, **changes)


def told_by(detector: Detector[Any, Any], post: Enriched, state: Any) -> list[Finding]:
    """Give what a detector tells of a post at once: the finding that opened or changed, if any."""
    episode = detector.see(post, state)
    return [] if episode is None else [detector.finding(post.post.author, episode)]
