"""Make posts of a mail: one for each result of an alert, one of a newsletter, else none.

The author of a result is the site it stands on, as for the feeds of Google Alerts, so that the
same article by feed and by mail has one author. A newsletter's author is its list.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import BadInput
from bunco.model import DeadLetter, Post, dead_letter
from bunco.text.address import canonical, host
from bunco.text.plain import plain
from ingest.feeds.site import site
from ingest.limits import MOST_LINKS, TEXT_LIMIT, TITLE_LIMIT, URL_LIMIT, is_ahead
from ingest.mail import google, listing
from ingest.mail.alert import Result
from ingest.mail.anchors import HTML_LIMIT, anchors, is_deep
from ingest.mail.mime import Mail, read
from ingest.mail.trust import is_verified

UNVERIFIED = " (unverified)"
"""What stands behind the place of a post whose mail nobody vouches for."""

Kind: TypeAlias = Literal["alert", "newsletter", "refused", "ordinary"]

_ID_LIMIT = 1000
_NOTHING = "an alert without a single result"


class Rules(Struct, frozen=True, kw_only=True):
    """Which mails give posts; the options of the source, as they are needed here."""

    source: str = ""
    senders: tuple[str, ...] = ()
    """Addresses, domains and List-Ids whose mails are alerts."""
    newsletters: bool = False
    authserv: str = ""
    require_verified: bool = False
    most_parts: int = 50
    most_links: int = 100


class Letter(Struct, frozen=True, kw_only=True):
    """One mail as it came."""

    raw: bytes
    """Whole; of one that is refused its beginning."""
    origin: str
    """Where it stands, in words, for dead letters."""
    arrived: datetime
    """When it came into the mailbox, as far as that is known; aware, UTC."""
    refused: str = ""
    """Why it was not read, where it was not."""


class Contents(Struct, frozen=True, kw_only=True):
    """What one mail gave."""

    kind: Kind
    posts: tuple[Post, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    mark: bytes = b""
    """What the mail is known again by; empty for an ordinary one."""
    is_verified: bool = False


def contents(letter: Letter, rules: Rules) -> Contents:
    """Give the posts of a mail; what cannot be read is a dead letter with the reason."""
    if letter.refused:
        return Contents(kind="refused", dead=(_dead(letter, rules, letter.refused),))
    try:
        mail = read(letter.raw, most_parts=rules.most_parts)
    except BadInput as error:
        return Contents(kind="refused", dead=(_dead(letter, rules, str(error)),))
    kind = kind_of(mail, rules)
    verified = is_verified(mail, rules.authserv) and (kind == "newsletter" or _by_name(mail, rules))
    if kind == "ordinary":
        return Contents(kind=kind)
    if rules.require_verified and not verified:
        reason = f"nobody vouches for its sender {mail.sender or '(none)'}"
        return Contents(kind="refused", dead=(_dead(letter, rules, reason),), mark=mail.mark)
    posts = _alert(mail, letter, rules) if kind == "alert" else _newsletter(mail, letter, rules)
    if not verified:
        posts = tuple(_marked(post, rules) for post in posts)
    if not posts:
        dead = (_dead(letter, rules, _NOTHING),) if kind == "alert" and mail.sender else ()
        return Contents(kind="refused" if dead else "ordinary", dead=dead, mark=mail.mark)
    return Contents(
        kind=kind,
        posts=posts,
        mark=mail.mark,
        is_verified=verified,
    )


def kind_of(mail: Mail, rules: Rules) -> Kind:
    """Tell what a mail is by its headers alone: ``alert``, ``newsletter`` or ``ordinary``.

    What names no sender at all is looked at as an alert: so saved bodies are read.
    """
    by_list = any(_is_below(mail.list_id, one) for one in rules.senders)
    if by_list or _by_name(mail, rules) or not (mail.sender or mail.subject):
        return "alert"
    return "newsletter" if rules.newsletters and mail.is_bulk and not mail.is_talk else "ordinary"


def _by_name(mail: Mail, rules: Rules) -> bool:
    """Tell whether the From is one of those that send alerts."""
    return any(
        mail.sender == one if "@" in one else _is_below(mail.domain, one) for one in rules.senders
    )


def _is_below(name: str, top: str) -> bool:
    return bool(name) and f".{name}".endswith(f".{top}")


def _alert(mail: Mail, letter: Letter, rules: Rules) -> tuple[Post, ...]:
    if by_google := google.results(mail):
        found = [(one, google.place(mail, one.topic)) for one in by_google]
    elif mail.sender:
        at = google.place(mail, "") if google.is_sender(mail) else listing.place(mail)
        found = [(one, at) for one in listing.results(mail)]
    else:
        return ()
    posted_at, undated = _published(mail, letter)
    return tuple(
        _of_result(result, at, letter, rules, posted_at, undated=undated)
        for result, at in found[: rules.most_links]
        if result.title and len(result.url) <= URL_LIMIT
    )


def _of_result(  # noqa: PLR0913  # one caller, who names each
    result: Result, at: str, letter: Letter, rules: Rules, posted_at: datetime, *, undated: bool
) -> Post:
    return Post(
        id=result_id(result.url),
        author=f"web:{site(result.url) or 'unknown'}",
        author_name=result.publisher,
        source=rules.source,
        place=at[:TITLE_LIMIT],
        title=result.title[:TITLE_LIMIT],
        text=result.text[:TEXT_LIMIT],
        url=result.url,
        posted_at=posted_at,
        seen_at=letter.arrived,
        undated=undated,
    )


def result_id(url: str) -> str:
    """Give the id of a result's post: by the page alone, whoever was alerted to it.

    >>> result_id("https://www.example.org/a/?utm_source=alert")
    'alert:https://example.org/a'
    """
    name = canonical(url) or url
    return f"alert:{name if len(name) <= _ID_LIMIT else _hash(name)}"


def _newsletter(mail: Mail, letter: Letter, rules: Rules) -> tuple[Post, ...]:
    html = mail.html[:HTML_LIMIT]
    text = mail.text.strip() or ("" if is_deep(html) else plain(html))
    if not (mail.subject or text):
        return ()
    posted_at, undated = _published(mail, letter)
    name = mail.message_id if 0 < len(mail.message_id) <= _ID_LIMIT else mail.mark.hex()
    account = mail.list_id or mail.sender or "unknown"
    post = Post(
        id=f"mail:{name}",
        author=f"mail:{''.join(account.split())[:_ID_LIMIT]}",
        author_name=mail.sender_name[:TITLE_LIMIT],
        source=rules.source,
        place=(mail.list_id or mail.domain)[:TITLE_LIMIT],
        title=mail.subject[:TITLE_LIMIT],
        text=" ".join(text.split())[:TEXT_LIMIT],
        url=mail.archived_at if host(mail.archived_at) else "",
        links=_links(mail),
        posted_at=posted_at,
        seen_at=letter.arrived,
        undated=undated,
    )
    return (post,)


def _links(mail: Mail) -> tuple[str, ...]:
    """Give the first links of a newsletter that have words, each once."""
    found = dict.fromkeys(
        anchor.href
        for anchor in anchors(mail.html)
        if anchor.title and host(anchor.href) and len(anchor.href) <= URL_LIMIT
    )
    return tuple(found)[:MOST_LINKS]


def _published(mail: Mail, letter: Letter) -> tuple[datetime, bool]:
    """Give when a mail was sent, and whether that is a guess: then it is when it arrived."""
    if mail.sent is None or is_ahead(mail.sent, letter.arrived):
        return letter.arrived, True
    return mail.sent, False


def _marked(post: Post, rules: Rules) -> Post:
    """Mark a post as one that may be forged; then it must not stand in a real one's way.

    Where nothing can be told of any mail, all keep the ids of real ones.
    """
    name = post.id
    if rules.authserv:
        platform, _, rest = post.id.partition(":")
        name = f"{platform}:unverified/{rest}"
    return replace(post, id=name, place=post.place + UNVERIFIED)


def _dead(letter: Letter, rules: Rules, reason: str) -> DeadLetter:
    origin = f"{rules.source or 'document'}: {letter.origin}"
    return dead_letter(origin, reason, letter.raw, source=rules.source, at=letter.arrived)


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=10).hexdigest()
