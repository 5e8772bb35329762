"""Put ids of one server in order, and find the one to go on from.

Source: docs.joinmastodon.org/api/guidelines, "ids": longer ones are later, of one length the
greater. That holds for Pleroma's and GoToSocial's as well, whose ids all have one length.
"""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

_SHIFT = 16
"""Mastodon's ids are milliseconds since 1970, then 16 bits to tell them apart.

Source: mastodon/mastodon, lib/mastodon/snowflake.rb."""
_LEAST = 10**15
"""Numbers below are no such ids, …"""
_MOST_DIGITS = 20
"""… nor are longer ones."""

_PREVIOUS = re.compile(r'<([^<>]{1,4000})>\s*;[^,<]{0,200}?\brel="?prev"?', re.IGNORECASE)


def rank(local: str) -> tuple[int, str]:
    """Give what ids are put in order by.

    >>> max(["99", "110", "109"], key=rank)
    '110'
    """
    return len(local), local


def latest(*ids: str) -> str:
    """Give the latest of ids; empty ones are before all others."""
    return max(ids, key=rank, default="")


def before(local: str, overlap: timedelta) -> str:
    """Give an id from some time before another; the same where ids tell no time."""
    is_number = local.isascii() and local.isdigit() and len(local) < _MOST_DIGITS
    if not is_number or int(local) < _LEAST:
        return local
    return str(max(int(local) - (overlap // timedelta(milliseconds=1) << _SHIFT), 0))


def newer(link: str) -> str:
    """Give the ``min_id`` of the page after one, from its ``Link`` header; empty without.

    Only the id is taken: the address need not be one of that server.

    >>> newer('<https://a/b?max_id=1>; rel="next", <https://a/b?min_id=7>; rel="prev"')
    '7'
    """
    found = _PREVIOUS.search(link[:10_000])
    try:
        query = parse_qs(urlsplit(found[1]).query) if found else {}
    except ValueError:
        return ""
    return next(iter(query.get("min_id", ())), "")[:100]
