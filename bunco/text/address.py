"""One address for one page: what makes no difference to the reader is gone.

Nothing is fetched: an address of a shortener stays what it is, ``is_shortener`` says so.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from bunco.text import sites, tracking, wrappers

LIMIT = 4096
"""A longer address is cut before it is looked at. Source: ours."""

_PLAIN = re.compile(
    r"https?://([a-z0-9.-]*[a-z0-9])(/[A-Za-z0-9/_.,~%+@:!$'()*=-]*)?(?:\?([A-Za-z0-9_.,~%+=&-]*))?"
)
"""Lower-case host, harmless characters, no port, no fragment: nearly all addresses."""

_SCHEME = re.compile(r"https?:/+", re.IGNORECASE)
_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u3000\ufeff]+")
_MOBILE = ("www.", "m.", "mobile.", "touch.", "amp.")
_NUMBERED = re.compile(r"www\d{1,2}\.(?=[^:]*\.)")
"""The name of one of several servers of a site, as in www3.example.org."""
_DEFAULT_PORTS = ("80", "443")
_TAIL = re.compile(r"(?:/amp|\.amp(?:\.html?)?|/(?:index|default)\.(?:html?|php|aspx?)|/)+$")
"""What may stand behind the path of a page without making it another: AMP, index, slash."""

_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_SLASHES = re.compile(r"(?<!:)//+")
"""Not those of an address inside the path."""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_AS_THEY_ARE = frozenset("-._~!'()*,;:@$")
"""Signs that mean the same with and without escape in a path. Source: RFC 3986, 2.3 and 3.3."""

_AMP_FIRST = re.compile(r"^(?:/amp)+(?=/[^/]+/)")
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

    Scheme https; host in lower case without www., m., mobile., touch., amp.; default port,
    fragment, session, tracking parameters, trailing slash and AMP forms gone; escapes in one
    form; redirect wrappers opened; the other parameters sorted. The result serves as a key: it
    need not answer when fetched.

    >>> canonical("http://www.Example.org:80/a/?utm_source=x&b=2&a=1#top")
    'https://example.org/a?a=1&b=2'
    """
    if (match := _PLAIN.fullmatch(url)) and (name := _plain_host(match[1])):
        _, path, query = match.groups("")
        if "%" in path or "//" in path or path.startswith("/amp/") or "/." in path:
            path = _tidy(path)
        return _joined(name, path, _escapes(query) if "%" in query else query)
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
    path = _TAIL.sub("", _tidy(parts.path))
    name, path, query = sites.identity(_short(parts.name), path, _escapes(parts.query))
    return _joined(f"{name}:{parts.port}" if parts.port else name, path, query)


def _tidy(path: str) -> str:
    """Give a path with escapes in one form, each slash once; no dots, session, AMP in front."""
    path = _escapes(path)
    if ";" in path:
        path = _SESSION.sub("", path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if "/." in path:
        path = _without_dots(path)
    return _AMP_FIRST.sub("", path) if path.startswith("/amp/") else path


def _escapes(text: str) -> str:
    """Give a path or query with each sign in one form, escaped or not."""
    if not text.isascii():
        text = "".join(sign if sign.isascii() else quote(sign, errors="replace") for sign in text)
    return _ESCAPE.sub(_unescaped, text) if "%" in text else text


def _unescaped(escape: re.Match[str]) -> str:
    sign = chr(int(escape[1], 16))
    harmless = sign.isascii() and (sign.isalnum() or sign in _AS_THEY_ARE)
    return sign if harmless else escape[0].upper()


def _without_dots(path: str) -> str:
    """Give a path without ``.`` and ``..``. Source: RFC 3986, 5.2.4."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(1, len(kept) - 1) :]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _joined(name: str, path: str, query: str) -> str:
    if "/amp" in path or (
        "." in path and (".amp" in path or "index." in path or "default." in path)
    ):
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
    if name.startswith("www") and (numbered := _NUMBERED.match(name)):
        name = name[numbered.end() :]
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
