"""Put into words what can go wrong on the way to a mail server."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENETDOWN, ENETUNREACH

from bunco.errors import SourceError


@contextmanager
def explained(host: str) -> Iterator[None]:
    """Turn every failure of a connection into one that says what it means.

    Raises:
        SourceError: something failed inside.
    """
    try:
        yield
    except SourceError as error:
        named = f"{host}: {error.reason}"
        raise SourceError(named, weight=error.weight, retry_after=error.retry_after) from error
    except ssl.SSLCertVerificationError as error:
        reason = f"{host}: its certificate is not accepted ({error.verify_message})"
        raise SourceError(f"{reason}; ca_file names another authority", weight="hard") from error
    except ssl.SSLError as error:
        reason = f"{host}: no TLS connection ({error.reason or error}); is the port the right one?"
        raise SourceError(reason) from error
    except TimeoutError as error:
        raise SourceError(f"{host} does not answer", weight="temporary") from error
    except (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError) as error:
        raise _broken(host, error) from error
    except socket.gaierror as error:
        weight = error.errno == socket.EAI_AGAIN
        reason = "names cannot be resolved now" if weight else "no such host name"
        raise SourceError(f"{host}: {reason}", weight="temporary" if weight else "soft") from error
    except OSError as error:
        ours = error.errno in {ENETDOWN, ENETUNREACH}
        reason = f"{host}: no connection ({error.strerror or type(error).__name__})"
        raise SourceError(reason, weight="temporary" if ours else "soft") from error
    except (asyncio.LimitOverrunError, ValueError) as error:
        raise SourceError(f"{host}: this is no IMAP that can be understood ({error})") from error


def _broken(host: str, error: Exception) -> SourceError:
    if isinstance(error, ConnectionRefusedError):
        return SourceError(f"{host}: no connection (refused)", weight="temporary")
    return SourceError(f"{host}: the connection broke off", weight="temporary")
