"""Turn the recorded timelines of the data into posts; their schemas stand in its README."""

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from bunco.codec import encode
from bunco.model import Post, PostKind

_LINK = re.compile(r"https?://[^\s<>\"“”]+")
_LINK_END = ".,;:!?'\")]}»…"
_MENTION = re.compile(r"(?<![\w@/.])@(\w{1,30})")
_REPOST = re.compile(r"^RT @\w")
_LANGUAGE = re.compile(r"[a-z]{2}")
_NO_LANGUAGE = frozenset({"xx", "un"})


class Row(Struct, frozen=True):
    """One line of a recorded timeline; each file has some of these fields."""

    account: str
    ts: datetime
    text: str = ""
    title: str = ""
    url: str = ""
    id: str = ""
    lang: str = ""
    rt: int = 0


def converted(rows: Iterator[bytes], platform: str) -> list[Post]:
    """Give the posts of a timeline, sorted by time, then as they stand in it.

    Ids are the rows' own; else a hash of account, time, text and how often the same came
    before, so that they are unique and the same each time.
    """
    decoder = msgspec.json.Decoder(Row)
    before: dict[bytes, int] = {}
    posts = []
    for line in rows:
        row = decoder.decode(line)
        if row.title or row.text:
            posts.append(_post(row, platform, before))
    posts.sort(key=lambda post: post.posted_at)
    return posts


def _post(row: Row, platform: str, before: dict[bytes, int]) -> Post:
    return Post(
        id=f"{platform}:{row.id or _hashed(row, before)}",
        author=f"{platform}:{row.account}",
        author_name=row.account,
        posted_at=row.ts,
        place=platform,
        kind=_kind(row),
        title=row.title,
        text=row.text,
        links=links(row.text) or ((row.url,) if row.url else ()),
        lang=row.lang if _LANGUAGE.fullmatch(row.lang) and row.lang not in _NO_LANGUAGE else "",
        mentions=tuple(dict.fromkeys(f"{platform}:{name}" for name in _MENTION.findall(row.text))),
    )


def links(text: str) -> tuple[str, ...]:
    """Give the addresses in a text, each once, without the punctuation after them.

    >>> links("Read https://example.org/a, (https://example.org/b) and https://example.org/a")
    ('https://example.org/a', 'https://example.org/b')
    """
    found = (link.rstrip(_LINK_END) for link in _LINK.findall(text))
    return tuple(dict.fromkeys(link for link in found if not link.endswith("/") or link[-2] != "/"))


def _kind(row: Row) -> PostKind:
    if row.rt == 1 or _REPOST.match(row.text):
        return "repost"
    return "reply" if row.text.startswith("@") else "post"


def _hashed(row: Row, before: dict[bytes, int]) -> str:
    said = f"{row.account}\n{row.ts.isoformat()}\n{row.text}".encode()
    key = blake2b(said, digest_size=10).digest()
    before[key] = before.get(key, 0) + 1
    return key.hex() if before[key] == 1 else f"{key.hex()}-{before[key]}"


def convert(source: Path, target: Path) -> int:
    """Write one timeline in the wire form; give how many posts it has."""
    platform = "hackernews" if source.name.startswith("hackernews") else "twitter"
    with gzip.open(source, "rb") as rows:
        posts = converted(iter(rows), platform)
    with target.open("wb") as file:
        file.writelines(encode(post) + b"\n" for post in posts)
    return len(posts)
