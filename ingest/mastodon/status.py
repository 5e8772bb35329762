"""A status as servers with Mastodon's API write it, taken leniently.

Pleroma, Akkoma, GoToSocial, Friendica and others leave fields out or null. Ids are texts, but
numbers are taken too.

Source: docs.joinmastodon.org/entities/Status (Mastodon 4.5).
"""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from bunco.errors import BadInput

_PUBLIC = frozenset({"public", "unlisted"})
"""Akkoma's and Hometown's ``local`` is for the members of one server."""

_ID_LIMIT = 100


class Account(Struct, frozen=True, kw_only=True):
    """Who published a status."""

    acct: str | None = ""
    """``name``, or ``name@host`` for those of other servers."""
    username: str | None = ""
    display_name: str | None = ""
    url: str | None = ""
    bot: bool | None = False


class Card(Struct, frozen=True, kw_only=True):
    """The preview of a link."""

    url: str | None = ""
    title: str | None = ""


class Named(Struct, frozen=True, kw_only=True):
    """Somebody mentioned, or a hashtag."""

    acct: str | None = ""
    name: str | None = ""
    url: str | None = ""


class Media(Struct, frozen=True, kw_only=True):
    """A picture, film or sound."""

    url: str | None = ""
    description: str | None = ""


class Status(Struct, frozen=True, kw_only=True):
    """One status, or a boost of one."""

    id: str | int
    account: Account
    uri: str | None = ""
    """Its name in the network, the same on every server."""
    url: str | None = ""
    created_at: str | None = ""
    edited_at: str | None = None
    content: str | None = ""
    """HTML."""
    spoiler_text: str | None = ""
    """The content warning; Friendica puts the title there."""
    visibility: str | None = "public"
    language: str | None = ""
    in_reply_to_id: str | int | None = None
    reblog: "Status | None" = None
    card: Card | None = None
    mentions: tuple[Named, ...] | None = ()
    tags: tuple[Named, ...] | None = ()
    media_attachments: tuple[Media, ...] | None = ()

    @property
    def local(self) -> str:
        """Give its id on the server that was asked."""
        return str(self.id)

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may read it; lists may hold what is for followers only."""
        seen = (self, self.reblog) if self.reblog else (self,)
        return all((one.visibility or "public") in _PUBLIC for one in seen)

    @property
    def edited(self) -> datetime | None:
        """Give when it was edited last, if it was."""
        return moment(self.edited_at)

    def is_tagged(self, names: frozenset[str]) -> frozenset[str]:
        """Give those of the names, in lower case, that are among its hashtags."""
        return names & {(tag.name or "").lower() for tag in self.tags or ()}


class _Whose(Struct):
    """The least of a status that cannot be read."""

    uri: str = ""
    account: Account | None = None


class _Local(Struct):
    id: str | int = ""


_status = msgspec.json.Decoder(Status).decode
_whose = msgspec.json.Decoder(_Whose).decode
_local = msgspec.json.Decoder(_Local).decode


def decode(body: bytes | str) -> Status:
    """Read one status.

    Raises:
        BadInput: it is none, with the reason.
    """
    try:
        found = _status(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"no status: {error}") from error
    if not 0 < len(found.local) <= _ID_LIMIT:
        raise BadInput("no status: its id is empty or too long")
    return found


def whose(body: bytes | str) -> tuple[str, Account | None]:
    """Give the uri and account of a status that cannot be read, as far as they can."""
    try:
        found = _whose(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", None
    return found.uri, found.account


def local_of(body: bytes) -> str:
    """Give the id of a status on the server that was asked, whatever else it says."""
    try:
        found = str(_local(body).id)
        return found if len(found) <= _ID_LIMIT else ""
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def moment(text: str | None) -> datetime | None:
    """Give a time as servers write it, aware, UTC; None for what is none."""
    try:
        found = datetime.fromisoformat(text or "")
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
