"""One mail out of its bytes: the headers that matter, and the first text of each sort.

Attachments are passed over undecoded, mails inside mails unread. Nothing is fetched.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import blake2b

from msgspec import Struct

from bunco.errors import BadInput
from ingest.mail import words

_ADDRESS_LIMIT = 1000
_ADDRESS = re.compile(r"[^\s<>@,;:\"]{1,200}@([A-Za-z0-9.-]{1,250})")
_LIST_ID = re.compile(r"<([^<>\s]{1,250})>")
_NAME_LIMIT = 1000
_MARK_BYTES = 8
_TALK = frozenset(
    {"in-reply-to", "references", "mailing-list", "x-beenthere", "x-mailman-version",
     "list-subscribe"}
)  # fmt: skip
"""Headers of mails that answer, and of lists that people write to. Newsletters have none: their
senders are subscribed to elsewhere. Source: ours, from the mails of SpamAssassin's corpus."""


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as far as it is of use here; absent texts are empty."""

    subject: str
    sender: str
    """The address in From, lower case."""
    sender_name: str
    message_id: str
    sent: datetime | None
    """What its Date says; aware, UTC."""
    list_id: str
    """Lower case, without its brackets."""
    is_bulk: bool
    """It says how to unsubscribe, or which list it belongs to."""
    is_talk: bool
    """It answers another mail, or people write to its list."""
    archived_at: str
    """Where it stands on the web."""
    verdicts: tuple[str, ...]
    """Authentication-Results, the topmost first."""
    text: str = ""
    html: str = ""
    digest: bytes = b""
    """A hash of all but its headers."""

    @property
    def domain(self) -> str:
        """Give the domain of the sender's address."""
        return self.sender.rpartition("@")[2]

    @property
    def mark(self) -> bytes:
        """Give what a mail is known again by: Message-ID and contents.

        The contents, too: a Message-ID can be foreseen and used up by somebody else, and a
        file can be read while it is being written.
        """
        name = self.message_id.encode("utf-8", "replace")
        return blake2b(name + b"\n" + self.digest, digest_size=_MARK_BYTES).digest()


class _ShortHeaders(Compat32):
    """Cut headers that are longer than any honest one.

    Python takes a time that grows with the square of the length for parameters of a
    Content-Type: 20 s for a megabyte.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Give name and value of a header, as the parser of mails asks for it."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[: words.HEADER_LIMIT]


_POLICY = _ShortHeaders()


def read(raw: bytes, *, most_parts: int) -> Mail:
    """Read a mail, broken ones as far as they go.

    Args:
        raw: as it came; the headers alone will do.
        most_parts: so many are looked at.

    Raises:
        BadInput: it is empty, or its parts are nested too deep.
    """
    if not raw.strip():
        raise BadInput("the mail is empty")
    try:
        return _read(raw, most_parts)
    except RecursionError as error:
        raise BadInput("its parts are nested too deep") from error
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise BadInput(f"no mail can be made of it: {error}") from error


def _read(raw: bytes, most_parts: int) -> Mail:
    message = BytesParser(policy=_POLICY).parsebytes(raw)
    headers = _headers(message)
    texts = _texts(message, most_parts)
    name, sender = _sender(_first(headers, "from"))
    list_id = _list_id(_first(headers, "list-id"))
    return Mail(
        subject=words.header(_first(headers, "subject")),
        sender=sender,
        sender_name=name,
        message_id=words.header(_first(headers, "message-id"))[:_NAME_LIMIT].strip("<> "),
        sent=_moment(_first(headers, "date")),
        list_id=list_id,
        is_bulk=bool(list_id or "list-unsubscribe" in headers),
        is_talk=_is_talk(headers),
        archived_at=words.header(_first(headers, "archived-at")).strip("<> "),
        verdicts=tuple(map(words.header, headers.get("authentication-results", ()))),
        text=texts.get("text/plain", ""),
        html=texts.get("text/html", ""),
        digest=blake2b(_body(raw).rstrip(), digest_size=16).digest(),
    )


def _headers(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(str(value))
    return found


def _first(headers: dict[str, list[str]], name: str) -> str:
    return headers.get(name, [""])[0]


def _sender(raw: str) -> tuple[str, str]:
    """Give name and address of a From; the address alone where nothing else can be told."""
    try:
        name, address = parseaddr(raw[:_ADDRESS_LIMIT])
    except RecursionError:
        name, address = "", ""
    found = _ADDRESS.fullmatch(address) or _ADDRESS.search(raw[:_ADDRESS_LIMIT])
    return words.header(name), found[0].lower() if found else ""


def _list_id(raw: str) -> str:
    text = words.header(raw)
    found = _LIST_ID.search(text)
    return (found[1] if found else text.split(" ")[-1])[:_NAME_LIMIT].lower()


def _is_talk(headers: dict[str, list[str]]) -> bool:
    """Tell whether people talk here. Source: RFC 2369, List-Post is NO where nobody may write."""
    post = _first(headers, "list-post").strip().upper()
    return bool(headers.keys() & _TALK) or (bool(post) and not post.startswith("NO"))


def _moment(raw: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(raw[:_ADDRESS_LIMIT])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _texts(message: Message, most_parts: int) -> dict[str, str]:
    """Give the first text of each sort that is no attachment."""
    found: dict[str, str] = {}
    for part in _parts(message, most_parts):
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and kind not in found and not _is_attached(part):
            found[kind] = _text(part)
    return {kind: text for kind, text in found.items() if text.strip()}


def _parts(message: Message, most: int) -> Iterator[Message]:
    """Walk the parts in their order; what is inside a mail inside a mail is not looked at."""
    waiting = [message]
    for _ in range(most):
        if not waiting:
            return
        part = waiting.pop()
        if not part.is_multipart():
            yield part
        elif part.get_content_maintype() == "multipart":
            inner = part.get_payload()
            ordered = inner if isinstance(inner, list) else []
            waiting += [one for one in reversed(ordered) if isinstance(one, Message)]


def _is_attached(part: Message) -> bool:
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment")


def _text(part: Message) -> str:
    try:
        body = part.get_payload(decode=True)
        charset = str(part.get_content_charset() or "utf-8")
        flows = str(part.get_param("format", "")).lower() == "flowed"
        deletes = str(part.get_param("delsp", "")).lower() == "yes"
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    text = words.decoded(body, charset) if isinstance(body, bytes) else ""
    return words.unflowed(text, deletes_space=deletes) if flows else text


def _body(raw: bytes) -> bytes:
    for end in (b"\r\n\r\n", b"\n\n"):
        _, found, body = raw.partition(end)
        if found:
            return body
    return raw
