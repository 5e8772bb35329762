"""How times, numbers and addresses are written for a person."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from dashboards.pages.markup import Child, Markup, h, said

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def when(at: datetime | None, now: datetime, *, absent: str = "never") -> Markup:
    """Give a time as how long ago it is; the browser adds the absolute one in its zone."""
    if at is None:
        return h("span", absent, class_="b-muted")
    at = at.astimezone(UTC)
    return h(
        "time",
        relative(at, now),
        datetime=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        title=f"{at:%Y-%m-%d %H:%M:%S} UTC",
    )


def relative(at: datetime, now: datetime) -> str:
    """Give how long before or after now something is, in one unit.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> relative(noon, noon + timedelta(minutes=5)), relative(noon + timedelta(hours=3), noon)
    ('5 min ago', 'in 3 h')
    """
    seconds = int((now - at).total_seconds())
    if abs(seconds) < 5:
        return "now"
    length = span(timedelta(seconds=abs(seconds)))
    return f"{length} ago" if seconds > 0 else f"in {length}"


def span(length: timedelta) -> str:
    """Give a length of time in one unit, whole."""
    seconds = int(length.total_seconds())
    for size, unit in ((365 * _DAY, "y"), (60 * _DAY, ""), (2 * _DAY, "d"), (_HOUR, "h")):
        if seconds >= size:
            if not unit:
                return f"{seconds // (30 * _DAY)} months"
            return f"{seconds // ({'d': _DAY}.get(unit, size))} {unit}"
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else f"{seconds} s"


def day(at: date) -> str:
    """Give a day as it is written."""
    return f"{at:%Y-%m-%d}"


def plural(count: int, noun: str, several: str = "") -> str:
    """Give a count with its noun."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def percent(share: float) -> str:
    """Give a share, 0…1, in percent.

    >>> percent(0.004), percent(0.5)
    ('<1 %', '50 %')
    """
    return "<1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def decimal(number: float) -> str:
    """Give a number with as many digits as tell something."""
    if number >= 100 or number == int(number):
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def address(path: str, **query: str) -> str:
    """Give an address of ours; what is empty is left out."""
    written = urlencode({name: value for name, value in query.items() if value}, quote_via=quote)
    return f"{path}?{written}" if written else path


def author_address(author: str) -> str:
    """Give where the page of an author is."""
    return address("/author", id=author)


def author_link(author: str, name: str = "") -> Markup:
    """Give a link to an author, with the name where it tells more than the account."""
    known = author.partition(":")[2]
    return joined_with_space(
        h("a", said(author, 80), href=author_address(author), class_="b-author"),
        said(name, 60, class_="b-muted") if name and name != known else None,
    )


def joined_with_space(*children: Child) -> Markup:
    """Give the children with a space between them."""
    parts: list[Child] = []
    for child in children:
        if child:
            parts += [" ", child] if parts else [child]
    return h("span", *parts)


def outside(url: str, label: str, *, most: int = 80) -> Markup | None:
    """Give a link to somebody else's page that tells them nothing of us; None: no address.

    Only ``http`` and ``https`` become links.
    """
    if not is_web(url):
        return None
    return h(
        "a",
        said(label, most),
        h("span", " (opens a new tab)", class_="b-hidden"),
        href=url,
        target="_blank",
        rel="noopener noreferrer",
        referrerpolicy="no-referrer",
        class_="b-out",
    )


def is_web(url: str) -> bool:
    """Tell whether an address may become a link."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def listed(names: Sequence[str], most: int = 4) -> str:
    """Give some names, and how many more there are."""
    more = len(names) - most
    shown = ", ".join(names[:most])
    return f"{shown} and {more} more" if more > 0 else shown
