"""What a source keeps of a post at most, and which dates it believes. Source: ours."""

from datetime import datetime, timedelta

TITLE_LIMIT = 2000
TEXT_LIMIT = 20_000
"""Characters."""
MOST_LINKS = 20
URL_LIMIT = 2048
"""Characters; a longer address is left out."""

_EARLY = timedelta(days=1)
"""A date may lie this far ahead: clocks and time zones are often wrong."""


def is_ahead(published: datetime, seen_at: datetime) -> bool:
    """Tell whether a date lies too far in the future to be believed."""
    return published - seen_at > _EARLY
