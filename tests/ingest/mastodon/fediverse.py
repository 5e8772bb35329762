"""A server with Mastodon's API on the loopback interface: pages, streams, edits, deletions.

What happens on it is shown on its pages at once and told to every open stream.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from aiohttp import web

from tests.builders import NOON
from tests.ingest.network import Network
from tests.ingest.server import Play, status
from tests.ingest.stream_server import Line, Step, events, socket

HOST = "masto.example"
Told: TypeAlias = tuple[str, str] | Step
"""An event and its payload, or something wicked."""


def uri(number: int, name: str = "ann", host: str = HOST) -> str:
    """Give the name in the network of the status with that number."""
    return f"https://{host}/users/{name}/statuses/{number}"


def post_id(number: int, name: str = "ann", host: str = HOST) -> str:
    """Give the id of its post."""
    return f"mastodon:{uri(number, name, host)}"


class Mastodon(Network):
    """One server; statuses have numbers from 1, and ids that tell the time.

    Args:
        token: what its members show; without one everybody sees everything.
        open_pages: whether pages are shown without a token all the same.
        batches: whether several statuses can be asked for at once.
    """

    def __init__(self, token: str = "", *, open_pages: bool = True, batches: bool = True) -> None:
        super().__init__()
        self.token = token
        self.open_pages = open_pages
        self.batches = batches
        self.page_size = 40
        self.statuses: dict[str, dict[str, Any]] = {}
        self.left: dict[str, int] = {}
        """What a lookup answers for accounts that are gone: 404, 410, or 200 for suspended."""
        self.streams: list[Callable[[Told], object]] = []
        """Each takes what is to be said over one open stream, from any thread."""
        self.refusals: list[Play] = []
        """Played in place of a stream, one a connection."""
        self.opened: list[str] = []
        """Path and query of each stream that was opened."""
        self.heard: list[bytes] = []
        """What was sent over sockets."""
        self.written = 0

    def write(
        self,
        text: str = "",
        *,
        minutes: float = 0.0,
        by: str = "ann",
        quiet: bool = False,
        **changes: Any,
    ) -> str:
        """Give the id of a new status.

        Args:
            text: HTML; else its number in words that repeat nothing.
            minutes: after noon.
            by: ``name``, or ``name@host`` for another server's.
            quiet: whether streams are not told.
            changes: other fields.
        """
        self.written += 1
        number = self.written
        at = NOON + timedelta(minutes=minutes, milliseconds=number)
        local = str((int(at.timestamp() * 1000) << 16) + number)
        name, _, host = by.partition("@")
        made: dict[str, Any] = {
            "id": local,
            "uri": uri(number, name, host or HOST),
            "url": f"https://{host or HOST}/@{name}/{number}",
            "created_at": _written(at),
            "edited_at": None,
            "content": text or f"<p>Words {number}</p>",
            "spoiler_text": "",
            "visibility": "public",
            "language": "en",
            "in_reply_to_id": None,
            "reblog": None,
            "account": {
                "acct": by,
                "username": name,
                "display_name": name.title(),
                "url": f"https://{host or HOST}/@{name}",
                "bot": name == "bot",
            },
            "card": None,
            "mentions": [],
            "tags": [],
            "media_attachments": [],
        }
        self.statuses[local] = made | changes
        if not quiet:
            self.tell("update", json.dumps(self.statuses[local]))
        return local

    def edit(self, local: str, text: str, minutes: float, *, quiet: bool = False) -> None:
        """Change the words of a status, so many minutes after noon."""
        changes = {"content": text, "edited_at": _written(NOON + timedelta(minutes=minutes))}
        self.statuses[local] |= changes
        if not quiet:
            self.tell("status.update", json.dumps(self.statuses[local]))

    def delete(self, local: str, *, quiet: bool = False) -> None:
        """Take a status away."""
        del self.statuses[local]
        if not quiet:
            self.tell("delete", local)

    def tell(self, name: str, payload: str) -> None:
        """Tell every open stream."""
        for stream in self.streams:
            stream((name, payload))

    def play(self, step: Step) -> None:
        """Do something wicked on every open stream."""
        for stream in self.streams:
            stream(step)

    async def until_open(self, times: int = 1) -> None:
        """Wait until so many streams were opened."""
        async with asyncio.timeout(5):
            while len(self.opened) < times:  # noqa: ASYNC110  # a test server may look often
                await asyncio.sleep(0.005)

    async def answer(self, request: web.Request) -> Any:
        """Answer as Mastodon does."""
        path = request.path.removeprefix("/api/")
        is_member = request.headers.get("Authorization") == f"Bearer {self.token}"
        if path == "v2/instance":
            streaming = self.url.replace("http", "ws", 1)
            return {"domain": HOST, "configuration": {"urls": {"streaming": streaming}}}
        if path.startswith("v1/streaming"):
            return await self._stream(request, is_member=is_member)
        if self.token and not (is_member or self.open_pages):
            return _error(422, "This method requires an authenticated user")
        if path.startswith("v1/timelines/"):
            return self._page(request)
        if path == "v1/accounts/lookup":
            code = self.left.get(request.query["acct"], 0)
            account = {"acct": request.query["acct"], "suspended": code == 200}
            return _error(code, "gone") if code > 200 else account
        return self._status(path, request)

    def _status(self, path: str, request: web.Request) -> Any:
        """Give a status, or several."""
        if path == "v1/statuses" and self.batches:
            wanted = request.query.getall("id[]")
            return [self.statuses[local] for local in wanted if local in self.statuses]
        found = self.statuses.get(path.removeprefix("v1/statuses/"))
        return found or _error(404, "Record not found")

    def _page(self, request: web.Request) -> Any:
        """Give a page, the newest first, behind ``min_id`` if it is there."""
        after = request.query.get("min_id", "")
        limit = min(int(request.query["limit"]), self.page_size)
        found = sorted(self.statuses, key=lambda local: (len(local), local))
        if after:
            found = [one for one in found if (len(one), one) > (len(after), after)][:limit]
        else:
            found = found[-limit:]
        page = [self.statuses[local] for local in reversed(found)]
        response = web.json_response(page)
        if page:
            base = f"{self.url}{request.path}"
            response.headers["Link"] = (
                f'<{base}?max_id={page[-1]["id"]}>; rel="next", '
                f'<{base}?min_id={page[0]["id"]}>; rel="prev"'
            )
        return response

    async def _stream(self, request: web.Request, *, is_member: bool) -> web.StreamResponse:
        self.opened.append(request.path_qs)
        if self.refusals:
            return await self.refusals.pop(0)(request)
        if not is_member:
            return await status(401)(request)
        queue: asyncio.Queue[Told] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(told: Told) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, told)

        self.streams.append(put)
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        frame = _frame if is_socket else _block

        async def live(line: Line) -> None:
            while True:
                told = await queue.get()
                if isinstance(told, tuple):
                    await line.say(frame(*told))
                else:
                    await told(line)
                self.heard[:] = line.received

        try:
            return await (socket if is_socket else events)(live)(request)
        finally:
            self.streams.remove(put)


def _frame(name: str, payload: str) -> bytes:
    return json.dumps({"stream": ["public"], "event": name, "payload": payload}).encode()


def _block(name: str, payload: str) -> bytes:
    return f"event: {name}\ndata: {payload}".encode()


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(code: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=code)
