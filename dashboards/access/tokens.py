"""Tokens of programs: random words, of which only a hash is kept."""

import hashlib
import re
import secrets

_BYTES = 32
"""Of a token, 256 bits: nobody guesses it, so that a quick hash is enough."""
_PREFIX = "bunco_"
"""Lets scanners of leaked secrets know it."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
LEAST = 24
"""Characters of a token that somebody else made."""


def new_token() -> str:
    """Make a token."""
    return _PREFIX + secrets.token_urlsafe(_BYTES)


def hashed(token: str) -> str:
    """Give the hash that is kept in its place."""
    return f"sha256:{hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"


def is_hash(text: str) -> bool:
    """Tell whether a text is a hash as ``hashed`` makes it."""
    return _HASH.fullmatch(text) is not None
