"""Make posts of records."""

from datetime import UTC, datetime
from typing import NamedTuple

from bunco.errors import BadInput
from bunco.model import EPOCH, Post
from ingest.bluesky import record
from ingest.bluesky.event import UNREADABLE, Commit, Event
from ingest.limits import MOST_LINKS, TEXT_LIMIT, TITLE_LIMIT, URL_LIMIT, is_ahead

PLATFORM = "bluesky"
"""Also the place of all its posts: the network has no others."""

_LONGEST_NAME = 512
"""Characters of a DID or a record's key; Source: atproto's record-key syntax."""


class _Common(NamedTuple):
    """What every kind of post has."""

    id: str
    author: str
    name: str
    source: str


def author(did: str) -> str:
    """Give an account as an author.

    Raises:
        BadInput: it is no DID.
    """
    if not did.startswith("did:") or not _is_name(did):
        raise BadInput(f"no account: {did[:50]!r}")
    return f"{PLATFORM}:{did}"


def post_id(did: str, commit: Commit) -> str:
    """Give the id of the post that a record is.

    Raises:
        BadInput: its key is none.
    """
    if not _is_name(commit.rkey) or "/" in commit.rkey:
        raise BadInput(f"no key of a record: {commit.rkey[:50]!r}")
    return f"{PLATFORM}:at://{did}/{commit.collection}/{commit.rkey}"


def made(event: Event, commit: Commit, *, name: str, source: str, seen_at: datetime) -> Post:
    """Give the post that a record is.

    It counts as seen when Jetstream saw it, so that what is caught up on after a pause is no
    import. A date that cannot be is replaced by that time, too.

    Args:
        event: whose.
        commit: the event's, with a record.
        name: what the author is called; may be empty.
        source: the source's name.
        seen_at: now: the latest it can have been seen.

    Raises:
        BadInput: the record is not of its kind.
    """
    seen_at = min(event.at, seen_at) if event.time_us else seen_at
    common = _Common(post_id(event.did, commit), author(event.did), name, source)
    try:
        if commit.collection == record.REPOST:
            return _repost(record.repost(commit.record), common, seen_at)
        return _post(record.post(commit.record), common, seen_at)
    except UNREADABLE as error:
        raise BadInput(str(error)) from error


def _post(told: record.PostRecord, common: _Common, seen_at: datetime) -> Post:
    posted_at, is_undated = _published(told.created, seen_at)
    card = told.card
    url = record.web_address(common.id.partition(":")[2])
    title = " ".join(card.title.split())[:TITLE_LIMIT] if card else ""
    text = told.text.strip() or "\n".join(told.descriptions()).strip()
    return Post(
        id=common.id,
        author=common.author,
        author_name=common.name,
        source=common.source,
        place=PLATFORM,
        kind="reply" if told.reply else "post",
        title=title,
        text=(text or ("" if title else url))[:TEXT_LIMIT],
        url=url,
        links=_links(told, card),
        lang=told.langs[0].lower().partition("-")[0][:8] if told.langs else "",
        reply_to=_id(told.reply.parent.uri) if told.reply else "",
        mentions=_mentions(told),
        posted_at=posted_at,
        seen_at=seen_at,
        undated=is_undated,
    )


def _repost(told: record.RepostRecord, common: _Common, seen_at: datetime) -> Post:
    """Give a repost: it has no words, so the address of what it repeats stands for them."""
    target = record.web_address(told.subject.uri)
    if not target or len(target) > URL_LIMIT:
        raise BadInput("it repeats no post")
    posted_at, is_undated = _published(told.created, seen_at)
    return Post(
        id=common.id,
        author=common.author,
        author_name=common.name,
        source=common.source,
        place=PLATFORM,
        kind="repost",
        text=target,
        links=(target,),
        posted_at=posted_at,
        seen_at=seen_at,
        undated=is_undated,
    )


def _published(text: str, seen_at: datetime) -> tuple[datetime, bool]:
    """Give when something was published, and whether that is a guess."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return seen_at, True
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if found < EPOCH or is_ahead(found, seen_at):
        return seen_at, True
    return found.astimezone(UTC), False


def _links(told: record.PostRecord, card: record.Card | None) -> tuple[str, ...]:
    """Give what a post points at: its card, its links, what it quotes."""
    found = dict.fromkeys([card.uri] if card else [])
    for facet in told.facets or ():
        for feature in facet.features:
            found[feature.uri] = None
    if quoted := record.web_address(told.quoted):
        found[quoted] = None
    links = [link for link in found if _is_link(link)]
    return tuple(links[:MOST_LINKS])


def _mentions(told: record.PostRecord) -> tuple[str, ...]:
    found = {
        f"{PLATFORM}:{feature.did}": None
        for facet in told.facets or ()
        for feature in facet.features
        if feature.did and _is_name(feature.did)
    }
    return tuple(found)[:MOST_LINKS]


def _id(uri: str) -> str:
    return f"{PLATFORM}:{uri}" if uri.startswith("at://") and len(uri) <= 1000 else ""


def _is_link(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) <= URL_LIMIT


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable() and " " not in text
