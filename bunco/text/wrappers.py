"""Redirect wrappers: addresses that only lead to another address they carry.

Source: the forms as seen in the feeds and mails of these services; each row is a host, a path
it needs, and the parameters that hold the target.
"""

import re
from base64 import urlsafe_b64decode
from urllib.parse import unquote

DEPTH = 4
"""Wrappers inside wrappers that are opened. Source: ours."""

_PARAMETERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "news.google.com": ("/news/url", ("url",)),
    "l.facebook.com": ("/l.php", ("u",)),
    "lm.facebook.com": ("/l.php", ("u",)),
    "facebook.com": ("/l.php", ("u",)),
    "l.instagram.com": ("", ("u",)),
    "l.threads.net": ("", ("u",)),
    "l.messenger.com": ("/l.php", ("u",)),
    "l.workplace.com": ("/l.php", ("u",)),
    "out.reddit.com": ("", ("url",)),
    "reddit.com": ("/media", ("url",)),
    "t.me": ("/iv", ("url",)),
    "flipboard.com": ("/redirect", ("url",)),
    "t.umblr.com": ("/redirect", ("z",)),
    "youtube.com": ("/redirect", ("q",)),
    "slack-redir.net": ("/link", ("url",)),
    "steamcommunity.com": ("/linkfilter", ("u", "url")),
    "vk.com": ("/away.php", ("to",)),
    "linkedin.com": ("/redir/redirect", ("url",)),
    "duckduckgo.com": ("/l", ("uddg",)),
    "getpocket.com": ("/redirect", ("url",)),
    "medium.com": ("/r", ("url",)),
    "exit.sc": ("", ("url",)),
    "gate.sc": ("", ("url",)),
    "disq.us": ("/url", ("url",)),
    "redirect.viglink.com": ("", ("u",)),
    "go.redirectingat.com": ("", ("url",)),
    "go.skimresources.com": ("", ("url",)),
    "click.linksynergy.com": ("", ("murl",)),
    "bing.com": ("/ck/a", ("u",)),
    "deviantart.com": ("/users/outgoing", ("",)),
    "href.li": ("", ("",)),
    "anonym.to": ("", ("",)),
}
_GOOGLE = re.compile(r"google(?:\.com?)?\.[a-z]{2,3}")
_OUTLOOK = ".safelinks.protection.outlook.com"
_AMP_CACHE = ".cdn.ampproject.org"
_YAHOO = "r.search.yahoo.com"
_DEFENSE = "urldefense.com"
_GOOGLE_END = re.compile(r"&(?:ct=ga|sa|cd|ved|usg|rct|ei|opi|source|ust|esrc)(?:=|&|$)")
"""What Google writes behind a target that it did not encode."""


def is_wrapper(host: str) -> bool:
    """Say whether addresses of a host may be wrappers."""
    return (
        host in _PARAMETERS
        or host in {_YAHOO, _DEFENSE}
        or host.endswith((_OUTLOOK, _AMP_CACHE))
        or _GOOGLE.fullmatch(host) is not None
    )


def target(host: str, path: str, query: str) -> str:
    """Give the address that a wrapper carries, "" where there is none.

    Args:
        host: in lower case, without www. and port.
        path: from the slash on.
        query: without the question mark.
    """
    if host in _PARAMETERS:
        needed, names = _PARAMETERS[host]
        return _parameter(query, names) if path.startswith(needed) else ""
    if _GOOGLE.fullmatch(host):
        return _of_google(path, query)
    if host.endswith(_AMP_CACHE):
        return _of_amp_cache(path, query)
    if host.endswith(_OUTLOOK):
        return _parameter(query, ("url",))
    return _in_path(host, path)


def _in_path(host: str, path: str) -> str:
    if host == _YAHOO and "/RU=" in path:
        return unquote(path.partition("/RU=")[2].partition("/")[0])
    if host == _DEFENSE and "/__" in path:
        return unquote(path.partition("/__")[2].partition("__;")[0])
    return ""


def _of_google(path: str, query: str) -> str:
    if path.startswith("/amp/"):
        return _of_amp_cache(path[4:], query)
    if path.rstrip("/") != "/url":
        return ""
    for name in ("url", "q"):
        _, found, rest = f"&{query}".partition(f"&{name}=")
        if found and rest.lower().startswith("http"):
            if "://" not in rest[:8]:
                return unquote(rest.partition("&")[0])
            end = _GOOGLE_END.search(rest)
            return rest[: end.start()] if end else rest
    return ""


def _of_amp_cache(path: str, query: str) -> str:
    """Give the page behind ``/c/s/example.org/a``; s says https."""
    pieces = [piece for piece in path.split("/") if piece]
    while pieces and len(pieces[0]) == 1:
        pieces.pop(0)
    if not pieces or "." not in pieces[0]:
        return ""
    return "https://" + "/".join(pieces) + (f"?{query}" if query else "")


def _parameter(query: str, names: tuple[str, ...]) -> str:
    for name in names:
        if not name:
            return unquote(query)
        for pair in query.split("&"):
            key, _, value = pair.partition("=")
            if key == name:
                return _decoded(unquote(value))
    return ""


def _decoded(value: str) -> str:
    """Give a target as it stands, or out of the base64 form that begins with a1."""
    if not value.startswith("a1aHR0"):
        return value
    try:
        return urlsafe_b64decode(value[2:] + "=" * (-len(value[2:]) % 4)).decode()
    except ValueError:
        return ""
