"""Measure how long a post takes from a growing file to Elasticsearch, at a steady rate.

    python -m bench.delay [--rate 500] [--seconds 60] [--kafka HOST:PORT] [--elastic URL]

A line is appended to a file that ``bunco ingest`` follows (looked at every 50 ms); its post
goes through Kafka, and ``bunco sink`` writes it. Two delays, both from the moment of the
append: until a GET by id finds it (it is written), and until a search finds it (it is shown;
Elasticsearch makes what is written visible once a second, ``index.refresh_interval``). Every
twenty-fifth post is asked for, in one request a look, 25 looks a second: the delays are exact
to 40 ms.
"""

import argparse
import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from msgspec.structs import replace

from bunco import codec
from bunco.clock import SystemClock
from bunco.model import Post
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate
from bunco.stores_elastic.documents import document_id
from tests.e2e.distributed.stack import Given, Stack
from tests.services.servers import ElasticServer, KafkaServer

_LOOK_EVERY_S = 0.04
_EACH = 25
_LATEST_S = 60.0
_WARM_UP_S = 5.0
_APPEND_EVERY_S = 0.02


class Delays:
    """Ask for posts until they are there; keep how long each took.

    Args:
        url: of the index or alias.
        by_search: whether they must be found by a search, or are got by their ids.
    """

    def __init__(self, url: str, *, by_search: bool) -> None:
        self._url = url
        self._by_search = by_search
        self.waiting: dict[str, float] = {}
        """When each was appended, by id of the document."""
        self.seconds: list[float] = []

    def look(self) -> None:
        """Ask for all that are waited for."""
        if not self.waiting:
            return
        ids = [*self.waiting]
        for name in self._there(ids):
            self.seconds.append(time.monotonic() - self.waiting.pop(name))

    def _there(self, ids: Sequence[str]) -> Iterator[str]:
        if self._by_search:
            body = {"query": {"ids": {"values": ids}}, "size": len(ids), "_source": False}
            answer = _asked(f"{self._url}/_search?ignore_unavailable=true", body)
            yield from (hit["_id"] for hit in answer.get("hits", {}).get("hits", ()))
        else:
            answer = _asked(f"{self._url}/_mget?_source=false", {"ids": ids})
            yield from (doc["_id"] for doc in answer.get("docs", ()) if doc.get("found"))


def measure(stack: Stack, rate: float, seconds: float) -> tuple[Delays, Delays]:
    """Append posts at a steady rate and look for them; give both delays."""
    posts = _posts(int(rate * seconds))
    month = f"{_now():%Y.%m}"
    written = Delays(f"{stack.given.elastic}/{stack.prefix}-posts-{month}", by_search=False)
    shown = Delays(f"{stack.given.elastic}/{stack.prefix}-posts", by_search=True)
    began = looked = time.monotonic()
    sent = 0
    with stack.given.posts.open("ab") as file:
        while sent < len(posts) or written.waiting or shown.waiting:
            due = min(int((time.monotonic() - began) * rate), len(posts))
            stamped = [_stamped(post) for post in posts[sent:due]]
            file.write(b"".join(codec.encode(post) + b"\n" for post in stamped))
            file.flush()
            now = time.monotonic()
            for number, post in enumerate(stamped, start=sent):
                if number % _EACH == 0:
                    written.waiting[document_id(post.id)] = now
                    shown.waiting[document_id(post.id)] = now
            sent = due
            if now - looked > _LOOK_EVERY_S:
                looked = now
                written.look()
                shown.look()
            stack.fail_if_ended()
            if now - began > seconds + _LATEST_S:
                raise SystemExit(f"{len(shown.waiting)} posts did not arrive\n{stack.tails()}")
            time.sleep(_APPEND_EVERY_S)
    return written, shown


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as made, _servers(options, Path(made)) as (kafka, elastic):
        file = Path(made) / "growing.jsonl"
        file.touch()
        given = Given(kafka=kafka, elastic=elastic, posts=file, follow=True)
        with Stack(Path(made) / "stack", given) as stack:
            stack.start("process")
            stack.start("sink")
            stack.start("ingest")
            measure(stack, options.rate, _WARM_UP_S)
            written, shown = measure(stack, options.rate, options.seconds)
    print(f"{options.rate:,.0f} posts/s for {options.seconds:.0f} s, appended to a followed file")
    told = {"written": _line("until a GET by id finds it", written)}
    told["shown"] = _line("until a search finds it", shown)
    if options.json:
        options.json.write_text(json.dumps(told, indent=2), encoding="utf-8")


def _line(name: str, delays: Delays) -> dict[str, float]:
    cuts = statistics.quantiles(delays.seconds, n=100)
    told = {"p50_s": cuts[49], "p95_s": cuts[94], "p99_s": cuts[98], "most_s": max(delays.seconds)}
    words = ", ".join(f"{key.removesuffix('_s')} {value:.2f} s" for key, value in told.items())
    print(f"{name:28} {words}  ({len(delays.seconds):,} posts asked for)")
    return told


def _posts(count: int) -> list[Post]:
    plan = Plan(seed=1, posts=count, authors=max(50, count // 2), late_percent=0)
    return [told.item for told in simulate(plan) if isinstance(told.item, Post)]


def _stamped(post: Post) -> Post:
    """Give the post as published and seen at this moment, under an id of its own."""
    now = _now()
    return replace(post, id=f"{post.id}/{now.timestamp():.6f}", posted_at=now, seen_at=now)


def _now() -> datetime:
    return SystemClock().now()


@contextmanager
def _servers(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        kafka, elastic = options.kafka, options.elastic
        if not kafka:
            kafka = stack.enter_context(KafkaServer(folder / "kafka")).address
        if not elastic:
            elastic = stack.enter_context(ElasticServer(folder / "elastic")).url
        yield kafka, elastic


def _asked(url: str, body: object) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310  # ours
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # ours
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        if error.code in {404, 503}:  # nothing is there yet, or not ready
            return {}
        raise


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.delay", description=__doc__)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kafka", default="", help="of a running broker; else one is started")
    parser.add_argument("--elastic", default="", help="of a running node; else one is started")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    return parser.parse_args()


if __name__ == "__main__":
    main()
