"""Tell what became of a video from what the embedding service says of it. Pure.

It answers 404 to what was deleted and 403 to what was made private, but 403 to those it does
not want to talk to as well; 401 to what may not be embedded, 400 to some others, which may
well be there. So a video counts as gone when two looks say so, and 403 says so only where
another video was answered in the same reading.

Source: reports of the service's users, 2017 to 2023.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import Post
from ingest import watching
from ingest.watching import Watched
from ingest.youtube import addresses

OK = 200
ANSWERS = frozenset({400, 401, 403, 404, 410})
"""Besides 200."""

DOUBTFUL = frozenset({403})
"""Worth a second question at once."""

_DELETED = frozenset({404, 410})
_DOUBT = "?"
"""Stands before the wording of a video that seemed gone when it was looked at last."""


class Video(Struct, frozen=True):
    """What the service says of a video."""

    title: str
    author_name: str = ""


class Look(Struct, frozen=True):
    """One answer."""

    status: int
    video: Video | None = None
    """Where it is 200."""


class Fate(Struct, frozen=True):
    """What became of a video."""

    now: Watched | None
    """As it is watched on; None: it is gone."""
    later: Post | None = None
    """Its new title, where it has one."""


def fates(looked: Mapping[Watched, Look], *, source: str, now: datetime) -> dict[Watched, Fate]:
    """Give what became of the videos that one reading looked at.

    Args:
        looked: what was said of each.
        source: the source's name.
        now: when they were looked at.
    """
    is_heard = any(look.status == OK for look in looked.values())
    return {
        one: _fate(one, look, is_heard=is_heard, source=source, now=now)
        for one, look in looked.items()
    }


def wording(title: str) -> str:
    """Give the name of a video's wording."""
    return watching.hashed(title)


def _fate(one: Watched, look: Look, *, is_heard: bool, source: str, now: datetime) -> Fate:
    if look.status in _DELETED or (look.status in DOUBTFUL and is_heard):
        if one.says.startswith(_DOUBT):
            return Fate(None)
        return Fate(replace(one, says=f"{_DOUBT}{one.says}"))
    if look.video is None:
        return Fate(one)
    post = Post(
        id=one.id,
        author=one.author,
        author_name=look.video.author_name,
        posted_at=now,
        seen_at=now,
        source=source,
        place="youtube.com",
        title=" ".join(look.video.title.split()),
        url=addresses.watch(one.name),
    )
    before = replace(one, says=one.says.removeprefix(_DOUBT))
    return Fate(*watching.edited(before, post, now, wording(post.title)))
