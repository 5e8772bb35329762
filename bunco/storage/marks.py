"""Page marks: where a page of a list ended, opaque to whoever hands it back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec

from bunco.errors import UsageError

Place = TypeVar("Place", bound=tuple[int | str, ...])


def mark(*place: int | str) -> str:
    """Give the mark of a place: the sort keys of the last row shown."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place(after: str, form: type[Place]) -> Place | None:
    """Give back the place of a mark; None for no mark.

    Args:
        after: what ``mark`` gave, or empty.
        form: what it must hold, for example ``tuple[int, str]``.

    Raises:
        UsageError: it is no mark of such a list.
    """
    if not after:
        return None
    try:
        packed = urlsafe_b64decode(after.encode() + b"=" * (-len(after) % 4))
        return msgspec.json.decode(packed, type=form)
    except (ValueError, msgspec.DecodeError) as error:
        raise UsageError(f"{after[:40]!r} is no page mark of this list") from error


def change_mark(store: str, number: int) -> str:
    """Give the mark of a place in the changes of a store; the start is the same in all."""
    return mark(store if number else "", number)


def change_place(after: str, store: str, last: int) -> int:
    """Give the number of a mark; 0, before all, for no mark.

    Args:
        after: what ``change_mark`` gave, or empty.
        store: the name of the store.
        last: the number of the last change there.

    Raises:
        UsageError: it is the mark of another store, or of this one before it was set back.
    """
    name, number = place(after, tuple[str, int]) or (store, 0)
    if not number:
        return 0
    if name != store or not 0 < number <= last:
        raise UsageError(f"{after[:40]!r} is no mark of this store's changes")
    return number
