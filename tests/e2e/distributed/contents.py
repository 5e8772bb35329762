"""Read all that a store holds, and tell in words how two of them differ."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from bunco import codec
from bunco.model import DeadLetter, Finding, Page, StoredPost
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store

_PAGE = 1000
_AUTHORS = 1_000_000
_SHOWN = 5


Row = TypeVar("Row")


class Ask(Protocol[Row]):
    """Give a page of rows."""

    def __call__(self, *, limit: int, after: str) -> Page[Row]: ...


class Contents(Struct, frozen=True, kw_only=True):
    """What a store holds, each as JSON with sorted keys."""

    posts: Mapping[str, bytes]
    """By id."""
    doubled: tuple[str, ...]
    """Ids of posts that stand in it more than once."""
    findings: Mapping[str, bytes]
    """By id."""
    dead: Mapping[str, bytes]
    """By id."""
    counted: int
    """Posts, as the store itself counts them."""


def contents(store: Store, posts: Iterable[StoredPost] | None = None) -> Contents:
    """Read all posts, findings and dead letters.

    Args:
        store: is asked for everything.
        posts: all posts, read in another way: asking for thousands of histories takes minutes
            in Elasticsearch.
    """
    by_id: dict[str, bytes] = {}
    doubled: list[str] = []
    for row in _posts(store) if posts is None else posts:
        name = row.post.id
        if name in by_id:
            doubled.append(name)
        by_id[name] = _sorted(row)
    return Contents(
        posts=by_id,
        doubled=tuple(doubled),
        findings={finding.id: _sorted(finding) for finding in _findings(store)},
        dead={letter.id: _sorted(letter) for letter in _dead(store)},
        counted=store.stats().posts,
    )


def differences(expected: Contents, found: Contents) -> str:
    """Give in words how the posts and findings of two stores differ; empty when they do not."""
    lines = [
        *_differing("post", expected.posts, found.posts),
        *_differing("finding", expected.findings, found.findings),
    ]
    if found.doubled:
        lines.append(f"{len(found.doubled)} posts stand in it more than once: {found.doubled[:5]}")
    if found.counted != len(expected.posts):
        lines.append(f"the store counts {found.counted} posts, not {len(expected.posts)}")
    return "\n".join(lines)


def _posts(store: Store) -> Iterator[StoredPost]:
    for author in store.find_authors("", limit=_AUTHORS):
        for row in _rows(partial(store.history, author.author)):
            if row.post is not None:
                yield row.post


def _findings(store: Store) -> Iterator[Finding]:
    return _rows(partial(store.findings, FindingQuery()))


def _dead(store: Store) -> Iterator[DeadLetter]:
    return _rows(store.dead)


def _rows(ask: "Ask[Row]") -> Iterator[Row]:
    after = ""
    while True:
        page = ask(limit=_PAGE, after=after)
        yield from page.rows
        if not (after := page.after):
            return


def _sorted(record: Struct) -> bytes:
    return msgspec.json.encode(codec.to_json(record), order="sorted")


def _differing(
    what: str, expected: Mapping[str, bytes], found: Mapping[str, bytes]
) -> Iterator[str]:
    missing = [name for name in expected if name not in found]
    surplus = [name for name in found if name not in expected]
    changed = [name for name in expected if name in found and expected[name] != found[name]]
    for names, word in ((missing, "missing"), (surplus, "too many"), (changed, "differ")):
        if names:
            total = f"{len(names)} of {len(expected)} {what}s {word}"
            yield f"{total}: {', '.join(names[:_SHOWN])}"
    for name in missing[:1]:
        yield f"  missing {what}: {expected[name].decode()[:600]}"
    for name in changed[:_SHOWN]:
        yield f"  {what} {name}:"
        yield from _fields(msgspec.json.decode(expected[name]), msgspec.json.decode(found[name]))


def _fields(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for field in sorted(expected.keys() | found.keys()):
        if expected.get(field) != found.get(field):
            yield f"    {field}: expected {expected.get(field)!r}"
            yield f"    {' ' * len(field)}     found {found.get(field)!r}"
