"""The two versions of Lemmy's API: what is asked for where, and what comes back. Pure."""

from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from ingest.lemmy.views import Sort

Version: TypeAlias = Literal["v3", "v4"]


class Dialect(Struct, frozen=True, array_like=True):
    """How a server speaks."""

    version: Version
    is_lower: bool = False
    """Whether it writes ``all`` and ``new`` in place of ``All`` and ``New``: versions of 1.0
    do either, and answer 400 to the other."""


PAGE_SIZE = 50
"""The most that a server gives of a list."""


class Listing(Struct, frozen=True, kw_only=True):
    """One page of a list; the names of both versions."""

    items: tuple[Raw, ...] = ()
    posts: tuple[Raw, ...] = ()
    comments: tuple[Raw, ...] = ()
    next_page: str | None = None

    @property
    def entries(self) -> tuple[Raw, ...]:
        """Give the entries, whatever the version calls them."""
        return self.items or self.posts or self.comments


class One(Struct, frozen=True, kw_only=True):
    """The answer to a question for one post or comment."""

    post_view: Raw = Raw()
    comment_view: Raw = Raw()

    @property
    def view(self) -> Raw:
        """Give the view."""
        return self.comment_view or self.post_view


class _Limits(Struct, frozen=True, kw_only=True):
    message: int = 0
    message_per_second: int = 0
    message_max_requests: int = 0
    message_interval_seconds: int = 0


class _SiteView(Struct, frozen=True, kw_only=True):
    local_site_rate_limit: _Limits = _Limits()


class Site(Struct, frozen=True, kw_only=True):
    """What a server says of itself."""

    site_view: _SiteView = _SiteView()
    version: str = ""

    @property
    def spacing(self) -> timedelta:
        """Give the time between two requests that its limit for reading comes to.

        Reading counts as ``message``: so many requests in so many seconds an address.
        Zero where it says nothing. Source: lemmy, crates/utils/src/rate_limit (0.19).
        """
        limits = self.site_view.local_site_rate_limit
        most = limits.message or limits.message_max_requests
        seconds = limits.message_per_second or limits.message_interval_seconds
        return timedelta(seconds=seconds / most) if most > 0 and seconds > 0 else timedelta(0)


def site_path(version: Version) -> str:
    """Give where a server tells of itself."""
    return f"/api/{version}/site"


def list_query(
    dialect: Dialect, sort: Sort, wanted: tuple[str, str], page: str
) -> tuple[str, dict[str, str | int]]:
    """Give path and query for a page of a list, the newest first.

    Args:
        dialect: of the server.
        sort: posts or comments.
        wanted: the type of list (``All``, ``Local``) and a community (``name@host``); of
            which one may be empty.
        page: empty for the first.
    """
    kind, community = wanted
    spelt = str.lower if dialect.is_lower else str
    query: dict[str, str | int] = {"sort": spelt("New"), "limit": PAGE_SIZE}
    if kind:
        query["type_"] = spelt(kind)
    if community:
        by = "community_name_or_id" if dialect.version == "v4" else "community_name"
        query[by] = community
    if page.startswith("#"):
        query["page"] = page[1:]
    elif page:
        query["page_cursor"] = page
    return f"/api/{dialect.version}/{sort}/list", query


def one_query(version: Version, sort: Sort, number: str) -> tuple[str, dict[str, str | int]]:
    """Give path and query for one post or comment of this server."""
    return f"/api/{version}/{sort}", {"id": number}


def page_after(version: Version, sort: Sort, listing: Listing, page: str) -> str:
    """Give the name of the next page; empty where there is none.

    Comments have numbered pages in version 3 before 0.20; such a name begins with ``#``.
    """
    if listing.next_page:
        return listing.next_page
    if version == "v3" and sort == "comment" and listing.entries:
        return f"#{int(page[1:] or 1) + 1 if page.startswith('#') else 2}"
    return ""


def gone_by(body: bytes) -> bool:
    """Tell whether a refusal means that there is no such post or comment any more.

    The status alone does not tell: something between us and the server may give a 404 of its
    own. Source: lemmy, ``LemmyErrorType``: version 3 says ``couldnt_find_post`` and
    ``couldnt_find_comment`` (with 400, or 404 from 0.19 on), version 4 ``not_found``.
    """
    try:
        error = msgspec.json.decode(body, type=dict[str, object]).get("error", "")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return str(error).startswith(("couldnt_find", "not_found"))
