"""Which other accounts are an author's own, by the accounts' own word: never by a guess.

Two authors of one name, one picture or one way of writing stay two. What counts is in the
address of the account itself: a bridge that carries an account into another network names it
there, and an account of the Fediverse has one address, whichever of our sources saw it.
"""

from collections.abc import Collection

from msgspec import Struct

_FEDIVERSE = ("lemmy", "mastodon")
"""Platforms whose accounts are ``NAME@HOST``, one address for all of them."""


class Linked(Struct, frozen=True):
    """Another account, or a site, of the same author."""

    to: str
    """An author's id where we can tell it, else an address."""
    because: str


def linked(author: str, never: Collection[str] = ()) -> tuple[Linked, ...]:
    """Give the accounts that an author's id itself says are theirs.

    Args:
        author: the id.
        never: platforms whose accounts are linked to nothing, and nothing to them.

    Source: Bridgy Fed, fed.brid.gy/docs, "How are user names translated"; Mostr, mostr.pub.

    >>> [one.to for one in linked("mastodon:ann.example.org@bsky.brid.gy")]
    ['https://bsky.app/profile/ann.example.org', 'lemmy:ann.example.org@bsky.brid.gy']
    >>> linked("reddit:ann")
    ()
    """
    platform, _, account = author.partition(":")
    if platform in never or platform not in _FEDIVERSE:
        return ()
    name, _, host = account.lower().rpartition("@")
    found = [*_bridged(name, host), *_seen_otherwise(platform, account)] if name else []
    return tuple(one for platform_of, one in found if platform_of not in never)


def _bridged(name: str, host: str) -> list[tuple[str, Linked]]:
    match host:
        case "bsky.brid.gy" if "." in name:
            address = f"https://bsky.app/profile/{name}"
            return [("bluesky", Linked(address, "Bridgy Fed carries that account here"))]
        case "web.brid.gy" if "." in name:
            return [("web", Linked(f"web:{name}", "Bridgy Fed carries that site here"))]
        case "mostr.pub" if name.startswith("npub1"):
            return [("nostr", Linked(f"nostr:{name}", "Mostr carries that key here"))]
    return []


def _seen_otherwise(platform: str, account: str) -> list[tuple[str, Linked]]:
    return [
        (other, Linked(f"{other}:{account}", "the same address in the Fediverse"))
        for other in _FEDIVERSE
        if other != platform
    ]
