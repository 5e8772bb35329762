r"""The form of IMAP on the wire: what a server's answer holds, and how a client writes words.

Source: RFC 3501, sections 4, 5.1.3 and 9.
"""

from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from msgspec import Struct

Value: TypeAlias = "bytes | list[Value] | None"
"""An atom, string or literal; NIL; or a list of them in parentheses."""

_DEEPEST = 50
"""Lists inside lists. Source: ours; what is asked for here nests two deep."""


class Response(Struct, frozen=True):
    """One response of a server: its text, with the literals apart."""

    text: bytes
    """Without the line's end; where a literal stood, its ``{size}`` is left."""
    literals: tuple[bytes, ...] = ()

    @property
    def words(self) -> list[bytes]:
        """Give what stands between spaces; enough for all but FETCH."""
        return self.text.split()

    def is_a(self, word: bytes) -> bool:
        """Tell whether it is an untagged response of that name."""
        return self.text[:40].upper().split(None, 2)[:2] == [b"*", word]

    def counts(self, word: bytes) -> bool:
        """Tell whether it is one that a number stands before, as in ``* 7 EXISTS``."""
        words = self.text[:40].upper().split(None, 3)
        return words[:1] == [b"*"] and words[2:3] == [word]


class Told(Struct, frozen=True, kw_only=True):
    """What a FETCH gave of one mail."""

    uid: int
    size: int = 0
    """As the server says it."""
    arrived: datetime | None = None
    """INTERNALDATE; aware, UTC."""
    body: bytes = b""
    """What was asked for of it."""


def told(response: Response) -> Told:
    """Give what a FETCH response tells of a mail; ``uid`` is 0 where it names none.

    Raises:
        ValueError: it is written in no form that IMAP knows.
    """
    found = fetched(response)
    body = next((value for name, value in found.items() if name.startswith("BODY[")), b"")
    return Told(
        uid=_number(found.get("UID")),
        size=_number(found.get("RFC822.SIZE")),
        arrived=_moment(found.get("INTERNALDATE")),
        body=body if isinstance(body, bytes) else b"",
    )


def fetched(response: Response) -> dict[str, Value]:
    r"""Give the items of a FETCH response by their names, in upper case.

    >>> found = fetched(Response(b'* 7 FETCH (UID 9 BODY[]<0> {3} FLAGS (\\Seen))', (b"abc",)))
    >>> found["UID"], found["BODY[]<0>"], found["FLAGS"]
    (b'9', b'abc', [b'\\Seen'])

    Raises:
        ValueError: it is written in no form that IMAP knows.
    """
    _, opened, rest = response.text.partition(b"(")
    reader = _Reader(rest, list(response.literals))
    items = reader.items(0) if opened else []
    pairs = zip(items[::2], items[1::2], strict=False)
    return {
        name.decode("ascii", "replace").upper(): value
        for name, value in pairs
        if isinstance(name, bytes)
    }


def quoted(text: str) -> bytes:
    r"""Give a text as a quoted string.

    >>> quoted('a "b"')
    b'"a \\"b\\""'

    Raises:
        ValueError: it holds what no quoted string can: a line's end, or signs beyond ASCII.
    """
    if not text.isascii() or not text.isprintable():
        raise ValueError("only plain letters and signs can be written here")
    return b'"' + text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def folder_name(name: str) -> str:
    """Give a folder's name in the form of IMAP, modified UTF-7.

    >>> folder_name("Entwürfe & mehr"), folder_name("INBOX")
    ('Entw&APw-rfe &- mehr', 'INBOX')
    """
    written: list[str] = []
    wide = ""
    for sign in f"{name}\0":
        if sign.isascii():
            if wide:
                packed = b64encode(wide.encode("utf-16-be")).decode().rstrip("=")
                written.append(f"&{packed.replace('/', ',')}-")
                wide = ""
            written.append("&-" if sign == "&" else sign)
        else:
            wide += sign
    return "".join(written)[:-1]


def _number(value: Value) -> int:
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def _moment(value: Value) -> datetime | None:
    """Read an INTERNALDATE, as in `` 7-Feb-1994 21:52:25 -0800``."""
    with suppress(ValueError, TypeError, OverflowError):
        if isinstance(value, bytes):
            return parsedate_to_datetime(value.decode().replace("-", " ", 2)).astimezone(UTC)
    return None


class _Reader:
    """Read values out of a response, from its first parenthesis on."""

    def __init__(self, text: bytes, literals: list[bytes]) -> None:
        self._text = text
        self._literals = literals
        self._at = 0

    def items(self, depth: int) -> list[Value]:
        """Give what stands up to the closing parenthesis."""
        if depth > _DEEPEST:
            raise ValueError("lists are nested too deep")
        found: list[Value] = []
        while self._at < len(self._text):
            sign = self._text[self._at : self._at + 1]
            if sign == b")":
                self._at += 1
                return found
            if sign == b" ":
                self._at += 1
            elif sign == b"(":
                self._at += 1
                found.append(self.items(depth + 1))
            elif sign == b'"':
                found.append(self._string())
            elif sign == b"{":
                found.append(self._literal())
            else:
                found.append(self._atom())
        raise ValueError("a list has no end")

    def _string(self) -> bytes:
        end = self._at + 1
        value = bytearray()
        while end < len(self._text) and self._text[end] != ord('"'):
            if self._text[end] == ord("\\"):
                end += 1
            value += self._text[end : end + 1]
            end += 1
        self._at = end + 1
        return bytes(value)

    def _literal(self) -> bytes:
        end = self._text.find(b"}", self._at)
        if end < 0 or not self._literals:
            raise ValueError("a literal is missing")
        self._at = end + 1
        return self._literals.pop(0)

    def _atom(self) -> bytes | None:
        """Read a word; brackets hold spaces and parentheses, as in ``BODY[HEADER.FIELDS (A)]``."""
        end, depth = self._at, 0
        while end < len(self._text):
            sign = self._text[end : end + 1]
            depth += (sign == b"[") - (sign == b"]")
            if depth <= 0 and sign in {b" ", b"(", b")"}:
                break
            end += 1
        word = self._text[self._at : end]
        self._at = end
        return None if word.upper() == b"NIL" else word
