"""Print alerts: for trying out, and for those who pipe them on."""

import asyncio
import sys

from msgspec import Struct

from bunco.alerting import Notifier, Outgoing
from bunco.errors import SendError
from bunco.ports.parts import Part


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to set: ``[notify.NAME]`` with ``kind = "stdout"``."""


class StdoutNotifier:
    """Print the text of each message, with its id."""

    async def send(self, message: Outgoing) -> None:
        """Print a message."""
        try:
            await asyncio.to_thread(_print, message)
        except OSError as error:
            raise SendError(f"standard output: {error}", recoverable=False) from error

    async def close(self) -> None:
        """Let go of nothing."""


def _print(message: Outgoing) -> None:
    to = f" to {message.recipient}" if message.recipient else ""
    sys.stdout.write(f"--- alert {message.id}{to}\n{message.text}\n")
    sys.stdout.flush()


def make(options: Options) -> Notifier:
    """Make the notifier."""
    del options
    return StdoutNotifier()


PART: Part[Notifier] = Part(Options, make)
