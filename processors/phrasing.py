"""Pieces of the sentences in which detectors explain themselves."""

_HEADLINE = 140


def clipped(text: str, most: int = _HEADLINE) -> str:
    """Give a text on one line, at most so many characters, with an ellipsis where cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def span(seconds: float) -> str:
    """Give a length of time in the unit people would say it in.

    >>> span(40), span(5400), span(86400), span(700000)
    ('40 s', '90 min', '24 h', '8 days')
    """
    for unit, size, until in (("s", 1, 100), ("min", 60, 6000), ("h", 3600, 180_000)):
        if seconds < until:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"


def times(count: int) -> str:
    """Give how often, in words.

    >>> times(1), times(2), times(14)
    ('once', 'twice', '14 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def rate(per_hour: float) -> str:
    """Give a rate in the unit that makes a number people can picture.

    >>> rate(3.26), rate(0.2), rate(0.001)
    ('3.3 an hour', '4.8 a day', '0.17 a week')
    """
    for unit, hours in (("an hour", 1), ("a day", 24), ("a week", 168)):
        if (number := per_hour * hours) >= 1 or unit == "a week":
            break
    return f"{number:.2g} {unit}"
