"""Posts that others push to ``/hooks/NAME``: in the wire form, or as a table of paths says.

One object, an array, or a line each. Nothing is taken from a sender who has no token or
signature; whoever has one is told how many items are safe, and what could not be read.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.codec import decode_item, encode
from bunco.errors import BadInput, ConfigError
from bunco.model import DeadLetter, Delivery, Item, Post, Removal, Verdict, dead_letter
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.pushes import Push, Received, Reply
from bunco.values import Duration, Secret
from ingest.webhook.mapping import Fields, Mapped, at_path, item_of
from ingest.webhook.proof import Terms, refusal

MOST = 5000
"""Items of one push: about two commits of the pipeline. Source: ours."""
_MOST_REASONS = 20
_LABEL = "push"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``[[source]]`` of kind ``webhook``."""

    token: Secret | None = None
    """What the sender has to bring. At least one of ``token`` and ``secret`` must be there."""
    token_header: str = "Authorization"  # noqa: S105  # a header's name
    """Where the token stands; in ``Authorization`` it is ``Bearer TOKEN``."""
    secret: Secret | None = None
    """What the sender signs bodies with (HMAC-SHA256)."""
    signature_header: str = "X-Hub-Signature-256"
    """Where the signature stands, …"""
    signature_prefix: str = "sha256="
    """… what stands before it, …"""
    signature_encoding: Literal["hex", "base64"] = "hex"
    """… and how it is written."""
    signed: str = "{body}"
    """What is signed: `{body}`, and `{timestamp}` for the value of `timestamp_header`."""
    timestamp_header: str = ""
    """Where the time of sending stands, in seconds since 1970; empty: it is not looked at."""
    tolerance: Duration = Duration(minutes=5)
    """How far that time may be from ours."""
    platform: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")] = "web"
    """Stands before ids and authors that `fields` finds."""
    place: str = ""
    """The place of posts that name none."""
    items: str = ""
    """Where the array of posts stands in a body; empty: the body is it, or is one post."""
    fields: Fields | None = None
    """Where the fields of a post stand in foreign JSON; absent: posts come in the wire form."""
    markup: Literal["plain", "html"] = "plain"
    """What titles and texts that `fields` finds are."""
    removed_at: str = ""
    """The path whose value tells that the post is gone; with `fields`."""
    removed_values: tuple[str, ...] = ()
    """The values there that tell it."""


class WebhookSource:
    """Decide what pushes mean; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._name = tools.name
        self._clock = tools.clock
        self._terms = Terms(
            token=options.token,
            token_header=options.token_header.lower(),
            secret=options.secret,
            signature_header=options.signature_header.lower(),
            signature_prefix=options.signature_prefix,
            encoding=options.signature_encoding,
            signed=options.signed,
            timestamp_header=options.timestamp_header.lower(),
            tolerance=options.tolerance,
        )
        self._mapped = _mapped(options, tools.name)

    async def read(self, cursor: bytes) -> Delivery:
        """Wait for ever: nothing is read, all is pushed."""
        await asyncio.get_running_loop().create_future()
        return Delivery(source=self._name, items=(), cursor=cursor)

    async def close(self) -> None:
        """Let go of nothing."""

    def receive(self, push: Push) -> Received:
        """Give the items of a push, where its sender may send any."""
        if push.method != "POST":
            return _told(405, "posts are pushed here by POST\n", {"Allow": "POST"})
        now = self._clock.now()
        if because := refusal(self._terms, push, now):
            return _told(401, f"{because}\n", {"WWW-Authenticate": "Bearer"})
        try:
            parts = _parts(push.body, self._options.items)
        except BadInput as error:
            letter = dead_letter(self._name, str(error), push.body, source=self._name, at=now)
            return _counted(Parsed(items=(), dead=(letter,)))
        if len(parts) > MOST:
            return _told(413, f"at most {MOST:,} items at once\n")
        return _counted(self._parsed(parts, now))

    def _parsed(self, parts: list[bytes], now: datetime) -> Parsed:
        items: list[Item] = []
        dead: list[DeadLetter] = []
        for part in parts:
            try:
                items.append(self._item(part, now))
            except BadInput as error:
                dead.append(dead_letter(self._name, str(error), part, source=self._name, at=now))
        return Parsed(items=tuple(items), dead=tuple(dead))

    def _item(self, part: bytes, now: datetime) -> Item:
        item = _foreign(part, self._mapped, now) if self._mapped else _ours(part)
        if isinstance(item, Removal):
            return replace(item, source=self._name)
        return replace(
            item,
            source=self._name,
            place=item.place or self._options.place,
            seen_at=item.seen_at or now,
        )


def make(options: Options, tools: SourceTools) -> WebhookSource:
    """Make the source; nothing is opened.

    Raises:
        ConfigError: an option is out of range, or nothing tells who may push.
    """
    where = f"source {tools.name}"
    if options.token is None and options.secret is None:
        raise ConfigError(where, "token", "neither token nor secret", "one of the two, or both")
    for key, secret in (("token", options.token), ("secret", options.secret)):
        if secret is not None and not secret.reveal():
            raise ConfigError(where, key, "nothing", "some random characters")
    if options.signed.count("{body}") != 1:
        raise ConfigError(where, "signed", options.signed, "a text with {body} in it once")
    if ("{timestamp}" in options.signed) != bool(options.timestamp_header):
        allowed = "a header, and {timestamp} in signed: a time that is not signed proves nothing"
        raise ConfigError(where, "timestamp_header", repr(options.timestamp_header), allowed)
    if options.tolerance <= timedelta(0):
        raise ConfigError(where, "tolerance", str(options.tolerance), "more than nothing")
    if options.fields is None and options.removed_at:
        raise ConfigError(where, "removed_at", options.removed_at, "nothing without fields")
    return WebhookSource(options, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Give the items of a saved body in the wire form."""
    items: list[Item] = []
    dead: list[DeadLetter] = []
    label = url or _LABEL
    for number, part in enumerate(_parts(document, ""), start=1):
        try:
            items.append(_ours(part))
        except BadInput as error:
            dead.append(dead_letter(f"{label}:{number}", str(error), part, at=seen_at))
    return Parsed(items=tuple(items), dead=tuple(dead))


def _mapped(options: Options, name: str) -> Mapped | None:
    if options.fields is None:
        return None
    return Mapped(
        fields=options.fields,
        platform=options.platform,
        name=name,
        markup=options.markup,
        removed_at=options.removed_at,
        removed_values=options.removed_values,
    )


def _parts(body: bytes, path: str) -> list[bytes]:
    """Give the objects of a body, each as JSON.

    Raises:
        BadInput: it is no JSON.
    """
    try:
        if path:
            found = at_path(msgspec.json.decode(body), path)
            return [encode(one) for one in (found if isinstance(found, list) else [found])]
        if body.lstrip()[:1] == b"[":
            return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        lines = [line for line in body.split(b"\n") if line.strip()]
        if not path and len(lines) > 1 and body.lstrip()[:1] == b"{":
            return lines
        raise BadInput(f"no JSON: {error}") from error
    return [body]


def _ours(part: bytes) -> Post | Removal:
    item = decode_item(part)
    if isinstance(item, Verdict):
        raise BadInput("verdicts are not pushed: they are given on the dashboard")
    return item


def _foreign(part: bytes, mapped: Mapped, now: datetime) -> Post | Removal:
    try:
        value = msgspec.json.decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"no JSON: {error}") from error
    return item_of(value, mapped, now)


def _counted(parsed: Parsed) -> Received:
    """Give what came with how many items were taken and why others were not.

    The sender gets 200 where anything was taken: what was set aside would be no better the
    second time.
    """
    reasons = [letter.reason for letter in parsed.dead[:_MOST_REASONS]]
    told = {"taken": len(parsed.items), "set_aside": len(parsed.dead), "reasons": reasons}
    status = 422 if parsed.dead and not parsed.items else 200
    reply = Reply(status=status, body=encode(told), media="application/json")
    return Received(reply=reply, items=parsed.items, dead=parsed.dead)


def _told(status: int, text: str, headers: dict[str, str] | None = None) -> Received:
    return Received(reply=Reply(status=status, body=text.encode(), headers=headers or {}))


PART: Part[Source] = Part(Options, make, parse)
