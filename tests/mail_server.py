"""A real SMTP server on loopback that does what a test asks of it."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, TypeAlias

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "data/smtp/cert.pem"
_KEY = CERTIFICATE.with_name("key.pem")

Mood: TypeAlias = Literal["take", "refuse", "later", "drop", "drop after", "stall"]


class Handler:
    """Take messages, or not, as the moods say: one for each message, then ``take``."""

    def __init__(self, moods: tuple[Mood, ...] = ()) -> None:
        self.moods = list(moods)
        self.raw: list[bytes] = []
        self.peers: set[Any] = set()
        self.refused: set[str] = set()

    @property
    def messages(self) -> list[EmailMessage]:
        """Give what was taken, parsed without mercy."""
        return [message_from_bytes(raw, policy=policy.strict) for raw in self.raw]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse those that are to be refused."""
        del server, session, options
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """Answer the end of a message."""
        mood = self.moods.pop(0) if self.moods else "take"
        self.peers.add(session.peer)
        match mood:
            case "refuse":
                return "554 5.7.1 we do not want it"
            case "later":
                return "451 4.3.0 come again"
            case "stall":
                await asyncio.sleep(5)
            case "drop":
                server.transport.abort()
                return "451 gone"
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        if mood == "drop after":
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server(handler: Handler, **options: Any) -> Iterator[int]:
    """Serve until the block ends; give the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = _Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result(5)
        controller.stop()


class _Controller(Controller):
    """A controller that leaves no connection to Python's collector when it stops."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        """Make the protocol of a connection."""
        session: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._sessions.append(session)
        return session

    async def hang_up(self) -> None:
        """Cut off every client, and let the loop see it to the end."""
        for session in self._sessions:
            for transport in (session.transport, session._original_transport):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()
        await asyncio.sleep(0.05)


def tls() -> ssl.SSLContext:
    """Give what a server with the test's certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, _KEY)
    return context


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Let ``ann`` in with the password ``right``."""
    del server, session, envelope, mechanism
    is_right = isinstance(data, LoginPassword) and data == LoginPassword(b"ann", b"right")
    return AuthResult(success=is_right, handled=False)
