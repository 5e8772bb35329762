"""Set aside what in a stream cannot be read, without letting a flood of it fill the store."""

from datetime import datetime

from bunco.model import DeadLetter, dead_letter

_MOST_LETTERS = 100
"""Of one delivery; the rest is counted. A stream that speaks another language altogether
would leave thousands a second. Source: ours."""


class Aside:
    """The dead letters of one delivery.

    Args:
        source: the source's name.
        at: now.
        most: letters kept; what comes after them is counted.
    """

    def __init__(self, source: str, at: datetime, most: int = _MOST_LETTERS) -> None:
        self._source = source
        self._at = at
        self._most = most
        self._letters: list[DeadLetter] = []
        self._more = 0

    def put(
        self, where: str, reason: str, body: bytes, *, author: str = "", at: datetime | None = None
    ) -> None:
        """Set one message aside.

        Args:
            where: its place in the stream; the id of the post it would have been, where that
                is known: a removal of the post then erases it, too.
            reason: why it cannot be read.
            body: as it came.
            author: whose it is, where that is known: a removal of the author erases it.
            at: when it was seen first, where that is known: a removal of its author up to then
                keeps it out when it comes again; absent: now.
        """
        if len(self._letters) >= self._most:
            self._more += 1
            return
        self._letters.append(
            dead_letter(
                f"{self._source}: {where}",
                reason,
                body,
                source=self._source,
                author=author,
                at=at or self._at,
            )
        )

    @property
    def letters(self) -> tuple[DeadLetter, ...]:
        """Give what was kept, in order."""
        return tuple(self._letters)

    @property
    def note(self) -> str:
        """Give how many more there were, in words; empty where there were none."""
        return f"{self._more} more could not be read" if self._more else ""
