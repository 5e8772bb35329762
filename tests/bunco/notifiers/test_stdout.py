"""Standard output shows what a mail says."""

import asyncio
import sys

import pytest
from msgspec.structs import replace

from bunco.alerting import Outgoing
from bunco.errors import SendError
from bunco.notifiers.stdout import PART, Options
from tests.bunco.notifiers.test_smtp import MESSAGE


def send(message: Outgoing) -> None:
    """Send one message."""
    asyncio.run(PART.make(Options()).send(message))


def test_the_text_is_printed_with_id_and_recipient(capsys: pytest.CaptureFixture[str]) -> None:
    send(MESSAGE)
    send(replace(MESSAGE, recipient=""))

    assert capsys.readouterr().out == (
        "--- alert m1 to ann@example.org\nHello\n--- alert m1\nHello\n"
    )


def test_an_output_that_is_closed_is_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> None:
            raise BrokenPipeError(text[:0])

    monkeypatch.setattr(sys, "stdout", Closed())

    with pytest.raises(SendError) as caught:
        send(MESSAGE)

    assert not caught.value.recoverable
