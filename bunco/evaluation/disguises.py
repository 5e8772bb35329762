"""Ten ways in which the address of one page is written as another, for measuring."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

Disguise = Callable[[str], str]


def _with_host(url: str, change: Callable[[str], str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=change(parts.netloc)))


def _with_path(url: str, change: Callable[[str], str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=change(parts.path)))


def _with_parameters(url: str, parameters: str) -> str:
    parts = urlsplit(url)
    query = f"{parts.query}&{parameters}" if parts.query else parameters
    return urlunsplit(parts._replace(query=query))


def _bare(host: str) -> str:
    return host.removeprefix("www.")


DISGUISES: dict[str, Disguise] = {
    "tracking": lambda url: _with_parameters(
        url, "utm_source=twitter&utm_medium=social&fbclid=IwAR1"
    ),
    "share button": lambda url: _with_parameters(url, "share=facebook&ref=share&igshid=x"),
    "other scheme": lambda url: f"http{url[5:]}" if url.startswith("https:") else f"https{url[4:]}",
    "trailing slash": lambda url: _with_path(
        url, lambda path: path[:-1] if path.endswith("/") else f"{path}/"
    ),
    "mobile host": lambda url: _with_host(url, lambda host: f"m.{_bare(host)}"),
    "host in capitals": lambda url: _with_host(url, str.upper),
    "AMP cache": lambda url: f"https://www.google.com/amp/s/{url.partition('://')[2]}",
    "Google": lambda url: f"https://www.google.com/url?sa=t&url={quote(url, safe='')}&usg=AOv",
    "Reddit": lambda url: f"https://out.reddit.com/t3_x?url={quote(url, safe='')}&token=AQ",
    "Facebook": lambda url: f"https://l.facebook.com/l.php?u={quote(url, safe='')}&h=AT0",
}
"""By what they are called in the figures."""
