"""Keep a source's log readable: what streams say ten times a second becomes a line a minute."""

from datetime import timedelta

from msgspec.structs import replace

from bunco.model import Poll

_A_LINE_EACH = timedelta(minutes=1)


class Logbook:
    """Decide which readings get a line in the log of their source.

    A reading of a stream gets one if it left something to say: a note, dead letters; else it
    is counted into the next line.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Poll] = {}
        """The latest line of each source."""
        self._given: dict[str, int] = {}
        """Items since then."""

    def line(self, poll: Poll, *, streams: bool) -> Poll | None:
        """Give the line for a reading, with what was counted since the last; None: not yet.

        Args:
            poll: the reading.
            streams: whether the next one follows at once.
        """
        given = self._given.pop(poll.source, 0) + poll.given
        last = self._lines.get(poll.source)
        is_due = last is None or not last.at <= poll.at < last.at + _A_LINE_EACH
        if streams and not (is_due or poll.note or poll.dead):
            self._given[poll.source] = given
            return None
        found = self._lines[poll.source] = replace(poll, given=given)
        return found
