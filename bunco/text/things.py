"""Whether two posts put the same thing before people: by what they point at, else by text.

Source: ours, docs/decisions/0018-cross-posts.md.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b

from msgspec import Struct

from bunco.text import sites
from bunco.text.address import canonical
from bunco.text.similarity import grams, long_enough, maybe_same, same, words
from bunco.text.wording import wording

MOST_LINKS = 3
"""A post that points at more things than these is about none of them: its text speaks."""

LEAST_WORDS = 8
"""Posts with different links are the same thing where their words are identical, and at least
these: "Am I doing this right?" stands over a thousand pictures."""

_SCHEME = "https://"
_HIDDEN, _OWN = b"?", b"="
_KEY_BYTES = 8
_FURNITURE = re.compile(
    r"https://([^/?]+)(?:/@[^/?]+|/(?:u|user|users|profile|author|r|c|tag|tags)/[^/?]+)?"
)
"""A canonical address of the page of a person, community or tag, or of a front page."""


class Thing(Struct, frozen=True, gc=False):
    """What a post is about, as far as it can be told apart."""

    link: bytes
    """The key of the page it points at; empty for none, or too many."""
    grams: int
    """The sketch of ``wording``."""
    wording: str


def thing(text: str, url: str = "") -> Thing:
    """Give what a text with a link, both as published, puts before people."""
    bare = wording(text)
    return Thing(link_key(canonical(url)), grams(bare), bare)


def link_key(link: str) -> bytes:
    """Give eight bytes that stand for a canonical address, equal in every process.

    One more byte, in front, says that another key need not be another thing: the site hides
    where its addresses lead. "" has the empty key.
    """
    if not link:
        return b""
    key = blake2b(link.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
    site = link[len(_SCHEME) :].partition("/")[0].partition("?")[0]
    return _HIDDEN + key if site in sites.SHORTENERS else key


def own_key(address: str) -> bytes:
    """Give the key of a post that points at itself alone: another address tells nothing."""
    return _OWN + link_key(address)[-_KEY_BYTES:] if address else b""


def is_own(key: bytes) -> bool:
    """Say whether a post with this key points at itself alone."""
    return key.startswith(_OWN) and len(key) > _KEY_BYTES


def target(links: Sequence[str], own: str = "") -> bytes:
    """Give the key of what a post points at, empty where that is nothing or no single thing.

    Pages of persons and communities on the site where the post itself stands are passed over:
    feeds of forums link them beneath every post.

    Args:
        links: canonical addresses, in the post's order.
        own: the canonical address of the post itself.
    """
    kept = [link for link in links if link == own or not _is_furniture(link, own)]
    if not 0 < len(kept) <= MOST_LINKS:
        return b""
    return own_key(own) if kept[0] == own else link_key(kept[0])


def can_be_same(link: bytes, grams: int, other_link: bytes, other_grams: int) -> bool:
    """Say cheaply, from keys and sketches, whether two posts may put the same thing.

    Lets all pairs through that ``same_thing`` finds to be the same.
    """
    if link and link == other_link:
        return True
    if _both_known(link, other_link):
        return grams == other_grams
    return maybe_same(grams, other_grams)


def same_thing(one: Thing, other: Thing) -> bool:
    """Say whether two posts put the same thing before people.

    They do where they point at one page, whatever they say about it. Where both point at
    pages that are known and differ, only where all their words are the same and enough of
    them; where one points nowhere, or its shortener hides where, their texts decide.
    """
    if one.link and one.link == other.link:
        return True
    if _both_known(one.link, other.link):
        return one.wording == other.wording and words(one.wording) >= LEAST_WORDS
    return (
        long_enough(one.wording)
        and long_enough(other.wording)
        and maybe_same(one.grams, other.grams)
        and same(one.wording, other.wording)
    )


def _both_known(link: bytes, other: bytes) -> bool:
    return len(link) == len(other) == _KEY_BYTES


def _is_furniture(link: str, own: str) -> bool:
    page = _FURNITURE.fullmatch(link)
    return page is not None and own.startswith(f"https://{page[1]}/")
