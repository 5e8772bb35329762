"""Whether two posts put the same thing before people: by what they point at, else by text.

Source: ours, docs/decisions/0018-cross-posts.md.
"""

import re
from collections.abc import Sequence
from zlib import crc32

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

_SCHEME = len("https://")
_HIDDEN, _OWN = 1 << 32, 1 << 33
_FURNITURE = re.compile(
    r"https://([^/?]+)(?:/@[^/?]+|/(?:u|user|users|profile|author|r|c|tag|tags)/[^/?]+)?"
)
"""A canonical address of the page of a person, community or tag, or of a front page."""


class Thing(Struct, frozen=True, gc=False):
    """What a post is about, as far as it can be told apart."""

    link: int
    """The key of the page it points at; 0 for none, or too many."""
    grams: int
    """The sketch of ``wording``."""
    wording: str


def thing(text: str, url: str = "") -> Thing:
    """Give what a text with a link, both as published, puts before people."""
    bare = wording(text)
    return Thing(link_key(canonical(url)), grams(bare), bare)


def link_key(link: str) -> int:
    """Give a number that stands for a canonical address, equal in every process.

    Its 32 lowest bits are a checksum: two of the hundred addresses that are remembered of an
    author have the same once in a million authors. A bit above them says that another key
    need not be another thing: the site hides where its addresses lead. "" has the key 0.
    """
    if not link:
        return 0
    key = crc32(link.encode(errors="surrogatepass"))
    site = link[_SCHEME:].partition("/")[0]
    return key | _HIDDEN if site in sites.SHORTENERS else key


def own_key(address: str) -> int:
    """Give the key of a post that points at itself alone: another address tells nothing."""
    return link_key(address) | _OWN if address else 0


def is_own(key: int) -> bool:
    """Say whether a post with this key points at itself alone."""
    return key >= _OWN


def target(links: Sequence[str], own: str = "") -> int:
    """Give the key of what a post points at, 0 where that is nothing or no single thing.

    Pages of persons and communities on the site where the post itself stands are passed over:
    feeds of forums link them beneath every post.

    Args:
        links: canonical addresses, in the post's order.
        own: the canonical address of the post itself.
    """
    if not links:
        return 0
    if len(links) > 1 or links[0] != own:
        site = own[: own.find("/", _SCHEME)] if "/" in own[_SCHEME:] else ""
        if site:
            links = [link for link in links if link == own or not _is_furniture(link, site)]
        if not 0 < len(links) <= MOST_LINKS:
            return 0
    return own_key(own) if links[0] == own else link_key(links[0])


def is_known(key: int) -> bool:
    """Say whether two different keys of this kind are two different pages."""
    return 0 < key < _HIDDEN


def same_thing(one: Thing, other: Thing) -> bool:
    """Say whether two posts put the same thing before people.

    They do where they point at one page, whatever they say about it. Where both point at
    pages that are known and differ, only where all their words are the same and enough of
    them; where one points nowhere, or its shortener hides where, their texts decide.
    """
    if one.link and one.link == other.link:
        return True
    if is_known(one.link) and is_known(other.link):
        return one.wording == other.wording and words(one.wording) >= LEAST_WORDS
    return (
        long_enough(one.wording)
        and long_enough(other.wording)
        and maybe_same(one.grams, other.grams)
        and same(one.wording, other.wording)
    )


def _is_furniture(link: str, site: str) -> bool:
    if not link.startswith(site):
        return False
    page = _FURNITURE.fullmatch(link)
    return page is not None and page[1] == site[_SCHEME:]
