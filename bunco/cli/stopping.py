"""Let Ctrl-C and SIGTERM end a run after its running batch; a second one ends it at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from bunco.cli.terminal import say

_STOPPING = "Stopping after the running batch; once more ends at once."
_KILLED = 128
"""Added to the signal's number: how shells tell that a signal ended a command."""


@contextmanager
def stopped_by_signals(stop: asyncio.Event, sentence: str = _STOPPING) -> Iterator[None]:
    """Set the event on the first signal; end the process on the second.

    Nothing is lost by the second: what is not committed is read again.

    Args:
        stop: the event.
        sentence: what is said at the first.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        del frame
        if asked:
            os._exit(_KILLED + number)
        asked = True
        loop.call_soon_threadsafe(_told, stop, sentence)

    with _handlers(on_signal):
        yield


def _told(stop: asyncio.Event, sentence: str) -> None:
    stop.set()
    say(sentence)


@contextmanager
def _handlers(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
