"""Hold that what is removed is nowhere in the bytes of the store: for every source to use.

    def test_a_removed_post_leaves_no_trace(tmp_path):
        with watched(tmp_path, {"kind": "rss", "url": …, "allow_private": True}) as run:
            run.until_told(WORDS)                 # stored, found, and told in an alert
            …let the source say that it is gone…
            run.until_removed("web:example.org/1")
        assert traces(tmp_path) == []

A real run with pipeline, store and alerts goes on in a thread. The source is to publish a text
with ``WORDS`` in it, so often that a finding comes of it (``published`` gives such posts), and
then its removal. ``until_told`` waits until the text stood in the store, in a finding and in an
alert that was sent, so that the search afterwards is not in vain; one rule keeps another alert
waiting. ``traces`` reads all files of the store after it was closed, for the words in any case
and, where posts are given, for their fingerprints.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from msgspec import Struct

from bunco import alert_wiring, serving, wiring
from bunco.clock import SystemClock
from bunco.config import Config, from_tables
from bunco.model import Post
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from processors.enrich import enrich
from processors.flow import OnCommit

WORDS = ("Qwyxzophile", "Vjukmorant")
"""Words that stand nowhere else, and begin like no others: an index may cut common beginnings."""
HEADLINE = f"You won't believe what this {WORDS[0]} did to the {WORDS[1]} of plumbers"

_PATIENCE_S = 30.0
_STORE = "removals.db"


class Watched(Struct, frozen=True, eq=False):
    """A run that goes on."""

    folder: Path
    store: Store
    url: str
    """Of its dashboard."""

    def until(self, what: Callable[[], object], told: str) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: it did not.
        """
        until = monotonic() + _PATIENCE_S
        while not what():
            assert monotonic() < until, f"in vain: {told}"
            sleep(0.05)

    def until_told(self, words: Collection[str] = WORDS) -> None:
        """Wait until the words are in the store's bytes, in a finding and in a mail."""
        for word in words:
            self.until(partial(self._finds, word), f"no finding has {word}")
            self.until(partial(self._mailed, word), f"no mail has {word}")
            assert _found(_bytes_of(self.folder), word), f"{word} is not where it is looked for"

    def until_stored(self, post_id: str) -> None:
        """Wait until a post is there."""
        self.until(lambda: self.store.post(post_id), f"{post_id} is not stored")

    def until_removed(self, *post_ids: str) -> None:
        """Wait until posts that were there are gone, and alerts have seen it."""
        for post in post_ids:
            self.until(partial(self._is_gone, post), f"{post} is there, or never came")

    def _is_gone(self, post: str) -> bool:
        return self.store.known([post]).get(post) == ""

    def _finds(self, word: str) -> bool:
        rows = self.store.findings(FindingQuery()).rows
        return any(word in quote.text for one in rows for quote in one.quotes)

    def _mailed(self, word: str) -> bool:
        mails = (self.folder / "box").glob("new/*")
        return any(word.encode() in mail.read_bytes() for mail in mails)


@contextmanager
def watched(folder: Path, source: dict[str, Any], **tables: Any) -> Iterator[Watched]:
    """Run a source through pipeline, store and alerts while the block runs.

    Args:
        folder: empty; everything is kept in it.
        source: its table, but for the name: ``kind`` and options.
        tables: more of the configuration.
    """
    rule = {"through": "box", "to": ["ann@example.org"], "spacing": "0s"}
    config = from_tables(
        {
            "store": {"path": str(folder / _STORE)},
            "source": [{"name": "watched", **source}],
            "pipeline": {"batch_wait": "20ms"},
            "http": {"host_spacing": "0s"},
            "dashboard": {"port": 0},
            "notify": {"box": {"kind": "file", "path": str(folder / "box")}},
            "alert": [
                {"name": "at-once", "wait": "0s", "least_severity": "low", **rule},
                {"name": "held", "wait": "1d", "group_by": "headline", **rule},
            ],
            **tables,
        },
        where="test",
        environment={},
    )
    ready, found, loops = threading.Event(), [], []

    @asynccontextmanager
    async def beside(running: wiring.Running) -> AsyncIterator[OnCommit]:
        said: list[str] = []
        inner = alert_wiring.beside(config, serving.beside(config, said.append, with_pages=False))
        async with inner(running) as on_commit:
            while not await asyncio.to_thread(_mark, config):  # noqa: ASYNC110  # a file's word
                await asyncio.sleep(0.02)  # alerts begin with what changes after their first look
            url = said[0].split()[-1].rstrip(".")
            found.append(Watched(folder, running.store, url))
            ready.set()
            yield on_commit

    async def run() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        try:
            await wiring.run(config, stop=stop, on_step=lambda _: None, beside=beside)
        finally:
            ready.set()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(30)
        assert found, "it did not start"
        yield found[0]
        seen = found[0].store.changes_mark
        found[0].until(lambda: _mark(config) == seen(), "alerts do not look again")
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        assert not thread.is_alive(), "it did not stop"


def published(count: int = 6, *, at: datetime | None = None, **changes: Any) -> list[Post]:
    """Give the telling headline as often as a finding takes, by one author, until now."""
    latest = at or SystemClock().now().replace(microsecond=0)
    author = changes.pop("author", "web:removed.example")
    return [
        Post(
            **{
                "id": f"{author}/{number}",
                "author": author,
                "author_name": "Daily Removed",
                "posted_at": latest - timedelta(minutes=count - number),
                "title": HEADLINE,
                "text": f"More about the {WORDS[0]} and each {WORDS[1]}, part {number}.",
                "place": f"r/place{number % 3}",
                "url": f"https://removed.example/{number}",
            }
            | changes
        )
        for number in range(count)
    ]


def traces(
    folder: Path, words: Collection[str] = WORDS, posts: Sequence[Post] = ()
) -> list[tuple[str, str]]:
    """Give what is left in the store's files, closed: the file, and the word or fingerprint."""
    left = [
        (name, word)
        for name, content in _bytes_of(folder).items()
        for word in words
        if _found({name: content}, word)
    ]
    grams = {enrich(post).grams.to_bytes(64, "little") for post in posts} - {bytes(64)}
    return left + [
        (name, "a fingerprint")
        for name, content in _bytes_of(folder).items()
        if any(one in content for one in grams)
    ]


def _mark(config: Config) -> str:
    """Give up to where alerts have looked."""
    with closing(alert_wiring.open_ledger(config)) as ledger:
        return ledger.mark()


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob(f"{_STORE}*"))}


def _found(files: dict[str, bytes], word: str) -> bool:
    sought = word.casefold().encode()
    return any(sought in content.lower() for content in files.values())
