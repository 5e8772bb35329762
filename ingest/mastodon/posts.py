"""Make posts of statuses: words out of HTML, global ids, accounts with their hosts."""

import re
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from msgspec.structs import replace

from bunco.errors import BadInput
from bunco.model import EPOCH, Post
from bunco.text.plain import plain
from ingest.anchors import links_in
from ingest.json_api import within_limits
from ingest.mastodon.status import Account, Status, moment

PLATFORM = "mastodon"

_AROUND = re.compile(
    r"""<a\s[^<>]{0,2000}?\bclass\s*=\s*["'][^"'<>]{0,200}?\b(?:mention|hashtag)\b[^<>]{0,2000}>""",
    re.IGNORECASE,
)
"""Anchors that are people and hashtags, not what a text points at."""

_HTML_LIMIT = 100_000
_NAME_LIMIT = 900
"""Characters of an id or account; a longer uri is named by its hash."""


def post(status: Status, *, server: str, source: str, seen_at: datetime) -> Post:
    """Give a status as a post, under the id it was first published with.

    A boost has no words of its own: the address of what it repeats stands for them, so that a
    removal of the original leaves nothing of its text.

    Args:
        status: as it came.
        server: the domain of accounts that are named without one.
        source: the source's name.
        seen_at: when it came.

    Raises:
        BadInput: it has no author, or says nothing.
    """
    by = author(status.account, server)
    created = moment(status.created_at)
    dated = created is not None and created >= EPOCH
    bare = Post(
        id=post_id(status, by),
        author=by,
        author_name=plain(status.account.display_name or "") or by.partition(":")[2],
        posted_at=created if created is not None and dated else seen_at,
        seen_at=seen_at,
        undated=not dated,
        source=source,
        place=by.rpartition("@")[2],
    )
    return within_limits(_boost(bare, status) if status.reblog else _told(bare, status, server))


def author(account: Account, server: str) -> str:
    """Give the author of a status: ``mastodon:name@host``.

    Raises:
        BadInput: the account has no name.
    """
    return f"{PLATFORM}:{_acct(account.acct or account.username, account.url, server)}"


def post_id(status: Status, by: str) -> str:
    """Give a status's id: its uri, which is the same on every server."""
    uri = status.uri or status.url
    return name_of(uri or f"{by.rpartition('@')[2]}/{status.local}")


def name_of(uri: str) -> str:
    """Give the id of the post that an uri names; a hash in place of a very long one."""
    name = "".join(uri.split())
    if len(name) > _NAME_LIMIT:
        name = blake2b(name.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{PLATFORM}:{name}"


def words(status: Status) -> str:
    """Give what a status itself says, content warning first.

    Its link card is left out: servers find that out later, without an edit.
    """
    parts = (plain((status.spoiler_text or "")[:_HTML_LIMIT]), plain(_html(status)))
    return "\n".join(filter(None, parts))


def links_of(html: str, url: str) -> tuple[str, ...]:
    """Give what a text points at, people and hashtags left out; ``url`` is where it stands."""
    return links_in(_AROUND.sub("", html), url, url)


def _told(bare: Post, status: Status, server: str) -> Post:
    """Give the post with what a status says and what it points at."""
    card, media = status.card, status.media_attachments or ()
    text = words(status) or "\n".join(filter(None, (plain(one.description or "") for one in media)))
    title = plain(card.title or "") if card else ""
    around = {one.url for one in (*(status.mentions or ()), *(status.tags or ()))}
    url = status.url or status.uri or ""
    links = [link for link in links_of(_html(status), url) if link not in around]
    if card and card.url and card.url not in links:
        links.append(card.url)
    stand_in = "" if title else next((one.url for one in media if one.url), url)
    return replace(
        bare,
        kind="reply" if status.in_reply_to_id else "post",
        title=title,
        text=text or stand_in or "",
        url=url,
        links=tuple(links),
        lang=(status.language or "").lower().replace("_", "-").partition("-")[0][:8],
        mentions=_mentions(status, server),
    )


def _boost(bare: Post, status: Status) -> Post:
    original = status.reblog
    target = (original.url or original.uri or "") if original else ""
    return replace(bare, kind="repost", text=target, links=(target,))


def _mentions(status: Status, server: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in status.mentions or ():
        try:
            found[f"{PLATFORM}:{_acct(one.acct, one.url, server)}"] = None
        except BadInput:
            continue
    return tuple(found)[:20]


def _acct(acct: str | None, url: str | None, server: str) -> str:
    """Give an account with its host.

    Raises:
        BadInput: it has no name.
    """
    name, _, host = "".join((acct or "").split()).lstrip("@").partition("@")
    if not name.isprintable() or not name or len(name) + len(host) > _NAME_LIMIT:
        raise BadInput("it names no author")
    return f"{name}@{(host or server or host_of(url or '') or 'unknown').lower()}"


def host_of(url: str) -> str:
    """Give the host of an address, with its port if it names one; empty for none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _html(status: Status) -> str:
    return (status.content or "")[:_HTML_LIMIT]
