"""Streams that were run into a store, to be played again."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from bunco.config import from_tables
from bunco.evaluation.backtest import Outcome, Span, Trial, backtest
from bunco.evaluation.matching import Difference
from bunco.evaluation.settings import trials
from bunco.model import Delivery, Finding, Item, Post
from bunco.options import PipelineOptions
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate
from bunco.wiring import detectors
from processors.embedded import Embedded
from tests.builders import a_post

PLAN = Plan(seed=11, days=9, authors=50, posts=2500, late_percent=12, duplicates=60)
"""Every role; some posts come late, some twice."""


def trials_of(**changed: dict[str, Any]) -> list[Trial]:
    """Give the defaults against other options, by kind: ``repeats={"min_count": 4}``."""
    running, other = (
        from_tables({"detectors": tables}, where="tests", environment={})
        for tables in ({}, changed)
    )
    return trials(running, other)


def run_into(store: Store, items: Iterable[Item], cut: int = 400) -> None:
    """Run items through the pipeline into a store, so many in a batch."""
    settings = from_tables({}, where="tests", environment={})
    embedded = Embedded(detectors(settings), store, PipelineOptions(live_authors=10))
    waiting = list(items)
    for start in range(0, len(waiting), cut):
        batch = tuple(waiting[start : start + cut])
        embedded.step([Delivery(source="tests", items=batch, cursor=b"")])


def simulated(plan: Plan = PLAN) -> list[Item]:
    """Give the items of a simulated stream in order of arrival."""
    return [told.item for told in simulate(plan)]


def differences(
    store: Store, played: Sequence[Trial], span: Span | None = None
) -> list[Difference]:
    """Give all episodes of a backtest."""
    return [found for one in outcomes(store, played, span) for found in one.differences]


def outcomes(store: Store, played: Sequence[Trial], span: Span | None = None) -> list[Outcome]:
    """Give what a backtest came to, author by author."""
    return list(backtest(store, played, span or Span()))


def stored_findings(store: Store) -> dict[str, Finding]:
    """Give the findings of a store by id."""
    page = store.findings(FindingQuery(), limit=100_000)
    return {finding.id: finding for finding in page.rows}


def posts_of(items: Iterable[Item]) -> list[Post]:
    """Give the posts among items."""
    return [item for item in items if isinstance(item, Post)]


def repeated(author: str, times: int, title: str, **changes: Any) -> list[Post]:
    """Give posts of one author with one headline, an hour apart from noon on."""
    start = changes.pop("start", timedelta(0))
    return [
        a_post(
            start + timedelta(hours=n),
            id=f"{author}/{title[:12]}/{start}/{n}",
            author=author,
            title=title,
            url=f"https://example.org/{n}",
            **changes,
        )
        for n in range(times)
    ]
