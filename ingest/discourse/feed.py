"""Give the entries of a forum's feeds as the forum's posts."""

import re

from msgspec.structs import replace

from bunco.model import Post
from ingest.discourse.entries import Home
from ingest.feeds.site import site

_GUID = re.compile(r"(.*)-(post|topic)-(\d+)")
"""For example ``forum.example-post-12``. Source: discourse, app/views/posts/latest.rss.erb."""

_CREATOR = re.compile(r"@([\w.-]{1,60})(?:\s+(.*))?")


def post(post: Post, home: Home) -> Post | None:
    """Give an entry under the ids of the forum; None for what is no entry of a forum.

    Args:
        post: as the entry of any feed.
        home: the forum.
    """
    guid = _GUID.fullmatch(post.id.rpartition("/")[2])
    creator = _CREATOR.fullmatch(post.author_name)
    if guid is None or creator is None:
        return None
    is_post = guid[2] == "post"
    return replace(
        post,
        id=f"discourse:{home.name}/{guid[3]}" if is_post else f"discourse:{home.name}/t/{guid[3]}",
        author=home.author(creator[1]),
        author_name=creator[2] or creator[1],
        place=home.name,
    )


def home(url: str) -> Home:
    """Give the forum at an address."""
    base = url.partition("?")[0].rstrip("/")
    path = base.partition("//")[2].partition("/")[2]
    at = site(base) or "unknown"
    return Home(url=base, name=f"{at}/{path}" if path else at)
