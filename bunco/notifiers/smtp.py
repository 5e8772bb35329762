"""Send alerts by SMTP: TLS, a login, one connection for many mails, a limit a minute.

One attempt a call; who calls tries again, later and under the same Message-ID. An answer of
5xx is for good, 4xx and everything about the connection may heal. After the last line of a
message was sent and no answer came nobody knows: that counts as may heal.
"""

import asyncio
import ssl
from collections import deque
from time import monotonic
from typing import Annotated, Literal

import aiosmtplib
from msgspec import Meta, Struct

from bunco.alerting import Notifier, Outgoing
from bunco.errors import SendError
from bunco.ports.parts import Part
from bunco.values import Duration, Secret

_MINUTE_S = 60.0
_LOST_S = 50.0
"""A connection unused so long is made anew. Source: ours; servers hang up after a minute."""
_PERMANENT = 500


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server: ``[notify.NAME]`` with ``kind = "smtp"``."""

    host: Annotated[str, Meta(min_length=1)]
    port: Annotated[int, Meta(ge=0, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """``none`` for a server on this machine only."""
    username: str = ""
    password: Secret | None = None
    ca_file: str = ""
    """The authority that signed the server's certificate; empty: the system's."""
    timeout: Duration = Duration(seconds=30)
    """For each step of a conversation."""
    most_a_minute: Annotated[int, Meta(ge=1)] = 60
    """Mails; more wait."""


class SmtpNotifier:
    """Send messages one after the other over one connection."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._lock = asyncio.Lock()
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = 0.0
        self._sent: deque[float] = deque(maxlen=options.most_a_minute)

    async def send(self, message: Outgoing) -> None:
        """Send a message."""
        async with self._lock:
            await self._spaced()
            try:
                client = await self._connected()
                await client.sendmail(message.sender, [message.recipient], message.mail)
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                if not _is_answer(error):
                    self._hang_up()
                raise _worded(error) from error
            except asyncio.CancelledError:
                self._hang_up()
                raise
            self._used_at = monotonic()
            self._sent.append(self._used_at)

    async def close(self) -> None:
        """Take leave of the server."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit(timeout=2)
            except (aiosmtplib.SMTPException, OSError):
                client.close()

    async def _spaced(self) -> None:
        if len(self._sent) == self._sent.maxlen:
            await asyncio.sleep(max(0.0, self._sent[0] + _MINUTE_S - monotonic()))

    async def _connected(self) -> aiosmtplib.SMTP:
        client = self._client
        if client is not None and client.is_connected and monotonic() < self._used_at + _LOST_S:
            return client
        self._hang_up()
        options = self._options
        client = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            tls_context=_tls(options.ca_file) if options.security != "none" else None,
            timeout=options.timeout.total_seconds(),
            username=options.username or None,
            password=options.password.reveal() if options.password else None,
        )
        self._client = client
        await client.connect()
        return client

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _tls(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file or None)


def _is_answer(error: Exception) -> bool:
    """Tell whether the server answered, so that the connection is still good."""
    return isinstance(
        error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError
    ) and getattr(error, "code", 0) not in {421, -1}


def _worded(error: Exception) -> SendError:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        said = f"the server answered {error.code} {error.message[:300]}"
        return SendError(said, recoverable=error.code < _PERMANENT)
    name = type(error).__name__
    return SendError(f"{name}: {error}"[:300] if str(error) else name, recoverable=True)


def make(options: Options) -> Notifier:
    """Make the notifier."""
    return SmtpNotifier(options)


PART: Part[Notifier] = Part(Options, make)
