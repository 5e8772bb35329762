"""The errors of bunco, split by who must act next.

* :class:`ConfigError` – the operator mends the configuration.
* :class:`UsageError` – the person at the prompt asks for something else.
* :class:`SourceError` – nobody; the poller waits and tries again.
* :class:`BadInput` – nobody now; the item is set aside as a dead letter.
* :class:`StoreError` – the operator looks at the store; nothing was written.
* :class:`BrokerError` – the operator looks at Kafka; nothing was acknowledged.
* :class:`SendError` – we wait and try again, or the operator mends the address.
"""

from datetime import timedelta
from typing import Literal, TypeAlias

Weight: TypeAlias = Literal["hard", "soft", "temporary", "dropped"]


class BuncoError(Exception):
    """Be the parent of every error that bunco raises on purpose."""


class ConfigError(BuncoError):
    """Say which setting is wrong, what was found and what is allowed.

    Args:
        where: the file or environment variable the setting came from.
        key: the dotted key inside it, for example ``source.hn.url``.
        found: the offending value as the operator wrote it (never a secret).
        allowed: what may stand there, in words.
    """

    def __init__(self, where: str, key: str, found: str, allowed: str) -> None:
        super().__init__(f"{where}: {key}: found {found}; allowed: {allowed}")
        self.where = where
        self.key = key
        self.found = found
        self.allowed = allowed


class UsageError(BuncoError):
    """Say that a request cannot be answered as it was asked."""


class SourceError(BuncoError):
    """Say that a source could not be read now, and how heavy that weighs.

    Args:
        reason: what went wrong, in words an operator understands.
        weight: ``hard`` (it answers, but not with a feed), ``soft`` (it often heals: 404,
            429, 5xx, DNS, TLS, time-outs), ``temporary`` (ours: no network, busy) or ``dropped``
            (a stream broke off: it is opened anew in about a second).
        retry_after: the wait the server asked for, if it did.
        status: what it answered, where it answered over HTTP; else 0.
    """

    def __init__(
        self,
        reason: str,
        *,
        weight: Weight = "soft",
        retry_after: timedelta | None = None,
        status: int = 0,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.weight: Weight = weight
        self.retry_after = retry_after
        self.status = status


class BadInput(BuncoError):  # noqa: N818  # a word of the domain, not of Python
    """Say why one item or document cannot be read; the rest goes on."""


class StoreError(BuncoError):
    """Say that the store could not be opened, read or written."""


class OvertakenError(StoreError):
    """Say that somebody else wrote to the store since it was read; nothing was written."""


class UnavailableError(StoreError):
    """Say that the store does not answer now; the same again later may work."""


class BrokerError(BuncoError):
    """Say that Kafka could not be reached, or refused; nothing was acknowledged."""


class SendError(BuncoError):
    """Say that a message was not sent, and whether it may work later.

    Args:
        reason: what went wrong, in words an operator understands.
        recoverable: whether to try again; the same message, under the same id.
    """

    def __init__(self, reason: str, *, recoverable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.recoverable = recoverable
