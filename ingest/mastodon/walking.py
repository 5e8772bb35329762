"""Walk forward through a timeline, page by page, to the present.

    high − overlap → page → page … (next reading) → page → an empty or short one: done

Statuses of other servers are numbered by when they were written, not by when they came. So a
walk begins some time before the latest that was given; what is met again is known.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from ingest.mastodon import order
from ingest.mastodon.progress import Progress

PAGE = 40
"""Statuses asked for; servers give as many at most. Source: docs.joinmastodon.org."""
_SHORT = PAGE // 2
"""Below that a page is the last. Some servers give 20 at most."""


def begun(progress: Progress, overlap: timedelta) -> Progress:
    """Give the progress with a walk under way."""
    if progress.at or not progress.high:
        return progress
    return replace(progress, at=order.before(progress.high, overlap))


def turned(
    progress: Progress, ids: Sequence[str], link: str, *, to_the_end: bool
) -> tuple[Progress, bool]:
    """Give the progress after a page, and whether the walk is at its end.

    Args:
        progress: before.
        ids: of the entries on the page.
        link: its ``Link`` header.
        to_the_end: whether only an empty page is the last: others may be short because the
            server filtered them.
    """
    position = order.newer(link) or order.latest(*ids)
    if not ids or order.rank(position) <= order.rank(progress.at):
        return progress, True
    return replace(progress, at=position), len(ids) < _SHORT and not to_the_end


def ended(progress: Progress) -> Progress:
    """Give the progress when a walk is at its end: all up to the latest was given."""
    return replace(progress, high=order.latest(progress.high, progress.at), at="")


def met(progress: Progress, newest: str) -> Progress:
    """Give the progress after a stream brought something up to this id.

    A walk under way has a place of its own to go on from, so nothing is passed over.
    """
    return replace(progress, high=order.latest(progress.high, newest))
