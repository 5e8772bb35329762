"""Play stored posts again and see what the rules would have sent: nothing is written or sent.

posts of the period, in the order they were published → pipeline → a store in memory
    → rules, minute by minute of event time → alerts
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from bunco import wiring
from bunco.alert_writing import Writer
from bunco.alerting import Alert, Outgoing
from bunco.alerts.looking import Lookout
from bunco.config import Config
from bunco.errors import UsageError
from bunco.ledgers.memory import MemoryLedger
from bunco.model import Delivery, Post
from bunco.ports.stores import Store

MOST = 500_000
"""Posts that are played again at most: they and what they come to are kept in memory."""
_MINUTE = timedelta(minutes=1)
_AFTER = timedelta(days=2)
"""So long after the last post rules still have something to tell."""


class Sent(Struct, frozen=True, kw_only=True):
    """One alert to one recipient, as it would have been."""

    alert: Alert
    message: Outgoing


class Totals(Struct, kw_only=True):
    """What was counted on the way."""

    posts: int = 0
    growths: int = 0
    """Times that a finding opened or grew: mails, were each one told at once."""


def stored_posts(store: Store, since: datetime, until: datetime | None) -> list[Post]:
    """Give the posts of a period in the order they were published.

    Raises:
        UsageError: they are too many.
    """
    found: list[Post] = []
    for piece in store.walk(since=since, until=until):
        found += piece
        if len(found) > MOST:
            raise UsageError(f"more than {MOST:,} posts: take a shorter period")
    return sorted(found, key=lambda post: (post.posted_at, post.id))


def preview(
    config: Config,
    posts: Iterable[Post],
    totals: Totals,
    *,
    on_minute: Callable[[datetime], None] = lambda _: None,
) -> Iterator[Sent]:
    """Give what the enabled rules would have sent, in order.

    Rules about health are left out: how sources did is not stored.

    Args:
        config: its detectors see the posts, its rules decide.
        posts: in the order they were published.
        totals: counted into.
        on_minute: told how far it is.
    """
    store = wiring.open_store_at("memory:")
    ledger = MemoryLedger()
    rules = [replace(rule, health=False) for rule in config.alerts if rule.enabled]
    lookout = Lookout(store, ledger, rules, ())
    write = Writer(config, store, ledger.key())
    embedded = wiring.pipeline_over(config, store)
    last = None
    for minute, group in groupby(posts, key=lambda post: _minute(post.posted_at)):
        if last is None:
            lookout.look(minute)
        else:
            yield from _looked(lookout, ledger, write, _minutes(last, minute))
        items = tuple(group)
        delivery = Delivery(source="preview", items=items, cursor=b"")
        step = embedded.step([delivery])
        totals.posts += step.posts
        totals.growths += step.findings
        on_minute(minute)
        last = minute
    if last is not None:
        yield from _looked(lookout, ledger, write, _minutes(last, last + _AFTER))


def _looked(
    lookout: Lookout,
    ledger: MemoryLedger,
    write: Writer,
    minutes: Iterable[datetime],
) -> Iterator[Sent]:
    for now in minutes:
        looked = lookout.look(now)
        if not looked.alerts and not looked.waiting:
            return  # nothing can become due before the next post
        for entry in ledger.due(now, limit=10_000):
            alert = ledger.alert(entry.alert)
            if alert is not None and (message := write(entry, alert)) is not None:
                yield Sent(alert=alert, message=message)
            ledger.move(entry, replace(entry, state="sent"))


def _minutes(after: datetime, until: datetime) -> Iterator[datetime]:
    now = after + _MINUTE
    while now <= until:
        yield now
        now += _MINUTE


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
