"""A small IMAP client: log in, look into one folder without touching it, wait for more.

Only what this project needs; why none of the kept clients is used: docs/decisions/0028. The
folder is opened with EXAMINE, so that nothing can be marked as read, moved or deleted.

Source: RFC 3501; IDLE: RFC 2177; SASL-IR: RFC 4959; XOAUTH2: Google's and Microsoft's pages.
"""

import asyncio
import re
import ssl
from base64 import b64encode
from collections.abc import Iterable

from msgspec import Struct

from bunco.errors import SourceError
from bunco.values import Secret
from ingest.mail.imap_talk import LINE_LIMIT, RefusedError, Talk
from ingest.mail.imap_wire import Response, Told, folder_name, quoted, told
from ingest.mail.mishaps import explained

_WINDOW = 100_000
"""UIDs of one search: a number and its space are 11 bytes at most."""

_SPARE_BYTES = 1 << 16
"""What a response may hold beside the mail. Source: ours."""

_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d+)\]", re.IGNORECASE)
_NEXT = re.compile(rb"\[UIDNEXT (\d+)\]", re.IGNORECASE)


class Server(Struct, frozen=True, kw_only=True):
    """Where a mailbox is, and how to get in."""

    host: str
    port: int
    security: str
    """``tls``, ``starttls`` or ``none``."""
    username: str
    password: Secret | None = None
    token: Secret | None = None
    """In place of the password: an access token of OAuth 2."""
    folder: str = "INBOX"
    ca_file: str = ""
    timeout: float = 60.0
    """Seconds, for each step."""
    most_bytes: int = 1 << 20
    """Of a mail."""


class Connection:
    """One connection to a server, with a folder open; ``connect`` makes it."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._writer = writer
        self._talk = Talk(
            reader, writer, seconds=server.timeout, most_bytes=server.most_bytes + _SPARE_BYTES
        )
        self._able: set[bytes] = set()
        self._next = 0
        self.validity = 0
        """The folder's UIDVALIDITY."""

    @property
    def can_idle(self) -> bool:
        """Tell whether the server tells of new mails by itself."""
        return b"IDLE" in self._able

    async def open(self) -> None:
        """Log in and open the folder.

        Raises:
            SourceError: the server lets nobody in, or has no such folder.
        """
        with explained(self._server.host):
            greeting = await self._talk.response()
            if greeting.words[1:2] != [b"OK"]:
                raise ValueError("it greets otherwise")
            await self._learn()
            if self._server.security == "starttls":
                await self._secure()
            await self._log_in()
            await self._examine()

    async def search(self, after: int) -> list[int]:
        """Give UIDs above one, in their order; of a large folder the first of them.

        Raises:
            SourceError: the connection is lost, or the server refuses.
        """
        await self._asked(b"NOOP")  # a search alone does not see what came since the last command
        while True:
            end = after + _WINDOW if after + _WINDOW < self._next else 0
            upto = b"%d" % end if end else b"*"
            answers = await self._asked(b"UID SEARCH UID %d:%s" % (after + 1, upto))
            words = (word for one in answers if one.is_a(b"SEARCH") for word in one.words[2:])
            found = sorted({int(word) for word in words if word.isdigit() and int(word) > after})
            if found or not end:
                return found
            after = end

    async def fetch(self, uids: Iterable[int], items: str) -> dict[int, Told]:
        """Give what the server tells of mails; those that are gone are left out.

        Raises:
            SourceError: the connection is lost, or the server refuses.
        """
        which = ",".join(map(str, uids))
        answers = await self._asked(f"UID FETCH {which} (UID {items})".encode())
        with explained(self._server.host):
            found = [told(one) for one in answers if one.counts(b"FETCH")]
        return {one.uid: one for one in found if one.uid}

    async def idle(self, seconds: float) -> bool:
        """Wait until the server tells of a new mail; False where it did not in that time.

        Raises:
            SourceError: the connection is lost.
        """
        with explained(self._server.host):
            tag = self._talk.send(b"IDLE")
            await self._talk.continued(tag)
            came = await self._exists(seconds)
            self._talk.write(b"DONE")
            late = await self._talk.finished(tag)
        return came or any(one.counts(b"EXISTS") for one in late)

    async def close(self) -> None:
        """Take leave, within a second, whatever the server does."""
        try:
            async with asyncio.timeout(1):
                await self._talk.command(b"LOGOUT")
        except (OSError, EOFError, ValueError, SourceError, RefusedError):
            pass  # it is left all the same
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection without a word."""
        self._talk.hang_up()

    async def _asked(self, command: bytes) -> list[Response]:
        with explained(self._server.host):
            try:
                return await self._talk.command(command)
            except RefusedError as error:
                raise SourceError(f"refused: {error}") from error

    async def _exists(self, seconds: float) -> bool:
        until = asyncio.get_running_loop().time() + seconds
        try:
            while (left := until - asyncio.get_running_loop().time()) > 0:
                if (await self._talk.response(left)).counts(b"EXISTS"):
                    return True
        except TimeoutError:
            pass
        return False

    async def _learn(self) -> None:
        """Ask what the server is able to do; it may be more after each step."""
        answers = await self._talk.command(b"CAPABILITY")
        words = (word for one in answers if one.is_a(b"CAPABILITY") for word in one.words[2:])
        self._able = {word.upper() for word in words}

    async def _secure(self) -> None:
        server = self._server
        if b"STARTTLS" not in self._able:
            raise SourceError(f"there is no STARTTLS on port {server.port}", weight="hard")
        await self._talk.command(b"STARTTLS")
        if await self._talk.is_ahead():  # its words would be taken for words inside TLS
            raise SourceError("somebody spoke between STARTTLS and TLS", weight="hard")
        await self._writer.start_tls(context(server.ca_file), server_hostname=server.host)
        await self._learn()

    async def _log_in(self) -> None:
        try:
            await self._prove()
        except RefusedError as error:
            reason = f"{self._server.username} is not let in: {error}"
            raise SourceError(reason, weight="soft" if error.is_busy else "hard") from error
        await self._learn()

    async def _prove(self) -> None:
        """Show the password or token in the best form the server takes."""
        server = self._server
        try:
            secret = (server.token or server.password or Secret("")).reveal()
        except ValueError as error:
            raise SourceError(f"the password or token needs {error}", weight="hard") from error
        if server.token is not None:
            proof = f"user={server.username}\x01auth=Bearer {secret}\x01\x01"
            await self._authenticate(b"XOAUTH2", proof)
        elif b"AUTH=PLAIN" in self._able:
            await self._authenticate(b"PLAIN", f"\0{server.username}\0{secret}")
        elif b"LOGINDISABLED" in self._able:
            raise SourceError("it takes no password on an open line", weight="hard")
        else:
            login = b"LOGIN " + quoted(server.username) + b" " + quoted(secret)
            await self._talk.command(login)

    async def _authenticate(self, method: bytes, proof: str) -> None:
        packed = b64encode(proof.encode())
        if b"SASL-IR" in self._able:
            tag = self._talk.send(b"AUTHENTICATE " + method + b" " + packed)
        else:
            tag = self._talk.send(b"AUTHENTICATE " + method)
            await self._talk.continued(tag)
            self._talk.write(packed)
        await self._talk.finished(tag)

    async def _examine(self) -> None:
        folder = self._server.folder
        try:
            answers = await self._talk.command(b"EXAMINE " + quoted(folder_name(folder)))
        except RefusedError as error:
            reason = f"the folder {folder} cannot be read: {error}"
            raise SourceError(reason, weight="hard") from error
        for one in answers:
            if found := _VALIDITY.search(one.text):
                self.validity = int(found[1])
            if found := _NEXT.search(one.text):
                self._next = int(found[1])


async def connect(server: Server) -> Connection:
    """Connect, log in and open the folder.

    Raises:
        SourceError: that cannot be done now; says why.
    """
    with explained(server.host):
        secure = context(server.ca_file) if server.security == "tls" else None
        async with asyncio.timeout(server.timeout):
            reader, writer = await asyncio.open_connection(
                server.host, server.port, ssl=secure, limit=LINE_LIMIT
            )
    connection = Connection(server, reader, writer)
    try:
        await connection.open()
    except BaseException:
        connection.hang_up()
        raise
    return connection


def context(ca_file: str) -> ssl.SSLContext:
    """Give what TLS is held to: the server's certificate, by the system's authorities or one.

    Raises:
        SourceError: the authority's file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        reason = f"the certificates of {ca_file} cannot be read: {error.strerror or error}"
        raise SourceError(reason, weight="hard") from error
