"""One address for one page: what makes no difference to the reader is gone.

Nothing is fetched: an address of a shortener stays what it is, ``is_shortener`` says so.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from bunco.text import sites, tracking, wrappers

LIMIT = 4096
"""A longer address is cut before it is looked at. Source: ours."""

_PLAIN = re.compile(
    r"https?://([a-z0-9.-]*[a-z0-9])(/[A-Za-z0-9/_.,~%+@:!$'()*=-]*)?(?:\?([A-Za-z0-9_.,~%+=&-]*))?"
)
"""Lower-case host, harmless characters, no port, no fragment: nearly all addresses."""

_SCHEME = re.compile(r"https?:/+", re.IGNORECASE)
_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u3000\ufeff]+")
_MOBILE = ("www.", "m.", "mobile.", "amp.")
_DEFAULT_PORTS = ("80", "443")
_TAIL = re.compile(r"(?:/amp|\.amp(?:\.html?)?|/(?:index|default)\.(?:html?|php|aspx?)|/)+$")
"""What may stand behind the path of a page without making it another: AMP, index, slash."""

_ROUTE = re.compile(r"!?(/[^?\s]+)")
"""A fragment that names a page, as in ``/#!/jack`` or ``/video/#/video/a``."""

_CACHE = 8192
"""Hosts remembered; a run meets far fewer often."""


class _Parts(NamedTuple):
    name: str
    port: str
    """Empty for the usual one."""
    path: str
    query: str


def canonical(url: str) -> str:
    """Give the one address of a page, "" for what is no http(s) address.

    Scheme https; host in lower case without www., m., mobile., amp.; default port, fragment,
    tracking parameters, trailing slash and AMP forms gone; redirect wrappers opened; the other
    parameters sorted. The result serves as a key: it need not answer when fetched.

    >>> canonical("http://www.Example.org:80/a/?utm_source=x&b=2&a=1#top")
    'https://example.org/a?a=1&b=2'
    """
    if (match := _PLAIN.fullmatch(url)) and (name := _plain_host(match[1])):
        return _joined(name, match[2] or "", match[3] or "")
    return _canonical(url)


@lru_cache(_CACHE)
def host(url: str) -> str:
    """Give the host of an address in lower case, without www., m. and port."""
    return _short(parts.name) if (parts := _parts(url)) else ""


def unwrapped(url: str) -> str:
    """Give the address that a redirect wrapper leads to; others as they are.

    >>> unwrapped("https://www.google.com/url?rct=j&url=https://a.example/b&ct=ga&cd=1")
    'https://a.example/b'
    """
    for _ in range(wrappers.DEPTH):
        if not (parts := _parts(url)):
            return url
        target = wrappers.target(_short(parts.name), parts.path, parts.query)
        if not target or not _parts(target):
            return url
        url = target
    return url


def is_shortener(url: str) -> bool:
    """Say whether an address hides its target behind a known shortener."""
    return host(url) in sites.SHORTENERS


def _canonical(url: str) -> str:
    url = unwrapped(_SPACE.sub("", url[:LIMIT]).replace("&amp;", "&"))
    if not (parts := _parts(url)):
        return ""
    name, path, query = sites.identity(_short(parts.name), _TAIL.sub("", parts.path), parts.query)
    return _joined(f"{name}:{parts.port}" if parts.port else name, path, query)


def _joined(name: str, path: str, query: str) -> str:
    if "amp" in path or "index." in path or "default." in path:
        path = _TAIL.sub("", path)
    path = path.rstrip("/")
    if query and (kept := tracking.without(query)):
        return f"https://{name}{path}?{kept}"
    return f"https://{name}{path}"


@lru_cache(_CACHE)
def _plain_host(name: str) -> str:
    """Give the short form of a host that needs nothing special, else ""."""
    short = _short(name)
    return "" if sites.is_special(short) or wrappers.is_wrapper(short) else short


def _short(name: str) -> str:
    for prefix in _MOBILE:
        if name.startswith(prefix) and "." in name[len(prefix) :].split(":", maxsplit=1)[0]:
            name = name[len(prefix) :]
    return name.replace(".m.wikipedia.", ".wikipedia.")


def _parts(url: str) -> _Parts | None:
    """Give the parts of an address; None for what is no http(s) address."""
    if not (scheme := _SCHEME.match(url)):
        return None
    try:
        split = urlsplit("//" + url[scheme.end() : LIMIT])
        port = str(split.port or "")
        name = _ascii(split.hostname or "")
    except ValueError:
        return None
    if not name:
        return None
    path = split.path
    if route := _ROUTE.match(split.fragment):
        path = path.rstrip("/") + route[1]
    return _Parts(name, "" if port in _DEFAULT_PORTS else port, path, split.query)


def _ascii(name: str) -> str:
    name = name.lower().strip(".")
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
