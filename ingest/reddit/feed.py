"""Give the entries of Reddit's feeds as Reddit's posts."""

import re
from urllib.parse import urlencode

from msgspec.structs import replace

from bunco.model import Item, Post, Removal

_BY = re.compile(
    r"\s*submitted by /?u/[\w-]{1,40}(?: to /?r/\w{1,40})?\s*\[link\]\s*\[[^\]]*\]\s*$"
)
_NAME = re.compile(r"(t[13]_[a-z0-9]{1,20})")
_INSIDE = re.compile(r"https?://(?:\w+\.)?reddit\.com/(?:u|user)/", re.IGNORECASE)


def address(base: str, subreddits: tuple[str, ...], read: str, secret: tuple[str, str]) -> str:
    """Give the address of the feed of several subreddits at once.

    Args:
        base: where Reddit stands.
        subreddits: their names.
        read: ``posts`` or ``comments``.
        secret: user name and token of a personal feed; empty where there are none.
    """
    listing = "new" if read == "posts" else "comments"
    user, token = secret
    query = {"limit": "100", **({"feed": token, "user": user} if token else {})}
    return f"{base.rstrip('/')}/r/{'+'.join(subreddits)}/{listing}/.rss?{urlencode(query)}"


def item(post: Post) -> Item | None:
    """Give an entry as a post without Reddit's own words in it, or as a removal.

    None for what is neither a post nor a comment, such as a subreddit.
    """
    if not post.id.startswith("reddit:"):
        name = _NAME.fullmatch(post.id.rpartition("/")[2])
        is_erased = name is not None and "[deleted]" in post.author_name
        return Removal(removed="post", id=f"reddit:{name[1]}") if name and is_erased else None
    text = _BY.sub("", post.text)
    return replace(
        post,
        author_name=post.author_name.removeprefix("/"),
        text=text if text or post.title else post.text,
        links=tuple(link for link in post.links if not _INSIDE.match(link)),
    )
