"""Ask each family in turn what an address is."""

from bunco.errors import UsageError
from ingest.recognition import feeds, local, networks, servers
from ingest.recognition.recognised import Asked, Recognised

_FAMILIES = (local.recognise, networks.recognise, servers.recognise, feeds.recognise)
"""The cheapest first: only the last two ask servers that nobody knows."""
_EXAMPLES = (
    "a feed or a page that names one, a channel of YouTube, r/NAME, a server of Mastodon, Lemmy or "
    "Discourse, @handle of Bluesky, wss://RELAY, imaps://USER@HOST, a mailbox, a file of posts"
)


async def recognise(asked: Asked) -> Recognised:
    """Give what an address is.

    Raises:
        UsageError: nothing we read; says what we do.
    """
    for family in _FAMILIES:
        if (found := await family(asked)) is not None:
            return found
    bare = asked.text.partition("/")[0]
    if "://" not in asked.text and "." in bare and " " not in bare:
        raise UsageError(f"{asked.text}: no such file; for a page put https:// before it")
    raise UsageError(f"{asked.text} is none of these: {_EXAMPLES}")
