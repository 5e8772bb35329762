"""``run`` over a Jetstream of our own, with breaks, deletions and a kill of the server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bunco import wiring
from bunco.clock import SystemClock
from bunco.config import Config, from_tables
from bunco.model import SourceState, StoredPost
from bunco.ports.queries import FindingQuery
from processors.flow import Progress
from tests.ingest.bluesky import jetstream
from tests.ingest.bluesky.jetstream import Jetstream, account, commit, cut, identity
from tests.ingest.server import serving
from tests.ingest.stream_server import ws

WORD = "Zanzibarquorum"
"""A word that nothing else holds."""


def _config(folder: Path, address: str) -> Config:
    tables = {
        "store": {"path": str(folder / "jet.db")},
        "source": [
            {
                "name": "jet",
                "kind": "bluesky",
                "hosts": [address],
                "back": "1h",
                "allow_private": True,
            }
        ],
    }
    return from_tables(tables, where="test")


async def _ran(config: Config, is_done: Callable[[Progress], bool]) -> Progress:
    """Run until a progress is reached."""
    stop = asyncio.Event()

    def on_step(progress: Progress) -> None:
        if is_done(progress):
            stop.set()

    async with asyncio.timeout(30):
        return await wiring.run(config, stop=stop, on_step=on_step)


def _bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def _now_s() -> float:
    """Give the present in the seconds of the test server."""
    return SystemClock().now().timestamp() - jetstream.START_US / 1_000_000


def test_posts_become_findings_and_a_removed_text_is_nowhere_in_the_bytes(tmp_path: Path) -> None:
    start = _now_s() - 60
    headline = f"Doctors hate this {WORD} trick, you will not believe it"
    card = {"external": {"uri": "https://example.org/x", "title": headline}}
    told = [
        identity("ann.example.org", at=start),
        *(commit(n, at=start + n, text=f"Look {n}", embed=card) for n in range(1, 6)),
        commit(20, at=start + 6, who=2, text=f"I say {WORD} every day"),
        commit(21, at=start + 7, who=2, text=f"And {WORD} again", langs="no list"),
        commit(22, at=start + 8, who=3, text=f"Broken {WORD}", facets=7),
        commit(30, at=start + 9, who=4, text="This one stays"),
    ]
    gone = [
        *(commit(n, "delete", at=start + 20 + n) for n in range(1, 6)),
        account(at=start + 30, who=2, status="deleted"),
        commit(22, "delete", at=start + 31, who=3),
    ]

    async def run() -> tuple[bytes, list[str], SourceState, bytes, StoredPost | None]:
        server = Jetstream(told, cut(4))
        async with serving(server.plays) as served:
            config = _config(tmp_path, ws(served, ""))
            await _ran(config, lambda progress: progress.posts >= 7 and progress.dead >= 2)
            before = _bytes_of(tmp_path)
            store = wiring.open_store(config)
            found = [finding.reason for finding in store.findings(FindingQuery()).rows]
            store.close()
            server.events += gone
            await _ran(config, lambda progress: progress.removals >= 7)
        store = wiring.open_store(config)
        state = store.source_states()["jet"]
        left = store.post("bluesky:at://did:plc:account4/app.bsky.feed.post/k30")
        store.close()
        return before, found, state, _bytes_of(tmp_path), left

    before, found, state, after, left = asyncio.run(run())

    assert WORD.encode() in before
    assert any("Zanzibarquorum" in reason for reason in found)
    assert state.error == state.notice == ""
    assert left is not None
    assert left.post.text == "This one stays"
    assert WORD.encode() not in after
    assert WORD.lower().encode() not in after.lower()
