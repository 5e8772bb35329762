"""Everything the detectors read about a post, worked out once.

``post → headline → wording → grams``, ``post → links`` and ``headline → sensational``: pure,
the same for the same post wherever and whenever it runs.
"""

import re

from bunco.model import Enriched, Post, to_ms
from bunco.text.address import canonical
from bunco.text.sensational import sensational
from bunco.text.similarity import grams
from bunco.text.wording import OPENING
from processors.recalling import recalled

HEADLINE_CHARACTERS = 200
HEADLINE_WORDS = 30
"""A text with a link that is no longer than these sells the link. Source: ours; the longest
headlines of news feeds have about 150 characters."""

_LINK = re.compile(r"https?://[^\s<>\"'\])}]+", re.IGNORECASE)
_TEXT_LINKS = 20
"""Links taken from a text whose post names none."""


def enrich(post: Post) -> Enriched:
    """Give the post with headline, wording, grams, canonical links and sensational score.

    Links of the text count where the post lists none. The post's own address counts as its
    link only where it has a title and points nowhere else, as a feed's entry does. A post
    dated after its arrival (a clock that runs ahead) happened when it arrived.
    """
    published = post.links or _links_in(post.text)
    headline = post.title or (_short_text(post.text) if published else "")
    words = recalled((headline or post.text)[:OPENING])
    at_ms = to_ms(post.posted_at)
    address = canonical(post.url)
    seen_ms = to_ms(post.seen_at) if post.seen_at else at_ms
    return Enriched(
        post=post,
        at_ms=min(at_ms, seen_ms),
        seen_ms=seen_ms,
        headline=headline,
        wording=words,
        grams=grams(words),
        links=_targets(post, published, address),
        address=address,
        sensational=sensational(headline, words) if headline else 0.0,
    )


def _links_in(text: str) -> tuple[str, ...]:
    if "://" not in text:
        return ()
    return tuple(link.rstrip(".,;:!?") for link in _LINK.findall(text)[:_TEXT_LINKS])


def _short_text(text: str) -> str:
    bare = _LINK.sub("", text).strip() if "://" in text else text
    if len(bare) > HEADLINE_CHARACTERS or len(bare.split()) > HEADLINE_WORDS:
        return ""
    return text if bare else ""


def _targets(post: Post, published: tuple[str, ...], own: str) -> tuple[str, ...]:
    if not published:
        return (own,) if own and post.title else ()
    found = dict.fromkeys(map(canonical, published))
    found.pop("", None)
    if len(found) > 1:
        found.pop(own, None)
    return tuple(found) or ((own,) if own and post.title else ())
