"""Many feeds at once, through the real fetcher and poller, from a real server."""

import asyncio
from pathlib import Path
from random import Random
from time import process_time

import pytest
from msgspec import Struct

from bunco.model import Delivery, SourceState
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration
from ingest.poller import Poller
from ingest.sources.rss import Options, RssSource
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.server import Server, a_web, serving
from tests.ingest.test_poller import FakeBus
from tests.shared_data import shared


class UntilAllRead(FakeBus):
    """A bus that calls for the stop once every source was read."""

    def __init__(self, sources: int, stop: asyncio.Event) -> None:
        super().__init__()
        self._left = sources
        self._stop = stop

    async def put(self, delivery: Delivery) -> None:
        """Take a delivery."""
        await super().put(delivery)
        self._left -= 1
        if not self._left:
            self._stop.set()


class Pace(Struct, frozen=True, kw_only=True):
    """How evenly the event loop came round, in seconds of our own processor time.

    What other processes take of the machine is not in it.
    """

    stalled: float
    """The most used at a time while the loop did not come round."""
    used: float
    """All that the run took."""


async def _pace(done: asyncio.Event) -> Pace:
    began, stalled = process_time(), 0.0
    while not done.is_set():
        before = process_time()
        await asyncio.sleep(0.005)
        stalled = max(stalled, process_time() - before)
    return Pace(stalled=stalled, used=process_time() - began)


async def _poll_all(server: Server, paths: list[str]) -> tuple[FakeBus, Pace]:
    clock, stop = FakeClock(), asyncio.Event()
    bus = UntilAllRead(len(paths), stop)
    # Patient: on a busy machine an answer may take long, and none of these is to be given up.
    async with a_web(clock=clock, host_concurrency=8, timeout=Duration(seconds=50)) as web:
        sources: dict[str, Source] = {
            path: RssSource(
                Options(url=server.url(path), allow_private=True),
                SourceTools(name=path, clock=clock, web=web),
            )
            for path in paths
        }
        states = {path: SourceState(source=path) for path in paths}
        poller = Poller(sources, bus, states, clock=clock, random=Random(1), most_at_once=32)
        watching = asyncio.create_task(_pace(stop))
        await asyncio.wait_for(poller.run(stop), 60)
        return bus, await watching


def _path(document: Path, root: Path) -> str:
    return "/" + str(document.relative_to(root)).replace(" ", "_")


def test_all_shared_documents_are_polled_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    root = shared("feeds")
    documents = [path for path in sorted(root.rglob("*")) if path.is_file()]
    plays = {_path(path, root): play.document(path.read_bytes()) for path in documents}

    async def run() -> tuple[FakeBus, Pace]:
        async with serving(plays) as server:
            return await _poll_all(server, list(plays))

    bus, pace = asyncio.run(run())

    failed = [one.state.error for one in bus.deliveries if one.state and one.state.error]
    posts = sum(len(one.items) for one in bus.deliveries)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{len(bus.deliveries)} feeds polled, {posts} posts, {len(failed)} refused, "
            f"event loop stalled {pace.stalled * 1000:.0f} ms at most"
        )
    assert len(bus.deliveries) == len(plays)
    assert posts > 1300
    assert all(len(reason) > 10 for reason in failed)
    assert not any("unexpected" in reason for reason in failed)


def test_a_feed_of_15_mib_does_not_stall_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    words = "The council will decide on the new bridge over the river next week. " * 100
    items = "".join(
        f"<item><title>Item {n}</title><guid>https://example.org/{n}</guid>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;</description></item>"
        for n in range(1950)
    )
    large = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    plays = {"/large": play.document(large)}
    plays |= {f"/small{n}": play.document() for n in range(50)}

    async def run() -> tuple[FakeBus, Pace]:
        async with serving(plays) as server:
            return await _poll_all(server, list(plays))

    bus, pace = asyncio.run(run())

    with capsys.disabled():
        print(  # noqa: T201
            f"\n{len(large) / 2**20:.1f} MiB: stalled {pace.stalled * 1000:.0f} ms at most "
            f"of {pace.used * 1000:.0f} ms"
        )
    assert sum(len(one.items) for one in bus.deliveries) == 1950 + 50 * 2
    assert bus.deliveries[-1].source == "/large"
    assert pace.stalled < pace.used / 3
