"""Passwords: argon2 hashes, and what is too weak to stand before the network."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 12, 1000
"""Characters. Source: NIST SP 800-63B-4, section 3.1.1.2, asks for 15 where a password stands
alone and 8 beside a second factor; 12 and a throttled login are ours. More than ``MOST`` is no
password but a way to keep us busy."""

_hasher = PasswordHasher()  # argon2id; RFC 9106, section 4, the profile of low memory
_PREFIX = "$argon2"


def weakness(password: str) -> str:
    """Give what is wrong with a new password; empty where nothing is.

    >>> weakness("correct horse battery"), weakness("tiny")
    ('', 'a password has 12 to 1,000 characters')
    """
    if not LEAST <= len(password) <= MOST:
        return f"a password has {LEAST} to {MOST:,} characters"
    if len(set(password)) < LEAST // 3:
        return "a password has more than a few different characters"
    return ""


def hashed(password: str) -> str:
    """Give the hash that is kept in its place; another one each time."""
    return _hasher.hash(password)


def is_hash(text: str) -> bool:
    """Tell whether a text is a hash as ``hashed`` makes it, whatever its cost."""
    if not text.startswith(_PREFIX):
        return False
    try:
        _hasher.check_needs_rehash(text)
    except InvalidHashError:
        return False
    return True


def fits(kept: str, password: str) -> bool:
    """Tell whether a password has this hash; takes tens of milliseconds either way."""
    if len(password) > MOST:
        return False
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
