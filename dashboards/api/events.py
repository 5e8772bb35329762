"""Live events: findings as server-sent events, from a mark on without a gap.

Source of the form: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from msgspec import Struct

from bunco import codec
from bunco.errors import StoreError, UsageError
from bunco.model import Finding
from dashboards.api import shapes
from dashboards.api.routing import Routes, TheDesk
from dashboards.errors import Unavailable
from dashboards.live import Change, Hub

MOST_VIEWERS = 1000
"""Streams at once, about 100 KB each with their buffers. Source: ours."""
_RETRY_MS = 2000

routes = Routes("live")

_Text = Annotated[str, Query(max_length=1000)]


class Wanted(Struct, frozen=True, kw_only=True):
    """What a viewer asked for."""

    detector: str = ""
    author: str = ""
    least_score: float = 0.0
    with_quiet: bool = False

    def has(self, finding: Finding) -> bool:
        """Tell whether a finding is among it. A verdict is told even where it makes it quiet."""
        return (
            (not self.detector or finding.detector == self.detector)
            and (not self.author or finding.subject == self.author)
            and finding.score >= self.least_score
            and (self.with_quiet or not finding.quiet or finding.verdict is not None)
        )


class Removed(Struct, frozen=True, kw_only=True):
    """A finding that was removed with its author."""

    id: str


@routes.get("/events", None, may=[503], media="text/event-stream")
async def events(
    request: Request,
    desk: TheDesk,
    detector: _Text = "",
    author: _Text = "",
    least_score: Annotated[float, Query(ge=0, le=1)] = 0.0,
    with_quiet: bool = False,  # noqa: FBT001, FBT002  # a parameter of the query
    after: Annotated[str, Query(max_length=4000, description="A mark to resume at.")] = "",
    last_event_id: Annotated[str, Header(max_length=4000)] = "",
) -> Response:
    """Follow findings as they open, change and are judged.

    ``finding`` events hold a finding, ``removed`` an id. An event's id is a mark: a client that
    comes back with it (``Last-Event-ID``) misses nothing; some may come twice. A ``reset``
    says that the mark is not known any more: read the lists again.
    """
    del request
    if desk.hub.viewers >= MOST_VIEWERS:
        raise Unavailable("too many look on already", {"Retry-After": "60"})

    wanted = Wanted(
        detector=detector, author=author, least_score=least_score, with_quiet=with_quiet
    )
    return StreamingResponse(
        _stream(desk.hub, last_event_id or after, wanted),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(hub: Hub, after: str, wanted: Wanted) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % _RETRY_MS
    try:
        try:
            async with aclosing(hub.follow(after)) as changes:
                async for change in changes:
                    yield event_lines(change, wanted)
        except UsageError:
            yield b"event: reset\ndata: {}\n\n"
            async with aclosing(hub.follow()) as changes:
                async for change in changes:
                    yield event_lines(change, wanted)
    except StoreError:
        return  # the client comes again by itself, with its last mark


def event_lines(change: Change, wanted: Wanted) -> bytes:
    """Give a change as events; the last of them bears the mark.

    A client that is cut off in the midst of them resumes before the first.
    """
    if (lines := change.memo.get(wanted)) is None:
        lines = change.memo[wanted] = _lines(change, wanted)
    return lines


def _lines(change: Change, wanted: Wanted) -> bytes:
    told = [_event(b"finding", shapes.finding(one)) for one in change.findings if wanted.has(one)]
    told += [_event(b"removed", Removed(id=one)) for one in change.removed]
    mark = b"id: %b\n" % change.mark.encode()
    if not told:
        return mark + b": nothing new\n\n"
    return b"\n\n".join([*told[:-1], mark + told[-1]]) + b"\n\n"


def _event(name: bytes, record: object) -> bytes:
    return b"event: %b\ndata: %b" % (name, codec.encode(record))
