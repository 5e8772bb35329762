"""Take what was decided to its recipients: once, whatever breaks on the way.

decided → (written: sending, until) → notifier → (written: sent)

An entry that was being sent when the process died is lost and not known to have arrived; once
its time is up it is sent again under the same Message-ID, which mail programs show once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from bunco.alerting import Alert, Entry, Ledger, Notifier, Outgoing
from bunco.errors import BuncoError, SendError
from bunco.log import logger
from bunco.ports.parts import Clock

LEASE = timedelta(minutes=5)
"""After so long an entry that is being sent counts as lost. Source: ours; longer than the
time-outs of all steps of one SMTP conversation."""
GIVE_UP = timedelta(days=2)
"""An alert that old is news no more. Source: ours."""
_FIRST, _LONGEST = timedelta(seconds=20), timedelta(hours=1)
_SPREAD = 0.3

Write = Callable[[Entry, Alert], Outgoing | None]
"""Gives the message of an entry as things are now; None: nothing of it is left."""
_log = logger(__name__)


class Outbox:
    """Send what is due.

    Args:
        ledger: where entries stand.
        notifiers: by the names that rules give.
        write: blocks.
        clock: tells when to try again.
        random: spreads the times of trying again.
        lease: see ``LEASE``.
    """

    def __init__(  # noqa: PLR0913  # each is a thing of its own
        self,
        ledger: Ledger,
        notifiers: Mapping[str, Notifier],
        write: Write,
        *,
        clock: Clock,
        random: Random,
        lease: timedelta = LEASE,
    ) -> None:
        self._ledger = ledger
        self._notifiers = notifiers
        self._write = write
        self._clock = clock
        self._random = random
        self._lease = lease

    async def send_due(self) -> int:
        """Send all that is due now; give how many went. Channels do not wait for each other.

        Raises:
            StoreError: the ledger failed.
        """
        due = await asyncio.to_thread(self._ledger.due, self._clock.now())
        channels: dict[str, list[Entry]] = {}
        for entry in due:
            channels.setdefault(entry.through, []).append(entry)
        went = await asyncio.gather(*map(self._send_all, channels.values()))
        return sum(went)

    async def _send_all(self, entries: Sequence[Entry]) -> int:
        return sum([await self._send(entry) for entry in entries])

    async def _send(self, entry: Entry) -> bool:
        now = self._clock.now()
        sending = replace(entry, state="sending", next_at=now + self._lease, tries=entry.tries + 1)
        if not await asyncio.to_thread(self._ledger.move, entry, sending):
            return False  # somebody else has it
        message, after = await asyncio.to_thread(self._written, sending)
        if message is not None:
            after = await self._handed_over(sending, message)
        await asyncio.to_thread(self._ledger.move, sending, after)
        return after.state == "sent"

    def _written(self, entry: Entry) -> tuple[Outgoing | None, Entry]:
        alert = self._ledger.alert(entry.alert)
        message = None if alert is None else self._write(entry, alert)
        if message is None:
            return None, replace(entry, state="cancelled", error="what it was about is removed")
        return message, entry

    async def _handed_over(self, entry: Entry, message: Outgoing) -> Entry:
        notifier = self._notifiers.get(entry.through)
        try:
            if notifier is None:
                raise SendError(  # noqa: TRY301  # told as every other failure
                    f"there is no [notify.{entry.through}] any more", recoverable=False
                )
            await notifier.send(message)
        except SendError as error:
            return self._after(entry, error)
        except Exception as error:  # noqa: BLE001  # one channel never stops the others
            return self._after(entry, SendError(repr(error), recoverable=True))
        now = self._clock.now()
        _log.info("alert sent", rule=entry.rule, id=entry.id, tries=entry.tries)
        return replace(entry, state="sent", sent_at=now, next_at=now, error="")

    def _after(self, entry: Entry, error: SendError) -> Entry:
        now = self._clock.now()
        is_over = not error.recoverable or now > entry.decided_at + GIVE_UP
        log = _log.error if is_over else _log.warning
        log("alert not sent", rule=entry.rule, id=entry.id, tries=entry.tries, error=error.reason)
        return replace(
            entry,
            state="failed" if is_over else "decided",
            next_at=now if is_over else now + self._backoff(entry.tries),
            error=error.reason,
        )

    def _backoff(self, tries: int) -> timedelta:
        wait = min(_FIRST * (1 << min(tries - 1, 12)), _LONGEST)
        return wait * (1 + _SPREAD * (2 * self._random.random() - 1))


async def run(
    look: Callable[[datetime], object],
    outbox: Outbox,
    clock: Clock,
    *,
    stop: asyncio.Event,
    every: timedelta = timedelta(seconds=1),
) -> None:
    """Look and send until ``stop`` is set; what fails is logged and tried again.

    Args:
        look: decides; blocks.
        outbox: sends.
        clock: the time that is decided by.
        stop: ends it after the mail that is on its way.
        every: the time between two looks.
    """
    told = ""
    while not stop.is_set():
        try:
            await asyncio.to_thread(look, clock.now())
            await outbox.send_due()
            told = ""
        except BuncoError as error:
            if str(error) != told:
                _log.warning("alerts have to wait", error=str(error))
                told = str(error)
        try:
            await asyncio.wait_for(stop.wait(), every.total_seconds())
        except TimeoutError:
            continue
