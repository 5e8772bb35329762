"""What an alert says: results, each with its link, whatever the form of the mail."""

from msgspec import Struct

MOST_RESULTS = 200
"""Of one mail; Google's hold 20 at most. Source: ours."""


class Result(Struct, frozen=True, kw_only=True):
    """One link of an alert, with what the mail says of it."""

    url: str
    """Where it leads, redirects unwrapped."""
    title: str
    publisher: str = ""
    """Where the mail names it apart from the title."""
    text: str = ""
    topic: str = ""
    """What was watched for, where the mail says it beside the result."""


def without_publisher(title: str, publisher: str) -> str:
    """Give a title without the publisher behind it.

    >>> without_publisher("Tea prices fall - The Leaf", "The Leaf")
    'Tea prices fall'
    """
    for dash in (" - ", " – ", " — ", " | "):
        head, found, tail = title.rpartition(dash)
        if found and head.strip() and tail.strip().casefold() == publisher.casefold() != "":
            return head.strip()
    return title
