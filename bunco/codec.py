"""The wire form: JSON in and out, decoded once, with errors that name the field.

One line holds one item: a post, a removal (it has the key ``removed``) or a verdict (it has
the key ``judged``). The form and its version are described in docs/wire-form.md.
"""

from datetime import UTC
from inspect import cleandoc
from typing import Any, TypeVar

import msgspec

from bunco.errors import BadInput
from bunco.model import Item, Post, Removal, Verdict

ITEM_LIMIT_BYTES = 1 << 20
"""The largest item taken, as JSON. Source: ours, a post of 1 MiB is no post."""

Record = TypeVar("Record")

_post_decoder = msgspec.json.Decoder(Post)
_removal_decoder = msgspec.json.Decoder(Removal)
_verdict_decoder = msgspec.json.Decoder(Verdict)
_encoder = msgspec.json.Encoder()


def decode_item(line: bytes) -> Item:
    """Give the post, removal or verdict of one JSON object.

    Raises:
        BadInput: it is no JSON, lacks a needed field, a field has the wrong form, a time
            has no zone, or it is larger than ``ITEM_LIMIT_BYTES``.
    """
    if len(line) > ITEM_LIMIT_BYTES:
        raise BadInput(f"item of {len(line)} bytes is over the limit of {ITEM_LIMIT_BYTES}")
    try:
        if b'"removed"' in line and (removal := _as_removal(line)) is not None:
            return removal
        if b'"judged"' in line and (verdict := _as_verdict(line)) is not None:
            return verdict
        post = _post_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error
    if not (post.title or post.text):
        raise BadInput("a post needs a title or a text - at `$`")
    if post.posted_at.tzinfo is not UTC or (post.seen_at and post.seen_at.tzinfo is not UTC):
        return _in_utc(post)
    return post


def encode(record: object) -> bytes:
    """Give the JSON of a record, one line without its end."""
    return _encoder.encode(record)


def to_json(record: object) -> Any:  # noqa: ANN401  # JSON leaves here
    """Give the record as plain dicts, lists, strings and numbers."""
    return msgspec.to_builtins(record)


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of the wire form of a post, a removal and a verdict."""
    either, parts = msgspec.json.schema_components(
        (Post, Removal, Verdict), ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        part["description"] = cleandoc(part["description"])  # up to 3.12 it keeps its indent
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A post, a removal or a verdict, as bunco reads and writes them",
        "anyOf": list(either),
        "$defs": parts,
    }


def _as_removal(line: bytes) -> Removal | None:
    if not isinstance(fields := msgspec.json.decode(line), dict) or "removed" not in fields:
        return None
    removal = _removal_decoder.decode(line)
    if removal.removed == "post" and not removal.id:
        raise BadInput("the removal of a post needs its id - at `$.id`")
    if removal.removed == "author" and not removal.author:
        raise BadInput("the removal of an author needs the author - at `$.author`")
    return removal


def _as_verdict(line: bytes) -> Verdict | None:
    fields = msgspec.json.decode(line)
    if not isinstance(fields, dict) or "judged" not in fields or "posted_at" in fields:
        return None
    verdict = _verdict_decoder.decode(line)
    times = {name: getattr(verdict, name) for name in ("at", "until", "first_at")}
    try:
        changed = {
            name: time.astimezone(UTC)
            for name, time in times.items()
            if time is not None and time.tzinfo is not UTC
        }
    except OverflowError as error:
        raise BadInput(f"no such time in UTC: {error}") from error
    return msgspec.structs.replace(verdict, **changed) if changed else verdict


def _in_utc(post: Post) -> Post:
    try:
        return msgspec.structs.replace(
            post,
            posted_at=post.posted_at.astimezone(UTC),
            seen_at=post.seen_at.astimezone(UTC) if post.seen_at else None,
        )
    except OverflowError as error:
        raise BadInput(f"no such time in UTC: {error} - at `$.posted_at`") from error
