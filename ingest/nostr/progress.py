"""Where reading goes on, relay by relay: relays know no cursors, only times that authors chose."""

from msgspec import Struct
from msgspec.structs import replace

from ingest.cursors import Cursors


class Place(Struct, frozen=True, array_like=True):
    """How far one relay was read."""

    since: int = 0
    """What was made before this second was asked for and came; 0: nothing was asked yet."""


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cursor: a place for each relay."""

    version: int = 1
    relays: dict[str, Place] = {}
    number: int = 0
    """Of the delivery, so that no two cursors with posts in between are the same."""


_cursors = Cursors(Progress)
decode, encode = _cursors.decode, _cursors.encode


def moved(progress: Progress, places: dict[str, int], *, gave: bool) -> Progress:
    """Give the progress after a reading.

    Args:
        progress: before it.
        places: up to which second each relay was read.
        gave: whether the reading gave anything.
    """
    return replace(
        progress,
        relays={relay: Place(since) for relay, since in places.items()},
        number=progress.number + gave,
    )
