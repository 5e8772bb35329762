"""Networks that have one address for everybody: known by their hosts and forms of names."""

import re

from bunco.errors import SourceError, UsageError
from ingest.recognition.recognised import Asked, Recognised

_SUBREDDITS = re.compile(r"^/?r/([A-Za-z0-9_]{2,21}(?:\+[A-Za-z0-9_]{2,21})*)/?$")
_HANDLE = re.compile(r"^@?((?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z][a-z0-9-]{0,62})$", re.IGNORECASE)
_DID = re.compile(r"^did:(plc:[a-z2-7]{24}|web:[\w.%-]+)$")
_CHANNEL = re.compile(r"^UC[\w-]{22}$")
_CHANNEL_OF_PAGE = re.compile(rb'"(?:externalId|channelId)":"(UC[\w-]{22})"')


async def recognise(asked: Asked) -> Recognised | None:
    """Give what an address of Bluesky, Hacker News, Nostr, Reddit or YouTube names."""
    if asked.url.scheme in {"ws", "wss"} and asked.url.hostname:
        return _relay(asked)
    if asked.host in {"news.ycombinator.com", "hacker-news.firebaseio.com"}:
        return _hacker_news()
    if asked.host in {"youtube.com", "m.youtube.com", "youtu.be"}:
        return await _youtube(asked)
    if names := _subreddits(asked):
        return _reddit(names)
    name = _account(asked)
    return await _bluesky(asked, name) if name else None


def _subreddits(asked: Asked) -> str:
    path = asked.text
    if asked.is_web:
        is_theirs = asked.host == "reddit.com" or asked.host.endswith(".reddit.com")
        path = "/".join(asked.steps[:2]) if is_theirs else ""
    match = _SUBREDDITS.match(path)
    return match[1] if match else ""


def _account(asked: Asked) -> str:
    """Give the handle or id of an account of Bluesky; empty: it is none."""
    if asked.host == "bsky.app" and asked.steps[:1] == ["profile"] and len(asked.steps) > 1:
        return asked.steps[1]
    if asked.text.startswith("at://"):
        return asked.text[5:].partition("/")[0]
    is_handle = asked.text.startswith("@") and _HANDLE.match(asked.text)
    return asked.text if is_handle or _DID.match(asked.text) else ""


def _relay(asked: Asked) -> Recognised:
    return Recognised(
        kind="nostr",
        options={"relays": [asked.text], **asked.private()},
        name=f"nostr {asked.host}",
        found=f"a Nostr relay at {asked.host}",
        hints=("More relays may stand in the same list: each post counts once.",),
    )


def _hacker_news() -> Recognised:
    return Recognised(
        kind="hackernews",
        options={},
        name="hackernews",
        found="Hacker News: every story, job, poll and comment",
    )


def _reddit(names: str) -> Recognised:
    subreddits = names.split("+")
    return Recognised(
        kind="reddit",
        options={"subreddits": subreddits},
        name=f"reddit {' '.join(subreddits)}",
        found=f"r/{names} on Reddit",
        missing=(
            (
                'feed_user = "NAME"',
                "Reddit answers feeds far better to those who have an account: …",
            ),
            ('feed_token = { file = "PATH" }', "… see docs/sources/reddit.md"),
        ),
    )


async def _bluesky(asked: Asked, name: str) -> Recognised:
    """Give the source of one account, by its lasting id: handles change hands."""
    did = name
    if not _DID.match(name):
        match = _HANDLE.match(name)
        handle = match[1].lower() if match else ""
        address = f"{asked.bluesky}/xrpc/com.atproto.identity.resolveHandle?handle={handle}"
        found = await asked.record(address) if handle else {}
        did = str(found.get("did", ""))
        if not _DID.match(did):
            raise UsageError(f"Bluesky knows no account {name}")
    return Recognised(
        kind="bluesky",
        options={"dids": [did]},
        name=f"bluesky {name.removeprefix('@')}",
        found=f"the Bluesky account {name.removeprefix('@')} ({did})",
        hints=("Without dids the source reads everything that is posted on Bluesky.",),
    )


async def _youtube(asked: Asked) -> Recognised | None:
    steps, query = asked.steps, asked.query
    playlist = query.get("list") or query.get("playlist_id", "")
    if steps[:1] == ["playlist"] or (steps[:1] == ["feeds"] and playlist):
        return _videos("playlist", playlist, "a playlist on YouTube") if playlist else None
    channel = query.get("channel_id", "") or (steps[1] if steps[:1] == ["channel"] else "")
    if _CHANNEL.match(channel):
        return _videos("channel", channel, "a channel on YouTube")
    if steps and steps[0].startswith("@"):
        return _videos("handle", steps[0], f"the channel {steps[0]} on YouTube")
    if steps[:1] in (["c"], ["user"]) and len(steps) > 1:
        try:
            page = await asked.fetch(f"{asked.youtube}/{steps[0]}/{steps[1]}")
        except SourceError as error:
            raise UsageError(f"{asked.text}: {error.reason}") from error
        if match := _CHANNEL_OF_PAGE.search(page.body):
            return _videos("channel", match[1].decode(), f"the channel {steps[1]} on YouTube")
    raise UsageError(
        f"{asked.text} is neither a channel nor a playlist: its page has their address"
    )


def _videos(option: str, value: str, found: str) -> Recognised:
    return Recognised(
        kind="youtube",
        options={option: value},
        name=f"youtube {value.removeprefix('@')}",
        found=found,
        hints=("With callback new videos are pushed within minutes: docs/sources/youtube.md.",),
    )
