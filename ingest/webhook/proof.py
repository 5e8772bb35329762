"""Tell whether a push comes from whom it should: by a token, by a signature, or by both.

A signature is an HMAC-SHA256 over the body, or over whatever ``signed`` puts around it; signing
the time as well keeps an old push from being sent again by others. All comparisons take the same
time whatever differs.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from bunco.pushes import Push
from bunco.values import Secret

BEARER = "bearer "


class Terms(Struct, frozen=True, kw_only=True):
    """What a sender has to bring. At least one of token and secret is there."""

    token: Secret | None = None
    token_header: str = "authorization"  # noqa: S105  # a header's name
    """In lower case; ``authorization`` takes ``Bearer TOKEN``."""
    secret: Secret | None = None
    signature_header: str = "x-hub-signature-256"
    signature_prefix: str = "sha256="
    encoding: Literal["hex", "base64"] = "hex"
    signed: str = "{body}"
    """What is signed; ``{timestamp}`` stands for the value of that header."""
    timestamp_header: str = ""
    tolerance: timedelta = timedelta(minutes=5)
    """How far the sender's time may be from ours."""


def refusal(terms: Terms, push: Push, now: datetime) -> str:
    """Give why a push is not taken, in words that help nobody to guess; empty: it is."""
    if terms.token is not None and not _has_token(terms, terms.token, push):
        return "the token is missing or wrong"
    if terms.secret is None:
        return ""
    stamp = push.headers.get(terms.timestamp_header, "") if terms.timestamp_header else ""
    if terms.timestamp_header and not _is_fresh(stamp, now, terms.tolerance):
        return "the time is missing or too far from ours"
    if not _is_signed(terms, push, stamp):
        return "the signature is missing or wrong"
    return ""


def signature(terms: Terms, body: bytes, stamp: str = "") -> str:
    """Give the value of the signature's header for a body; empty where there is no secret."""
    if terms.secret is None:
        return ""
    before, _, after = terms.signed.replace("{timestamp}", stamp).partition("{body}")
    text = before.encode() + body + after.encode()
    digest = hmac.digest(terms.secret.reveal().encode(), text, hashlib.sha256)
    told = digest.hex() if terms.encoding == "hex" else base64.b64encode(digest).decode()
    return terms.signature_prefix + told


def _has_token(terms: Terms, token: Secret, push: Push) -> bool:
    given = push.headers.get(terms.token_header, "")
    if terms.token_header == "authorization":  # noqa: S105  # a header's name
        if not given.lower().startswith(BEARER):
            return False
        given = given[len(BEARER) :].strip()
    return _same(given, token.reveal())


def _is_signed(terms: Terms, push: Push, stamp: str) -> bool:
    given = push.headers.get(terms.signature_header, "").strip()
    if terms.encoding == "hex":
        cut = len(terms.signature_prefix)
        given = given[:cut] + given[cut:].lower()
    return _same(given, signature(terms, push.body, stamp))


def _is_fresh(stamp: str, now: datetime, tolerance: timedelta) -> bool:
    """Tell whether a time in whole seconds since 1970 is near enough."""
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    return abs(int(stamp) - now.timestamp()) <= tolerance.total_seconds()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
