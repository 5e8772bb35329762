"""Read server-sent events: bytes in any pieces, whole events out.

Source: WHATWG HTML, section 9.2 "Server-sent events"; a comment line is a heartbeat.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientTimeout

from bunco.errors import SourceError
from bunco.ports.web import ServerEvent
from ingest import answers
from ingest.opening import Opening

_MEDIA_TYPE = "text/event-stream"
_BUFFER_BYTES = 1 << 16
_BOM = b"\xef\xbb\xbf"


class EventParser:
    """Cut a stream of bytes into events.

    Args:
        most_bytes: of one event. Nothing larger is ever held.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._rest = b""
        """The line that has begun."""
        self._began = False
        self._after_return = False
        self._data: list[bytes] = []
        self._size = 0
        self._name = ""
        self._id = ""

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        r"""Give the events that end in a chunk.

        >>> parser = EventParser(1000)
        >>> [event.data for event in parser.feed(b"data: a\ndata: b\n\ndata: c")]
        [b'a\nb']

        Raises:
            ValueError: one event is larger than allowed.
        """
        for line in self._lines(chunk):
            if not line:
                if self._data:
                    yield self._event()
                self._name = ""
                continue
            self._size += len(line)
            self._check(self._size)
            self._take(line)

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """Give the lines that end in a chunk; ends are CR LF, LF or CR."""
        if self._after_return and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        if chunk.endswith(b"\r"):
            self._after_return = True
        whole = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *others = whole.split(b"\n")
        self._check(self._size + len(self._rest) + len(first))
        self._rest += first
        for line in others:
            yield self._rest if self._began else self._rest.removeprefix(_BOM)
            self._began = True
            self._rest = line

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"data":
                self._data.append(value)
            case b"event":
                self._name = value.decode(errors="replace")
            case b"id" if b"\0" not in value:
                self._id = value.decode(errors="replace")

    def _event(self) -> ServerEvent:
        event = ServerEvent(name=self._name or "message", data=b"\n".join(self._data), id=self._id)
        self._data, self._size = [], 0
        return event

    def _check(self, size: int) -> None:
        if size > self._most_bytes:
            raise ValueError(f"an event larger than {self._most_bytes} bytes")


class HttpEvents:
    """An open answer of server-sent events; the ``Events`` port.

    Args:
        response: with its headers read, and no compression.
        host: for the words of errors.
        most_bytes: of one event.
    """

    def __init__(self, response: ClientResponse, host: str, most_bytes: int) -> None:
        self._response = response
        self._host = host
        self._parser = EventParser(most_bytes)
        self._ready: deque[ServerEvent] = deque()
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()

    @property
    def heard_at(self) -> float:
        """Give when any bytes came, in seconds of the loop's clock."""
        return self._heard_at

    async def receive(self) -> ServerEvent:
        """Give the next event; waits for it. Cancelled, it took nothing.

        Raises:
            SourceError: the stream ended or broke, or the event is too large.
        """
        while not self._ready:
            chunk = await self._chunk()
            self._heard_at = self._clock()
            try:
                self._ready.extend(self._parser.feed(chunk))
            except ValueError as error:
                raise SourceError(f"{self._host} sent {error}", weight="hard") from error
        return self._ready.popleft()

    async def ping(self) -> None:
        """Do nothing: the client of such a stream cannot speak."""

    async def close(self) -> None:
        """Let go of the connection."""
        self._response.close()

    async def _chunk(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            reason = f"{self._host}: the connection broke ({type(error).__name__})"
            raise SourceError(reason, weight="dropped") from error
        if not chunk:
            raise SourceError(f"{self._host} ended the stream", weight="dropped")
        return chunk


async def open_events(opening: Opening) -> HttpEvents:
    """Ask for a stream of events.

    Raises:
        SourceError: the server answered otherwise; says what that means, as for documents.
    """
    response = await opening.session.get(
        opening.url,
        headers={"Accept": _MEDIA_TYPE, "Accept-Encoding": "identity", **opening.headers},
        timeout=ClientTimeout(total=None),
        read_bufsize=_BUFFER_BYTES,
    )
    found = {name.lower(): value for name, value in response.headers.items()}
    plain = found.get("content-encoding", "identity") == "identity"
    if response.status == HTTPStatus.OK and response.content_type == _MEDIA_TYPE and plain:
        return HttpEvents(response, opening.host, opening.most_bytes)
    response.close()
    if response.status == HTTPStatus.OK:
        raise SourceError(f"{opening.host} answers, but with no stream of events", weight="hard")
    raise answers.failure(response.status, opening.host, found, opening.clock.now())
