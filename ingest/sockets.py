"""WebSockets over HTTP: open one, receive, send, close.

Answers to pings are sent from ``receive``, and pings of ours only when asked for: a client
that pings by itself takes a busy pipeline, which does not receive, for a dead connection.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from http import HTTPStatus

from aiohttp import ClientError, WSMsgType, WSServerHandshakeError
from aiohttp.client_ws import ClientWebSocketResponse, ClientWSTimeout

from bunco.errors import SourceError
from ingest import answers
from ingest.opening import Opening

_CLOSE_SECONDS = 0.5
"""How long the other side's farewell is waited for."""
_REASON_LIMIT = 200
_TOO_LARGE = 1009
_NO_FAREWELL = 1006
"""Source: RFC 6455 section 7.4.1."""


class HttpSocket:
    """An open WebSocket; the ``Socket`` port.

    Args:
        socket: the connection, without pings of its own, text not decoded.
        host: for the words of errors.
        most_bytes: of one message.
    """

    def __init__(self, socket: ClientWebSocketResponse[bool], host: str, most_bytes: int) -> None:
        self._socket = socket
        self._host = host
        self._most_bytes = most_bytes
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()

    @property
    def heard_at(self) -> float:
        """Give when any frame came, in seconds of the loop's clock."""
        return self._heard_at

    async def receive(self) -> bytes:
        """Give the next message; waits for it. Cancelled, it took nothing.

        Raises:
            SourceError: the connection ended or broke, or the message is too large.
        """
        while True:
            kind, data, extra = await self._socket.receive()
            self._heard_at = self._clock()
            if kind is WSMsgType.TEXT or kind is WSMsgType.BINARY:
                return data if isinstance(data, bytes) else bytes(data)
            if kind is WSMsgType.PING:
                with suppress(ClientError, OSError):  # what came before the end is still to come
                    await self._socket.pong(data)
            elif kind is not WSMsgType.PONG:
                raise self._ended(extra)

    async def send(self, text: str) -> None:
        """Send a text message.

        Raises:
            SourceError: the connection ended or broke.
        """
        await self._sent(self._socket.send_str(text))

    async def ping(self) -> None:
        """Ask the other side for a sign of life.

        Raises:
            SourceError: the connection ended or broke.
        """
        await self._sent(self._socket.ping())

    async def close(self) -> None:
        """Say farewell, wait a moment for the answer, let go."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._socket.close()
        except TimeoutError:
            return  # aiohttp lets go of the connection when its farewell is broken off

    async def _sent(self, sending: Coroutine[object, object, None]) -> None:
        try:
            await sending
        except (ClientError, OSError) as error:
            raise self._ended(None) from error

    def _ended(self, said: object) -> SourceError:
        code = self._socket.close_code
        if code == _TOO_LARGE:
            reason = f"{self._host} sent a message larger than {self._most_bytes} bytes"
            return SourceError(reason, weight="hard")
        words = said if isinstance(said, str) else ""
        words = "".join(filter(str.isprintable, words))[:_REASON_LIMIT]
        if code is None or code == _NO_FAREWELL:
            return SourceError(f"{self._host}: the connection broke", weight="dropped")
        told = f"{code}: {words}" if words else str(code)
        return SourceError(f"{self._host} closed the connection ({told})", weight="dropped")


async def open_socket(opening: Opening) -> HttpSocket:
    """Shake hands.

    Raises:
        SourceError: the server answered otherwise; says what that means, as for documents.
    """
    try:
        socket = await opening.session.ws_connect(
            opening.url,
            headers=opening.headers,
            autoping=False,
            max_msg_size=opening.most_bytes,
            decode_text=False,
            timeout=ClientWSTimeout(ws_close=_CLOSE_SECONDS),
        )
    except WSServerHandshakeError as error:
        found = {name.lower(): value for name, value in (error.headers or {}).items()}
        if error.status in {HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.OK}:
            raise SourceError(
                f"{opening.host} answers, but with no WebSocket", weight="hard"
            ) from error
        raise answers.failure(error.status, opening.host, found, opening.clock.now()) from error
    return HttpSocket(socket, opening.host, opening.most_bytes)
