"""Talk with an IMAP server: commands under their tags, responses with their literals."""

import asyncio
import re

from bunco.errors import SourceError
from ingest.mail.imap_wire import Response

LINE_LIMIT = 2 << 20
"""Bytes of a line. Source: ours; a search is asked for in pieces that fit into half of it."""

_LITERAL = re.compile(rb"\{(\d{1,12})\}$")
_BUSY = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)
_SAID_LIMIT = 200


class RefusedError(Exception):
    """Say that a command was answered with NO or BAD."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text[:_SAID_LIMIT].decode("utf-8", "replace").strip())
        self.is_busy = _BUSY.search(text) is not None
        """It may work later."""


class Talk:
    """One side of a conversation.

    Args:
        reader: where the server's words come from.
        writer: where ours go.
        seconds: how long each piece of an answer is waited for.
        most_bytes: of one response.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        seconds: float,
        most_bytes: int,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._number = 0

    async def command(self, command: bytes) -> list[Response]:
        """Send a command and give the untagged responses to it.

        Raises:
            RefusedError: the server says NO or BAD.
            SourceError: it hangs up.
        """
        return await self.finished(self.send(command))

    def send(self, command: bytes) -> bytes:
        """Send a command and give its tag."""
        self._number += 1
        tag = b"b%d" % self._number
        self.write(tag + b" " + command)
        return tag

    def write(self, line: bytes) -> None:
        """Send a line as it is."""
        self._writer.write(line + b"\r\n")

    async def continued(self, tag: bytes) -> None:
        """Wait until the server asks for more of a command.

        Raises:
            RefusedError: it says NO or BAD.
        """
        while not (answer := await self.response()).text.startswith(b"+"):
            if answer.words[:1] == [tag]:
                raise RefusedError(answer.text.partition(b" ")[2])

    async def finished(self, tag: bytes) -> list[Response]:
        """Wait for the end of a command and give the untagged responses until then.

        Raises:
            RefusedError: the server says NO or BAD.
        """
        await self._writer.drain()
        answers: list[Response] = []
        while True:
            answer = await self.response()
            if answer.text.startswith(b"+"):
                self.write(b"")  # XOAUTH2 tells the reason so and waits for a sign
            elif answer.words[:1] != [tag]:
                answers.append(answer)
            elif answer.words[1:2] == [b"OK"]:
                return answers
            else:
                raise RefusedError(answer.text.partition(b" ")[2])

    async def response(self, seconds: float = 0.0) -> Response:
        """Give the next response, literals and all.

        Args:
            seconds: how long its first line is waited for, where that is not as usual.

        Raises:
            SourceError: it is larger than anything that was asked for, or a goodbye.
            TimeoutError: it did not come in time.
        """
        text, literals, most = bytearray(), list[bytes](), self._most_bytes
        while True:
            async with asyncio.timeout(seconds or self._seconds):
                text += (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")
            seconds = 0.0
            if not (found := _LITERAL.search(text)):
                break
            most -= int(found[1])
            if most < 0:
                raise SourceError("the server sent more than was asked for")
            async with asyncio.timeout(self._seconds):
                literals.append(await self._reader.readexactly(int(found[1])))
        answer = Response(bytes(text), tuple(literals))
        if answer.is_a(b"BYE"):
            said = answer.text[6 : 6 + _SAID_LIMIT].decode("utf-8", "replace")
            raise SourceError(f"the server hung up: {said}", weight="temporary")
        return answer

    async def is_ahead(self) -> bool:
        """Tell whether there are words that nobody has read yet."""
        try:
            async with asyncio.timeout(0):
                return bool(await self._reader.read(1))
        except TimeoutError:
            return False

    def hang_up(self) -> None:
        """Close the connection without a word."""
        self._writer.transport.abort()
