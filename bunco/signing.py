"""Signed links of mails: each may do one thing until its time, and cannot be made up.

token = base64url(grant as JSON) "." base64url(HMAC-SHA256 over it)
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from bunco.errors import UsageError

Act: TypeAlias = Literal["silence", "fine", "spam", "unsubscribe"]

_MOST = 4096
"""A longer token is none of ours."""


class Grant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one link may do."""

    act: Act
    until_s: int
    """Seconds since 1970 after which it does no more."""
    rule: str
    author: str = ""
    """Of ``silence``: who."""
    days: int = 0
    """Of ``silence``: for so long."""
    finding: str = ""
    """Of ``fine`` and ``spam``: which."""
    recipient: str = ""
    """Who was given it."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Grant).decode


def signed(grant: Grant, key: bytes) -> str:
    """Give the token of a grant."""
    body = _encode(grant)
    return f"{_text(body)}.{_text(_mac(body, key))}"


def granted(token: str, key: bytes, now: datetime) -> Grant:
    """Give what a token grants.

    Raises:
        UsageError: it was not made with this key, was changed, or its time is over.
    """
    body, dot, mac = token.partition(".")
    if len(token) > _MOST or not dot:
        raise UsageError("this link is damaged")
    try:
        told = _bytes(body)
        is_ours = hmac.compare_digest(_bytes(mac), _mac(told, key))
        grant = _decode(told) if is_ours else None
    except (Base64Error, UnicodeError, msgspec.DecodeError) as error:
        raise UsageError("this link is damaged") from error
    if grant is None:
        raise UsageError("this link is damaged, or of another bunco")
    if now.timestamp() > grant.until_s:
        raise UsageError("this link is too old; the dashboard can do the same")
    return grant


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"bunco link 1\n" + body, sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
