"""What went wrong on the way to a web server, in words an operator understands.

Nothing here shows a query, a path or a password: they may be secrets.
"""

import errno
import socket
from datetime import timedelta

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponseError,
    ClientSSLError,
    InvalidURL,
)

from bunco.errors import SourceError, Weight
from ingest import guard

_OURS = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EMFILE, errno.ENFILE})

_BROKEN: tuple[tuple[type[Exception], str, Weight], ...] = (
    (ClientPayloadError, "the answer was cut off", "soft"),
    (InvalidURL, "this is no host of a web address", "hard"),
    (ClientResponseError, "the answer is no valid HTTP", "hard"),
    (ValueError, "the answer is no valid HTTP", "hard"),
)
"""First match counts."""


def mishap(error: Exception, host: str, timeout: timedelta) -> SourceError:
    """Give the words and weight of what went wrong on the way to a host.

    Args:
        error: as aiohttp or the system raised it.
        host: whom it was about.
        timeout: how long it was waited for.
    """
    if refused := guard.refusal(error):
        hint = "; allow_private = true in its table lets it be read"
        return SourceError(f"{host}: {refused}{hint}", weight="hard")
    if isinstance(error, guard.RedirectRefusedError):
        return SourceError(f"{host} redirects, which no stream follows", weight="hard")
    if isinstance(error, ClientConnectorError):
        return _unconnected(error, host)
    if isinstance(error, TimeoutError):
        whole = f"{timeout.total_seconds():g} s"
        return SourceError(f"{host} gave no whole answer within {whole}")
    for kinds, words, weight in _BROKEN:
        if isinstance(error, kinds):
            return SourceError(f"{host}: {words}", weight=weight)
    return SourceError(f"{host}: the connection broke ({type(error).__name__})")


def _unconnected(error: ClientConnectorError, host: str) -> SourceError:
    cause = error.os_error
    if isinstance(error, ClientSSLError):
        return SourceError(f"{host}: the TLS connection failed ({cause})")
    if isinstance(error, ClientConnectorDNSError):
        if cause.errno == socket.EAI_AGAIN:
            return SourceError(f"{host}: names cannot be resolved now", weight="temporary")
        return SourceError(f"{host}: no such host name")
    if cause.errno in _OURS:
        return SourceError(f"{host}: no network ({cause.strerror})", weight="temporary")
    return SourceError(f"{host}: no connection ({cause.strerror or 'refused'})")
