"""Bring records to Kafka: none lost while we live, none overtaken by a later one.

    send → the producer's buffer → acknowledged, or refused for good, or sent again

The idempotent producer retries by itself for as long as it takes, without doubles. What it gives
up all the same we send again ourselves, once nothing else is under way: one by one, in the order
they came, before whatever came later. kafka-python 3.0 gives up all that is under way when Kafka
refuses one record (for its size, say), with the error of that one, and is of no use from then
on: hence a new producer, and one record at a time, which tells whose error it was.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from kafka.errors import (
    AuthorizationError,
    InvalidRecordError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RetriableError,
    SaslAuthenticationFailedError,
)
from msgspec import Struct, field

from bunco import log
from bunco.errors import BrokerError, BuncoError
from bunco.options import KafkaOptions
from bunco.streams.connection import REQUEST_BYTES, why
from bunco.streams.producer import Producer, close_producer
from bunco.streams.records import HEADERS

Done: TypeAlias = Callable[[str], None]
"""Called once: with the empty text when it is acknowledged, else with why it is refused."""

LARGEST_BYTES = REQUEST_BYTES - (1 << 16)
"""Of a record's value; some room is left for key, headers and frame."""

_AGAIN_SECONDS = 0.2
_MOST_FAILURES = 20
"""After so many in a row that a retry should not meet, something is wrong for good."""

_REFUSED = (InvalidRecordError, MessageSizeTooLargeError, RecordListTooLargeError)
_FATAL = (AuthorizationError, SaslAuthenticationFailedError)

_log = log.logger(__name__)


class Record(Struct, frozen=True, kw_only=True):
    """One record on its way."""

    topic: str
    partition: int
    value: bytes
    key: bytes | None = None
    headers: list[tuple[str, bytes]] = field(default_factory=lambda: HEADERS)


class _Letter(Struct):
    """A record with its place in the order in which they came."""

    record: Record
    done: Done
    number: int
    failures: int = 0


class Sending:
    """Send records in order for each partition; see the module. Lives in one event loop.

    Args:
        producer: whose buffer is used.
        another: connects a new producer in place of one that is of no use any more.
        options: for the words of errors.
    """

    def __init__(
        self,
        producer: Producer,
        another: Callable[[], Awaitable[Producer]],
        options: KafkaOptions,
    ) -> None:
        self._producer = producer
        self._another = another
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._count = 0
        self._flying = 0
        self._failed: list[_Letter] = []
        self._held: deque[_Letter] = deque()
        self._is_spent = False
        self._mending: asyncio.Task[None] | None = None
        self.broken: asyncio.Future[None] = self._loop.create_future()
        """Fails with a BrokerError once nothing can be sent any more."""

    def send(self, record: Record, done: Done) -> None:
        """Send one record; never blocks for long, whatever the broker does."""
        if len(record.value) > LARGEST_BYTES:
            self._loop.call_soon(done, f"larger than the {LARGEST_BYTES} bytes a record may have")
            return
        self._count += 1
        letter = _Letter(record, done, self._count)
        if self._failed or self._held or self._mending is not None:
            self._held.append(letter)
        else:
            self._launch(letter)

    async def close(self) -> None:
        """Send no more; let go of the connections."""
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        if not self.broken.cancel() and not self.broken.cancelled():
            self.broken.exception()  # whoever waited for it was told
        await asyncio.to_thread(close_producer, self._producer)

    def _launch(self, letter: _Letter) -> None:
        self._flying += 1
        self._post(letter.record, lambda error: self._landed(letter, error))

    def _post(self, record: Record, landed: Callable[[Exception | None], None]) -> None:
        """Give a record to the producer; ``landed`` is called in the event loop, later."""
        try:
            future = self._producer.send(
                record.topic, record.value, record.key, record.headers, record.partition
            )
        except (KafkaError, ValueError) as error:  # ValueError: no such partition any more
            self._loop.call_soon(landed, error)
            return

        def tell(error: Exception | None) -> None:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(landed, error)

        future.add_callback(lambda _: tell(None))
        future.add_errback(tell)

    def _landed(self, letter: _Letter, error: Exception | None) -> None:
        self._flying -= 1
        if error is None:
            letter.done("")
        else:
            self._note(letter, error)
            self._failed.append(letter)
        if self._failed and not self._flying and not self.broken.done():
            _log.warning("sending again", records=len(self._failed), reason=repr(error))
            self._mending = self._loop.create_task(self._mend())

    def _note(self, letter: _Letter, error: Exception) -> None:
        """Judge whether to go on at all, and with this producer."""
        if isinstance(error, RetriableError):
            return
        self._is_spent = True
        letter.failures += 1
        if isinstance(error, _FATAL) or letter.failures > _MOST_FAILURES:
            self._break(error)

    async def _mend(self) -> None:
        """Send what failed again, each alone; then go on with what was held back."""
        try:
            self._failed.sort(key=lambda letter: letter.number)
            while self._failed:
                await self._send_alone(self._failed[0])
                self._failed.pop(0)
        except Exception as error:  # noqa: BLE001  # whatever it is, nothing is sent any more
            self._break(error)
            return
        self._mending = None
        while self._held and not self._failed:
            self._launch(self._held.popleft())

    async def _send_alone(self, letter: _Letter) -> None:
        """Send one again and again, until it is acknowledged or it is the one refused.

        Raises:
            BrokerError: nothing can be sent any more.
        """
        while not self.broken.done():
            if self._is_spent:
                spent, self._producer = self._producer, await self._another()
                self._is_spent = False
                await asyncio.to_thread(close_producer, spent)
            outcome: asyncio.Future[Exception | None] = self._loop.create_future()
            self._post(letter.record, outcome.set_result)
            error = await outcome
            if error is None or isinstance(error, _REFUSED):
                self._is_spent = error is not None
                letter.done("" if error is None else why(error, self._options))
                return
            self._note(letter, error)
            await asyncio.sleep(_AGAIN_SECONDS)
        self.broken.result()

    def _break(self, error: Exception) -> None:
        if not self.broken.done():
            ours = isinstance(error, BuncoError)
            reason = str(error) if ours else why(error, self._options)
            self.broken.set_exception(BrokerError(reason))
