"""Send alerts to chats and phones through Apprise: Slack, Discord, ntfy, Telegram and more.

Needs the extra ``notify``. Source: https://github.com/caronc/apprise/wiki
"""

import asyncio

import apprise
from msgspec import Struct

from bunco.alerting import Notifier, Outgoing
from bunco.errors import SendError
from bunco.ports.parts import Part
from bunco.values import Duration, Secret

_MOST = 3500
"""Characters of a message: what the smallest of the usual channels takes. Source: ours."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where they go: ``[notify.NAME]`` with ``kind = "apprise"``."""

    url: Secret
    """Apprise's address of the channel, which holds its password."""
    timeout: Duration = Duration(seconds=30)


class AppriseNotifier:
    """Hand each message to one channel of Apprise."""

    def __init__(self, options: Options) -> None:
        self._timeout = options.timeout
        self._channel = apprise.Apprise()
        self._is_known = self._channel.add(options.url.reveal())

    async def send(self, message: Outgoing) -> None:
        """Send a message."""
        if not self._is_known:
            raise SendError("this is no address that Apprise knows", recoverable=False)
        body = message.text if len(message.text) <= _MOST else message.text[:_MOST] + "\n…"
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                went = await self._channel.async_notify(title=message.subject, body=body)
        except TimeoutError as error:
            raise SendError("the channel did not answer in time", recoverable=True) from error
        if not went:
            raise SendError("the channel did not take it", recoverable=True)

    async def close(self) -> None:
        """Let go of nothing."""


def make(options: Options) -> Notifier:
    """Make the notifier."""
    return AppriseNotifier(options)


PART: Part[Notifier] = Part(Options, make)
