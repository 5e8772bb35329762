"""``run`` over a relay of our own: what its author deletes is nowhere in the store's bytes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bunco.clock import SystemClock
from tests.builders import NOON
from tests.e2e.removals import HEADLINE, WORDS, traces, watched
from tests.ingest.nostr.relay import ANN, BOB, EVE, Relay
from tests.ingest.server import serving
from tests.ingest.stream_server import ws

TIMES = 6


def seconds_ago(seconds: float) -> float:
    """Give a moment in the seconds of the test relay."""
    return (SystemClock().now() - NOON).total_seconds() - seconds


@contextmanager
def served(relay: Relay) -> Iterator[str]:
    """Serve a relay from a thread of its own while the block runs."""
    ready, found = threading.Event(), []

    async def serve() -> None:
        stop = asyncio.Event()
        async with serving(relay.plays) as server:
            found.append((ws(server), asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield found[0][0]
    finally:
        _, loop, stop = found[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@pytest.mark.parametrize("by", ["deletion", "request to vanish"])
def test_what_its_author_deletes_is_nowhere_in_the_bytes(tmp_path: Path, by: str) -> None:
    text = f"{HEADLINE} https://example.org/{WORDS[0]}"
    told = [ANN.says(text, at=seconds_ago(60 - number)) for number in range(TIMES)]
    kept = BOB.says("This one stays", at=seconds_ago(30))
    relay = Relay([*told, kept])
    ids = [ANN.post_id(event) for event in told]

    with served(relay) as url:
        source = {"kind": "nostr", "relays": [url], "back": "1h", "allow_private": True}
        with watched(tmp_path, source) as run:
            run.until_told()
            run.until_stored(BOB.post_id(kept))
            relay.events.append(EVE.deletes(kept, at=seconds_ago(0)))
            if by == "deletion":
                relay.events.append(ANN.deletes(*told, at=seconds_ago(0)))
            else:
                tags = [("relay", "ALL_RELAYS")]
                relay.events.append(ANN.says("", at=seconds_ago(0), kind=62, tags=tags))
            run.until_removed(*ids)
            assert run.store.post(BOB.post_id(kept)) is not None

    assert traces(tmp_path) == []
