"""Measure what the pages of the dashboard ask a SQLite store of a million posts.

    python -m bench.dashboard [--posts 1000000] [--path bench.db] [--rounds 40]

The store is built by the pipeline from simulated posts (some twenty minutes on one core; with
``--path`` it is kept, and only asked where it is already). Each question is asked ``--rounds``
times, each time with another author, filter or word, in a process that has asked nothing
before; p50 and p95 are of single questions. Times on the processor tell more than those of
the clock where something else runs beside it.
"""

import argparse
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any, TypeAlias

from bench.folders import store_path
from bunco import codec, wiring
from bunco.config import from_tables
from bunco.health import RHYTHM, usual_gaps
from bunco.model import Delivery
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Store
from bunco.simulation.plan import Plan
from bunco.simulation.writing import write
from bunco.storage.words import tokens
from bunco.text.similarity import same
from bunco.text.wording import opening
from dashboards.views.repeated import merged
from processors.embedded import Embedded

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_CHUNK = 2000
_SOURCES = 50
_MOST_MS = 200

Question: TypeAlias = Callable[[int], object]
"""Asked with the number of the round."""


def build(path: Path, posts: int, days: int) -> None:
    """Play simulated posts into a store, through enrichment and detectors."""
    store = wiring.open_store_at(str(path))
    config = from_tables({}, where="bench", environment={})
    embedded = Embedded(wiring.detectors(config), store, config.pipeline)
    lines = path.with_suffix(".jsonl")
    with lines.open("wb") as file:
        write(Plan(seed=1, posts=posts, authors=max(posts // 20, 10), days=days), file)
    with lines.open("rb") as file:
        for number in range(-(-posts // _CHUNK) + 1):
            items = tuple(map(codec.decode_item, islice(file, _CHUNK)))
            source = f"source{number % _SOURCES}"
            embedded.step([Delivery(source=source, items=items, cursor=b"")])
    store.close()
    lines.unlink()


class Scene:
    """What is asked for: authors, findings, headlines and words that are there."""

    def __init__(self, store: Store, seed: int = 1) -> None:
        self.store = store
        last = store.stats().last_at
        if last is None:
            raise SystemExit("the store is empty")
        self.now: datetime = last
        chance = random.Random(seed)  # noqa: S311  # which rows, no secrets
        self.findings = list(store.findings(FindingQuery(), limit=1000).rows)
        chance.shuffle(self.findings)
        worst = store.authors(limit=20)
        self.authors = [
            *(one.author for one in worst),
            *(one.subject for one in self.findings),
        ]
        self.headlines = [one.headline for one in store.repeated(since=last - WEEK, until=last)]
        self.headlines += [
            quote.text for one in self.findings for quote in one.quotes[:1] if quote.text
        ]
        self.words = [word for text in self.headlines for word in tokens(text) if len(word) > 2]
        chance.shuffle(self.words)

    def questions(self) -> dict[str, Question]:
        """Give what each page asks."""
        return self._live() | self._author() | self._headline() | self._lists() | self._search()

    def _live(self) -> dict[str, Question]:
        store, now = self.store, self.now
        end = store.changes_mark()
        kinds: Any = ({}, {"severities": ("high",)}, {"detectors": ("bursts", "crossposts")})
        narrow = [FindingQuery(with_quiet=False, **kind) for kind in kinds]
        return {
            "live: newest findings": lambda n: store.findings(narrow[n % 3], limit=50),
            "live: findings with words": lambda n: store.findings(
                FindingQuery(words=self.words[n], severities=("medium", "high")), limit=50
            ),
            "live: findings of a place": lambda n: store.findings(
                FindingQuery(place=next(iter(self.findings[n].places), "none")), limit=50
            ),
            "live: what is new": lambda _: store.changes(end),
            "live: posts by minute": lambda n: store.minutes(
                "posts", since=now - (n % 24 + 1) * HOUR, until=now
            ),
            "live: findings by minute": lambda n: store.minutes(
                "findings", since=now - (n % 24 + 1) * HOUR, until=now
            ),
            "live: worst authors": lambda n: store.authors(
                since=now - n % 7 * DAY - DAY, until=now - n % 7 * DAY, limit=8
            ),
            "live: 200 of the day before": lambda n: store.authors(
                since=now - n % 7 * DAY - 2 * DAY, until=now - n % 7 * DAY - DAY, limit=200
            ),
            "live: repeated, a day": lambda n: merged(
                store.repeated(since=now - n % 7 * DAY - DAY, until=now - n % 7 * DAY, limit=48)
            ),
            "no page: repeated, a week": lambda n: merged(
                store.repeated(since=now - n % 7 * DAY - WEEK, until=now - n % 7 * DAY, limit=48)
            ),
            "no page: repeated, all time": lambda _: merged(store.repeated(limit=48)),
            "live: sources": lambda _: store.source_states(),
            "live: rhythm of sources": lambda n: usual_gaps(
                store.counts("posts", step=HOUR, since=now - RHYTHM - n * HOUR)
            ),
            "live: how much there is": lambda _: store.stats(),
        }

    def _author(self) -> dict[str, Question]:
        store, author = self.store, self.authors
        return {
            "author: summary": lambda n: store.author(author[n]),
            "author: 500 of the history": lambda n: store.history(author[n], limit=500),
            "author: findings": lambda n: store.findings(FindingQuery(author=author[n])),
            "author: verdicts": lambda n: store.verdicts(VerdictQuery(author=author[n])),
            "author: search within": lambda n: store.search(self.words[n], author=author[n]),
        }

    def _headline(self) -> dict[str, Question]:
        def near(number: int) -> object:
            headline = self.headlines[number % len(self.headlines)]
            wording = opening(headline)
            found = self.store.near(headline, limit=300)
            return [one for one in found if same(wording, opening(one.headline))]

        return {
            "headline: 300 copies": lambda n: self.store.copies(
                self.headlines[n % len(self.headlines)], limit=300
            ),
            "headline: near copies": near,
        }

    def _lists(self) -> dict[str, Question]:
        store, now = self.store, self.now
        deep = store.findings(FindingQuery(), limit=5000).after
        narrow = [
            FindingQuery(severities=("low", "high")),
            FindingQuery(detector="repeats", since=now - WEEK),
            FindingQuery(verdict="none", least_score=0.5),
        ]
        return {
            "findings: deep in the table": lambda n: store.findings(narrow[n % 3], after=deep),
            "findings: how many": lambda n: store.count_findings(narrow[n % 3]),
            "findings: how many, words": lambda n: store.count_findings(
                FindingQuery(words=self.words[n])
            ),
            "sources: items a day": lambda n: store.counts(
                "posts", step=DAY, since=now - 14 * DAY - n * HOUR
            ),
            "sources: log of one": lambda n: store.polls(f"source{n % _SOURCES}"),
        }

    def _search(self) -> dict[str, Question]:
        store, words = self.store, self.words
        return {
            "search: posts, a word": lambda n: store.search(words[n]),
            "search: posts, two words": lambda n: store.search(f"{words[n]} {words[n + 1]}"),
            "search: posts, a beginning": lambda n: store.search(f"{words[n][:3]}*"),
            "search: authors": lambda n: store.find_authors(words[n][:4]),
            "search: authors, all": lambda _: store.find_authors(":"),
            "search: findings": lambda n: store.findings(FindingQuery(words=words[n])),
        }


def ask(store: Store, rounds: int) -> bool:
    """Print how long each question takes; tell whether all are quick enough."""
    slow = []
    for name, question in Scene(store).questions().items():
        took = [_timed(question, number) for number in range(rounds)]
        walls, cpus = zip(*took, strict=True)
        wall, cpu = (quantiles(times, n=20, method="inclusive") for times in (walls, cpus))
        print(
            f"{name:28} first {walls[0]:7.1f}  p50 {wall[9]:7.1f}  p95 {wall[18]:7.1f} ms"
            f"   on the processor p50 {cpu[9]:7.1f}  p95 {cpu[18]:7.1f} ms"
        )
        if wall[18] > _MOST_MS:
            slow.append(name)
    print(f"over {_MOST_MS} ms at p95: {', '.join(slow) or 'none'}")
    return not slow


def _timed(question: Question, number: int) -> tuple[float, float]:
    """Give how long a question takes, and how long on the processor, in milliseconds."""
    start = perf_counter(), process_time()
    question(number)
    return (perf_counter() - start[0]) * 1e3, (process_time() - start[1]) * 1e3


def main() -> None:
    """Build where nothing is, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--path", type=Path, help="keep the store there")
    wanted = parser.parse_args()
    with store_path(wanted.path) as path:
        if not path.exists():
            build(path, wanted.posts, wanted.days)
        store = wiring.open_store_at(str(path))
        held = store.stats()
        print(
            f"{path.stat().st_size >> 20} MiB: {held.posts:,} posts of {held.authors:,} authors, "
            f"{held.findings:,} findings, {held.first_at:%Y-%m-%d} to {held.last_at:%Y-%m-%d}"
        )
        ask(store, wanted.rounds)
        store.close()


if __name__ == "__main__":
    main()
