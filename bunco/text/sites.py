"""What identifies a page on sites with several addresses for one page.

Source: the address forms of each site, as seen in shared links; no site is asked.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

Address: TypeAlias = tuple[str, str, str]
"""Host, path without trailing slash, query without question mark."""

_SHORTENERS_TEXT = """
    t.co bit.ly j.mp bitly.com tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly dlvr.it ift.tt
    tiny.cc rb.gy cutt.ly short.io trib.al lnkd.in fb.me wp.me nyti.ms wapo.st bbc.in cnn.it
    reut.rs econ.st on.ft.com amzn.to amzn.eu a.co ebay.to spoti.fi apple.co g.co
    shorturl.at t.ly s.id snip.ly soo.gd bl.ink po.st su.pr cli.gs tr.im twurl.nl ff.im
    htn.to zpr.io flip.it mf.tt qr.ae dld.bz p.gs shar.es feedproxy.google.com
    feeds.feedburner.com
"""
SHORTENERS = frozenset(_SHORTENERS_TEXT.split())
"""Hosts whose addresses say nothing about the page behind them."""

_PATH_ONLY_TEXT = """
    nytimes.com washingtonpost.com theguardian.com guardian.co.uk huffingtonpost.com
    huffpost.com kickstarter.com ted.com forbes.com theatlantic.com theverge.com
    arstechnica.com wired.com slate.com salon.com techcrunch.com mashable.com buzzfeed.com
    upworthy.com vox.com reuters.com cnn.com bloomberg.com businessinsider.com medium.com
    telegraph.co.uk dailymail.co.uk independent.co.uk soundcloud.com instagram.com
    tiktok.com indiegogo.com change.org etsy.com politico.com
"""
_PATH_ONLY = frozenset(_PATH_ONLY_TEXT.split())
"""Sites where the path alone names an article, so that every parameter is a trace."""

_NAMED = re.compile(r"[\d-]|\.html?$")
"""A number, several words or a file: the name of one article."""

_PICTURE = re.compile(r"/(\w{5}|\w{7})(?:\.\w{3,4})?")
"""A picture of imgur, its page or the file itself."""

_VIDEO = re.compile(r"^/(?:shorts|embed|v|live|e)/([\w-]{6,})")
_VIDEO_ID = re.compile(r"(?:^|&)v=([\w-]{6,})")
_VIDEO_IN_LINK = re.compile(r"[?&]?v(?:=|%3D)([\w-]{6,})", re.IGNORECASE)
_USER = re.compile(r"/(?:user|c)/[^/]+|/@[^/]+")
_VIMEO = re.compile(r"^/(?:video/)?(\d{5,})")
_STATUS = re.compile(r"^/([^/]+)/status(?:es)?/(\d+)")
_SUBREDDIT = re.compile(r"^/r/[^/]+", re.IGNORECASE)
_COMMENTS = re.compile(r"^(?:/r/[^/]+|/u(?:ser)?/[^/]+)?/comments/(\w+)(?:/[^/]*(?:/(\w+)$)?)?")
_PRODUCT = re.compile(
    r"/(?:dp|gp/product|gp/aw/d|exec/obidos/asin|o/asin)/([A-Z0-9]{10})\b", re.IGNORECASE
)
_AMAZON = re.compile(r"amazon\.(?:com?\.)?[a-z]{2,3}")


def is_special(host: str) -> bool:
    """Say whether addresses of a host have forms of their own."""
    return host in _RULES or host in _PATH_ONLY or _AMAZON.fullmatch(host) is not None


def identity(host: str, path: str, query: str) -> Address:
    """Give host, path and query of the one form that a page goes by."""
    if rule := _RULES.get(host):
        return rule(host, path, query)
    if host in _PATH_ONLY and _NAMED.search(path):
        return host, path, ""
    if _AMAZON.fullmatch(host) and (product := _PRODUCT.search(path)):
        return host, f"/dp/{product[1].upper()}", ""
    return host, path, query


def _picture(host: str, path: str, _query: str) -> Address:
    if picture := _PICTURE.fullmatch(path):
        return "imgur.com", f"/{picture[1]}", ""
    return host, path, ""


def _youtube(host: str, path: str, query: str) -> Address:
    found = None
    if path == "/watch":
        found = _VIDEO_ID.search(query)
    elif host == "youtu.be":
        found = re.match(r"/([\w-]{6,})", path)
    elif path == "/attribution_link":
        found = _VIDEO_IN_LINK.search(query)
    else:
        found = _VIDEO.match(path)
    if found:
        return "youtube.com", "/watch", f"v={found[1]}"
    if user := _USER.fullmatch(path):
        path = user[0].lower()
    return "youtube.com", path, query


def _vimeo(_host: str, path: str, query: str) -> Address:
    video = _VIMEO.search(path)
    return ("vimeo.com", f"/{video[1]}", "") if video else ("vimeo.com", path, query)


def _twitter(_host: str, path: str, query: str) -> Address:
    if status := _STATUS.match(path):
        return "twitter.com", f"/{status[1].lower()}/status/{status[2]}", ""
    return "twitter.com", path.lower() if path.count("/") == 1 else path, query


def _reddit(host: str, path: str, query: str) -> Address:
    if host == "redd.it":
        path = f"/comments{path}"
    if thread := _COMMENTS.match(path):
        answer = f"/_/{thread[2]}" if thread[2] else ""
        return "reddit.com", f"/comments/{thread[1]}{answer}", ""
    return "reddit.com", _SUBREDDIT.sub(lambda found: found[0].lower(), path), query


_RULES: dict[str, Callable[[str, str, str], Address]] = {
    **dict.fromkeys(
        ("youtube.com", "youtu.be", "youtube-nocookie.com", "music.youtube.com"), _youtube
    ),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), _vimeo),
    **dict.fromkeys(("imgur.com", "i.imgur.com"), _picture),
    **dict.fromkeys(
        ("twitter.com", "x.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com", "nitter.net"),
        _twitter,
    ),
    **dict.fromkeys(
        ("reddit.com", "old.reddit.com", "np.reddit.com", "new.reddit.com", "redd.it"), _reddit
    ),
}
