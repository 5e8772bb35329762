"""Find the addresses that a piece of HTML points at."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from ingest.limits import MOST_LINKS, URL_LIMIT

_ANCHOR = re.compile(
    r"""<a\s[^<>]{0,1000}?\bhref\s*=\s*(?:"([^"]{1,4000})"|'([^']{1,4000})'|([^\s>"']{1,4000}))""",
    re.IGNORECASE,
)


def links_in(html: str, base: str, own: str) -> tuple[str, ...]:
    """Give the first addresses a text points at, its own left out, each once.

    Args:
        html: what somebody wrote.
        base: what relative addresses are relative to; may be empty.
        own: where the text itself stands.
    """
    found: dict[str, None] = {}
    for match in _ANCHOR.finditer(html) if "<" in html else ():
        target = joined(base, unescape(match[1] or match[2] or match[3]).strip())
        if target != own and len(target) <= URL_LIMIT and _has_host(target):
            found[target] = None
        if len(found) == MOST_LINKS:
            break
    return tuple(found)


def joined(base: str, link: str) -> str:
    """Give a link as a whole address, as far as that can be."""
    try:
        return link if not link or urlsplit(link).scheme else urljoin(base, link)
    except ValueError:
        return link


def _has_host(target: str) -> bool:
    try:
        return bool(urlsplit(target).netloc)
    except ValueError:
        return False
