"""Read a saved answer of a Lemmy server: a list, or one post or comment."""

from datetime import datetime

import msgspec

from bunco.errors import BadInput
from bunco.model import Item, Removal
from ingest.lemmy import views
from ingest.lemmy.dialect import Listing, One
from ingest.lemmy.views import View


def items(document: bytes, seen_at: datetime) -> tuple[Item, ...]:
    """Give its posts, in its order; what is deleted in it as removals.

    Raises:
        BadInput: it is something else, or something in it cannot be read.
    """
    try:
        listing = msgspec.json.decode(document, type=Listing)
        one = msgspec.json.decode(document, type=One)
        entries = [*listing.entries, *([one.view] if bytes(one.view) else [])]
        found = [views.view(bytes(entry)) for entry in entries]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"no list of Lemmy: {error}") from error
    if not found:
        raise BadInput("no list of Lemmy, or an empty one")
    return tuple(_item(view, seen_at) for view in found)


def _item(view: View, seen_at: datetime) -> Item:
    if view.is_gone:
        author = views.author_of(view.creator)
        return Removal(removed="post", id=views.post_id(view.thing), author=author)
    return views.post(view, source="", seen_at=seen_at)
