"""Measure the sqlite store: what a commit costs, and how long questions take.

``python -m bench.store`` builds a store of a million posts in a temporary folder, in batches
as the pipeline commits them, and asks it everything. ``--path`` keeps it for another look.
"""

import argparse
import random
import resource
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from time import perf_counter, process_time

from bench.folders import store_path
from bunco.model import Batch, Enriched, Finding, Post, Quote, Removal, finding_id, to_ms
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from bunco.stores import sqlite
from bunco.values import Size

START = datetime(2026, 3, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SOURCES = 50
STATE_BYTES = (600, 1400)


class Scene:
    """Makes rows: words of a skewed vocabulary, authors of whom few are busy."""

    def __init__(self, authors: int, step_ms: int, seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # rows, no secrets
        self._authors = authors
        self._step_ms = step_ms
        letters = "aeioubcdfghklmnprst"
        self.words = [
            "".join(self._chance.choices(letters, k=self._chance.randint(2, 9)))
            for _ in range(20_000)
        ]
        self._weights = list(accumulate(1 / rank for rank in range(1, 20_001)))

    def batch(self, first: int, posts: int, findings: int, *, states: bool) -> Batch:
        """Give a batch of posts from that number on."""
        made = tuple(self._post(number) for number in range(first, first + posts))
        authors = dict.fromkeys(enriched.post.author for enriched in made)
        low, high = STATE_BYTES
        return Batch(
            posts=made,
            findings=tuple(self._finding(enriched) for enriched in made[:findings]),
            author_states={
                author: self._chance.randbytes(self._chance.randint(low, high))
                for author in authors
            }
            if states
            else {},
        )

    def _post(self, number: int) -> Enriched:
        who = int(self._chance.random() ** 2 * self._authors)
        words = self._chance.choices(self.words, cum_weights=self._weights, k=23)
        post = Post(
            id=f"bench:{number:09d}",
            author=f"bench:author{who:06d}",
            author_name=f"Author {who}",
            posted_at=START + number * self._step_ms * MILLISECOND,
            source=f"source{number % SOURCES}",
            place=f"place{who % 500}",
            title=" ".join(words[:9]),
            text=" ".join(words[9:]),
            url=f"https://example{who % 999}.org/posts/{number}",
            links=(f"https://example{who % 999}.org/linked/{number}",),
            lang="en",
        )
        return Enriched(
            post=post,
            at_ms=to_ms(post.posted_at),
            seen_ms=to_ms(post.posted_at),
            headline=post.title,
            wording=post.title,
            grams=0,
            links=post.links,
            sensational=0.5,
        )

    def _finding(self, enriched: Enriched) -> Finding:
        post = enriched.post
        return Finding(
            id=finding_id("repeats", post.author, enriched.at_ms),
            detector=self._chance.choice(("repeats", "bursts")),
            subject=post.author,
            score=round(self._chance.random(), 3),
            reason=f"Published “{post.title}” 7 times in 24 h in 3 places, usually 40 min apart.",
            numbers={"count_24h": 7, "places": 3, "median_gap_s": 2400},
            evidence=tuple(f"bench:{enriched.at_ms}/{number}" for number in range(8)),
            first_at=post.posted_at,
            last_at=post.posted_at + timedelta(hours=5),
            closes_at=post.posted_at + timedelta(hours=53),
            quotes=tuple(
                Quote(f"bench:{enriched.at_ms}/{n}", post.title, post.posted_at, post.place)
                for n in range(4)
            ),
            sources=(post.source,),
            places=(post.place,),
        )


def build(store: Store, wanted: argparse.Namespace) -> None:
    """Fill the store and print what a commit cost."""
    scene = Scene(wanted.authors, wanted.days * 86_400_000 // wanted.posts)
    each = wanted.findings * wanted.batch // wanted.posts
    took, on_cpu, states, known = [], [], 0, []
    for first in range(0, wanted.posts, wanted.batch):
        batch = scene.batch(first, wanted.batch, each, states=not wanted.no_states)
        ids = [enriched.post.id for enriched in batch.posts]
        authors = {enriched.post.author for enriched in batch.posts}
        known.append(_once(partial(store.known, ids)) / len(ids))
        known.append(_once(partial(store.author_states, authors)) / len(authors))
        before = perf_counter(), process_time()
        store.commit(batch)
        took.append((perf_counter() - before[0]) / wanted.batch)
        on_cpu.append((process_time() - before[1]) / wanted.batch)
        states += len(batch.author_states)
        if len(took) % 50 == 0:
            _commit_line(first + wanted.batch, took, on_cpu)
            took, on_cpu = [], []
    print(f"author states a batch: {states * wanted.batch / wanted.posts:.0f}")
    print(f"known, new ids:        {statistics.mean(known[0::2]) * 1e6:6.2f} µs an id")
    print(f"author_states:         {statistics.mean(known[1::2]) * 1e6:6.2f} µs an author")
    print(f"peak memory:           {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


def ask(store: Store, wanted: argparse.Namespace) -> None:
    """Print how long questions take: the first time, then the median of more."""
    author = "bench:author000000"
    end = START + timedelta(days=wanted.days)
    week = end - timedelta(days=7)
    ids = [f"bench:{number:09d}" for number in range(0, wanted.posts, wanted.posts // 2000)][:2000]
    somebody = [f"bench:author{number:06d}" for number in range(1500)]
    hour = timedelta(hours=1)
    words = Scene(1, 1).words
    common, other, rare = words[0], words[5], words[19_000]
    mark = store.search(common, limit=50).after
    for name, question in {
        "known, 2000 stored ids": lambda: store.known(ids),
        "author_states, 1500": lambda: store.author_states(somebody),
        "history": lambda: store.history(author),
        "history of a week": lambda: store.history(author, since=week),
        "author": lambda: store.author(author),
        "authors, all time": store.authors,
        "authors of a week": lambda: store.authors(since=week),
        "find_authors, few": lambda: store.find_authors("author00012"),
        "find_authors, all": lambda: store.find_authors("author"),
        "findings, newest": lambda: store.findings(FindingQuery()),
        "findings, by author": lambda: store.findings(FindingQuery(author=author)),
        "findings, by place": lambda: store.findings(FindingQuery(place="place7")),
        "findings, by words": lambda: store.findings(FindingQuery(words="no such")),
        "search, commonest word": lambda: store.search(common),
        "search, its next page": lambda: store.search(common, after=mark),
        "search, two common": lambda: store.search(f"{common} {other}"),
        "search, rare word": lambda: store.search(rare),
        "search, beginning": lambda: store.search("ka*"),
        "search, phrase": lambda: store.search(f'"{common} {common}"'),
        "search, within author": lambda: store.search(common, author=author),
        "counts of posts, a week": lambda: store.counts("posts", step=hour, since=week),
        "counts of posts, days": lambda: store.counts("posts", step=timedelta(days=1)),
        "counts of findings": lambda: store.counts("findings", step=hour),
        "post": lambda: store.post(ids[0]),
        "polls": lambda: store.polls("source1"),
        "stats": store.stats,
    }.items():
        first = _once(question)
        rest = statistics.median(_once(question) for _ in range(5))
        print(f"{name:26} first {first * 1e3:8.2f} ms, then {rest * 1e3:8.2f} ms")


def erase(store: Store, wanted: argparse.Namespace) -> None:
    """Print what removals and retention cost."""
    chance = random.Random(2)  # noqa: S311  # rows, no secrets
    ids = [f"bench:{chance.randrange(wanted.posts):09d}" for _ in range(201)]
    one = _once(lambda: store.commit(_removal(ids[:1])))
    many = _once(lambda: store.commit(_removal(ids[1:])))
    print(f"removal of a post:     {one * 1e3:8.2f} ms, of 200 at once {many * 1e3:8.2f} ms")
    removal = Removal(removed="author", author="bench:author000100")
    took = _once(lambda: store.commit(Batch(removals=(removal,))))
    print(f"removal of an author:  {took * 1e3:8.2f} ms")
    start = perf_counter()
    dropped = store.retain("source7", START + timedelta(days=wanted.days) / 10)
    took = perf_counter() - start
    print(f"retention:             {took / max(dropped, 1) * 1e6:8.0f} µs a post ({dropped} posts)")
    start = perf_counter()
    print(f"check: {store.check() or 'sound'}, {perf_counter() - start:.1f} s")


def _removal(ids: list[str]) -> Batch:
    return Batch(removals=tuple(Removal(removed="post", id=name) for name in ids))


def _once(question: Callable[[], object]) -> float:
    start = perf_counter()
    question()
    return perf_counter() - start


def _commit_line(posts: int, took: list[float], on_cpu: list[float]) -> None:
    print(
        f"{posts:9,} posts: commit {statistics.mean(took) * 1e6:6.1f} µs a post "
        f"(median {statistics.median(took) * 1e6:5.1f}, on the processor "
        f"{statistics.mean(on_cpu) * 1e6:5.1f}), slowest batch {max(took) * 2e6:.0f} ms"
    )


def main() -> None:
    """Build, ask, erase."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--authors", type=int, default=50_000)
    parser.add_argument("--findings", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=2000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--no-states", action="store_true")
    parser.add_argument("--cache", type=int, default=64, help="MiB")
    parser.add_argument(
        "--path", type=Path, help="keep the store there; ask only where it is already"
    )
    wanted = parser.parse_args()
    with store_path(wanted.path) as path:
        built = path.exists()
        store = sqlite.PART.make(sqlite.Options(path=str(path), cache=Size(wanted.cache << 20)))
        if not built:
            build(store, wanted)
        print(f"file: {path.stat().st_size >> 20} MiB, {store.stats().posts:,} posts")
        ask(store, wanted)
        erase(store, wanted)
        store.close()


if __name__ == "__main__":
    main()
