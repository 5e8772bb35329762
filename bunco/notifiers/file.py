"""Put alerts into a Maildir: every mail program reads it, and nothing leaves the machine.

Source: https://cr.yp.to/proto/maildir.html. A message is written to ``tmp`` and renamed to
``new``; its name is its id, so that one sent again takes its own place.
"""

import asyncio
import os
from pathlib import Path

from msgspec import Struct

from bunco.alerting import Notifier, Outgoing
from bunco.errors import SendError
from bunco.ports.parts import Part


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where they go: ``[notify.NAME]`` with ``kind = "file"``."""

    path: str
    """The Maildir; it is made where it is not there."""


class FileNotifier:
    """Write each message as one file."""

    def __init__(self, options: Options) -> None:
        self._folder = Path(options.path)

    async def send(self, message: Outgoing) -> None:
        """Write a message."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise SendError(f"{self._folder}: {error}", recoverable=True) from error

    async def close(self) -> None:
        """Let go of nothing."""

    def _write(self, message: Outgoing) -> None:
        for name in ("tmp", "new", "cur"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        if any((self._folder / "cur").glob(f"{message.id}.bunco*")):
            return  # it came before, and was read
        name = f"{message.id}.bunco"
        with (self._folder / "tmp" / name).open("wb") as file:
            file.write(message.mail.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        (self._folder / "tmp" / name).replace(self._folder / "new" / name)


def make(options: Options) -> Notifier:
    """Make the notifier."""
    return FileNotifier(options)


PART: Part[Notifier] = Part(Options, make)
