"""Read saved documents: a status, a list of them, or what ActivityPub servers send each other."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from bunco.errors import BadInput
from bunco.ports.parts import Parsed
from ingest.mastodon import activitypub
from ingest.mastodon.memory import Memory
from ingest.mastodon.posts import host_of
from ingest.mastodon.reading import Reader, Sifter, Wanted


class _Kind(Struct):
    """What tells a status from an object of ActivityPub."""

    type: str | None = None
    account: Raw = Raw(b"")


def read(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Give the items of a document.

    Raises:
        BadInput: it is none of these, or nothing for everybody to read; says what.
    """
    try:
        if document.lstrip()[:1] == b"[":
            return _statuses(msgspec.json.decode(document, type=list[Raw]), url, seen_at)
        kind = msgspec.json.decode(document, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"no status and no list of them: {error}") from error
    if not bytes(kind.account) and kind.type is not None:
        return Parsed(items=activitypub.items(document, seen_at))
    found = _statuses([Raw(document)], url, seen_at)
    if found.dead:
        raise BadInput(found.dead[0].reason)
    return found


def _statuses(entries: Iterable[Raw], url: str, seen_at: datetime) -> Parsed:
    """Give the items of statuses, the oldest first.

    Raises:
        BadInput: none of them is for everybody to read.
    """
    host = host_of(url)
    sifter = Sifter("", host, f"https://{host}" if host else "", seen_at)
    entries = list(entries)
    Reader(Wanted(), Memory(len(entries) + 1)).read_page(entries, sifter)
    if not (sifter.items or sifter.dead):
        raise BadInput("; ".join(sifter.notes) or "an empty list")
    return Parsed(items=tuple(sifter.items), dead=sifter.dead)
