"""Read what the hub pushes: is it from the hub, which videos are new, which are gone.

Source: WebSub (W3C, 2018) sections 5.3 and 7; RFC 6721 for what is deleted; YouTube sends
that for videos made private as well.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha1, sha256, sha512
from html import unescape

from bunco.model import Item, Removal
from bunco.ports.parts import Parsed
from bunco.pushes import Push, Received, Reply
from ingest.feeds import reading
from ingest.feeds.posts import Origin
from ingest.youtube import addresses

_DELETED = re.compile(
    rb"<(?:\w+:)?deleted-entry\b[^>]{0,500}?\bref\s*=\s*[\"'](yt:video:[\w-]{1,40})[\"']",
    re.IGNORECASE,
)
_BY = re.compile(rb"<uri>\s*https?://www\.youtube\.com/channel/([\w-]{1,60})\s*</uri>")
UNSIGNED = Received(reply=Reply(status=403, body=b"the signature is missing or wrong\n"))
"""What an unknown sender is told."""

_METHODS = {"sha1": sha1, "sha256": sha256, "sha512": sha512}


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether whoever signed a body knows the secret.

    Args:
        body: as it came.
        signature: ``METHOD=HEX``, from ``X-Hub-Signature``. YouTube's hub signs with SHA-1,
            which is no weakness in an HMAC.
        secret: what the hub was given with the subscription.
    """
    method, _, digest = signature.partition("=")
    if method not in _METHODS:
        return False
    wanted = hmac.new(secret.encode(), body, _METHODS[method]).hexdigest()
    return hmac.compare_digest(wanted.encode(), digest.strip().lower().encode("ascii", "replace"))


def confirmed(push: Push, channel: str) -> Received:
    """Answer the hub's question whether we asked for what it is about to push.

    Args:
        push: the question.
        channel: the only one we ask for; empty while it is not known.
    """
    mode, topic = push.query.get("hub.mode", ""), push.query.get("hub.topic", "")
    is_ours = bool(channel) and topic == addresses.topic(channel)
    if mode == "denied" and is_ours:
        return Received(reply=Reply(), note="the hub denied the subscription")
    if mode != "subscribe" or not is_ours:
        return Received(reply=Reply(status=404, body=b"nobody here asked for that\n"))
    return Received(reply=Reply(body=push.query.get("hub.challenge", "").encode()))


def parsed(body: bytes, *, source: str, seen_at: datetime) -> Parsed:
    """Give what a push holds: new or changed videos, and removals.

    Raises:
        BadInput: it is no feed.
    """
    gone = removals(body, source)
    if gone:
        return Parsed(items=gone)
    return reading.whole(body, Origin(url="", feed_url="", seen_at=seen_at, source=source))


def removals(body: bytes, source: str) -> tuple[Item, ...]:
    """Give the removals that a document tells of."""
    by = _BY.search(body)
    author = f"youtube:{by[1].decode()}" if by else ""
    ids = dict.fromkeys(unescape(found.decode()) for found in _DELETED.findall(body))
    return tuple(Removal(removed="post", id=one, author=author, source=source) for one in ids)
