"""A made-up month from posts to mails, for the tests that kill what decides and sends.

posts of a tick → pipeline → store → look → ledger → outbox → notifier, then the next tick

``python -m tests.bunco.alerts.month FOLDER PORT`` plays it in a process of its own, to a mail
server, and goes on where FOLDER says that it was. Its clock is a file: time goes by ticks of the
month, whatever the machine does, so that each start decides by the same times.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random

from bunco import wiring
from bunco.alert_wiring import open_ledger
from bunco.alert_writing import Writer
from bunco.alerting import Ledger, Notifier
from bunco.alerts.looking import Lookout
from bunco.alerts.outbox import Outbox
from bunco.config import Config, from_tables
from bunco.model import Delivery, Post
from bunco.notifiers.smtp import Options, SmtpNotifier
from bunco.ports.stores import Store
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate
from bunco.values import Duration
from tests.fakes import FakeClock

TICK = timedelta(minutes=10)
AFTER = timedelta(days=2)
"""So long after the last post rules still have something to tell."""

Ticks = Mapping[datetime, Sequence[Post]]


def ticks(days: int, authors: int) -> Ticks:
    """Give the posts of a month by the tick in which they are read."""
    plan = Plan(seed=5, days=days, authors=authors, posts=authors * 2 * days, late_percent=0)
    posts = [told.item for told in simulate(plan) if isinstance(told.item, Post)]
    posts.sort(key=lambda post: (post.posted_at, post.id))
    return {tick: list(group) for tick, group in groupby(posts, key=_tick)}


def settings(folder: Path) -> Config:
    """Give the configuration of the month."""
    tables = {
        "store": {"kind": "sqlite", "path": str(folder / "bunco.db")},
        "notify": {"mail": {"kind": "stdout"}},
        "alert": [
            {"name": "all", "through": "mail", "to": ["ann@example.org", "bob@example.org"]},
            {"name": "day", "through": "mail", "to": ["ann@example.org"], "digest": "daily 08:00"},
        ],
    }
    return from_tables(tables, where="tests", environment={})


class Life:
    """All that makes mails of posts, from its start until it is killed.

    Args:
        folder: has the store and the clock.
        notifier: what takes the mails.
        shaky: stands between the parts that write and those that call them.
    """

    def __init__(
        self, folder: Path, notifier: Notifier, shaky: "Callable[[object], object]"
    ) -> None:
        folder.mkdir(exist_ok=True)
        config = settings(folder)
        self._file = folder / "clock"
        self.clock = FakeClock()
        self._store = wiring.open_store(config)
        self.ledger = open_ledger(config)
        store: Store = shaky(self._store)  # type: ignore[assignment]  # it hands all through
        ledger: Ledger = shaky(self.ledger)  # type: ignore[assignment]
        self._lookout = Lookout(store, ledger, config.alerts, ())
        self._outbox = Outbox(
            ledger,
            {"mail": shaky(notifier)},  # type: ignore[dict-item]
            Writer(config, store, ledger.key()),
            clock=self.clock,
            random=Random(1),
        )
        self._embedded = wiring.pipeline_over(config, store)

    async def live(self, month: Ticks) -> None:
        """Play what is left of the month."""
        begins = sorted(month)
        now = self._read() or begins[0] - TICK
        while now <= begins[-1] + AFTER:
            self._write(now)
            self.clock.advance(now - self.clock.now())
            is_waiting = await self._tick(now, month.get(now, ()))
            later = [tick for tick in begins if tick > now]
            now = later[0] if later and not is_waiting else now + TICK

    def close(self) -> None:
        """Let go of files."""
        self.ledger.close()
        self._store.close()

    async def _tick(self, now: datetime, posts: Sequence[Post]) -> bool:
        if posts:
            self._embedded.step([Delivery(source="month", items=tuple(posts), cursor=b"")])
        looked = self._lookout.look(now)
        await self._outbox.send_due()
        return bool(looked.waiting or self.ledger.due(now + AFTER, limit=1))

    def _read(self) -> datetime | None:
        return datetime.fromisoformat(self._file.read_text()) if self._file.exists() else None

    def _write(self, now: datetime) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(now.isoformat())
        new.replace(self._file)


def _tick(post: Post) -> datetime:
    minute = post.posted_at.minute // 10 * 10
    return post.posted_at.replace(minute=minute, second=0, microsecond=0) + TICK


async def main(folder: str, port: int, days: int, authors: int) -> None:
    """Play the month to a mail server."""
    notifier = SmtpNotifier(
        Options(
            host="127.0.0.1",
            port=port,
            security="none",
            timeout=Duration(seconds=5),
            most_a_minute=60_000,
        )
    )
    life = Life(Path(folder), notifier, lambda part: part)
    await life.live(ticks(days, authors))
    await notifier.close()
    life.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
