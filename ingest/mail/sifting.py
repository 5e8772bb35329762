"""Make a delivery of mails: their posts, each once, and what became of the mails in words."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import DeadLetter, Post
from ingest.mail import progress
from ingest.mail.posts import Letter, Rules, contents
from ingest.mail.progress import Progress


class Sifted(Struct, frozen=True, kw_only=True):
    """What some mails gave."""

    posts: tuple[Post, ...]
    dead: tuple[DeadLetter, ...]
    progress: Progress
    """With the mails and posts in its memory."""
    note: str


def sift(letters: Iterable[Letter], before: Progress, rules: Rules) -> Sifted:
    """Read mails in their order. Runs in a worker.

    A mail known by Message-ID and contents is passed over, and so is a post that another mail
    gave: what the memory has forgotten by then, the store knows by the same id.
    """
    mails, known = progress.mails(before), progress.posts(before)
    posts: list[Post] = []
    dead: list[DeadLetter] = []
    counts = Counter[str]()
    for letter in letters:
        found = contents(letter, rules)
        if found.mark and not mails.is_new(found.mark):
            counts["known"] += 1
            continue
        counts[found.kind] += 1
        counts["unverified"] += bool(found.posts) and not found.is_verified
        dead += found.dead
        posts += [post for post in found.posts if known.is_new(progress.mark(post.id))]
    return Sifted(
        posts=tuple(posts),
        dead=tuple(dead),
        progress=replace(before, mails=mails.row(), posts=known.row()),
        note=_note(counts),
    )


def _note(counts: Counter[str]) -> str:
    """Give what became of the mails: ``2 alert, 1 unverified``.

    >>> _note(Counter(alert=2, unverified=1, ordinary=3))
    'mails: 2 alert, 3 ordinary, 1 unverified'
    """
    told = [f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind]]
    return f"mails: {', '.join(told)}" if told else ""


_KINDS = ("alert", "newsletter", "refused", "ordinary", "known", "unverified")
