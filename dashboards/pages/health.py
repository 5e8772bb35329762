"""How a source does, in a word, with its sign and colour."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from bunco.model import SourceState

Health: TypeAlias = Literal["failing", "late", "silent", "paused", "new", "ended", "ok"]

HEALTH: dict[Health, tuple[str, str, str]] = {
    "failing": ("✕", "failing", "b-high"),
    "late": ("◔", "late", "b-medium"),
    "silent": ("○", "silent", "b-medium"),
    "paused": ("❚❚", "paused", "b-none"),
    "new": ("·", "not read yet", "b-none"),
    "ended": ("■", "read to its end", "b-none"),
    "ok": ("✓", "ok", "b-good"),
}
"""Sign, words and colour of each, what needs a look first."""

SILENT = timedelta(days=3)
"""A source that has given nothing new for so long is called silent. Source: ours."""
LATE = timedelta(minutes=15)
"""A source that was due so long ago and was not read is late. Source: ours."""


def health_of(state: SourceState, now: datetime, *, is_paused: bool = False) -> Health:  # noqa: PLR0911  # one word a line
    """Give the word for a source."""
    if is_paused:
        return "paused"
    if state.error:
        return "failing"
    if state.ended:
        return "ended"
    if state.polled_at is None and not state.cursor:
        return "new"
    if state.next_at is not None and state.next_at < now - LATE:
        return "late"
    since = state.item_at or state.succeeded_at
    return "silent" if since is not None and since < now - SILENT else "ok"
