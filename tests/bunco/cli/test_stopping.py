"""The first signal asks, the second one ends."""

import signal
import subprocess
import sys

import pytest

_STUBBORN = """
import asyncio
from bunco.cli.stopping import stopped_by_signals

async def main():
    stop = asyncio.Event()
    with stopped_by_signals(stop):
        print("ready", flush=True)
        await stop.wait()
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_what_does_not_stop(number: signal.Signals) -> None:
    command = [sys.executable, "-c", _STUBBORN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as stubborn:
        assert stubborn.stdout is not None
        assert stubborn.stderr is not None
        stubborn.stdout.readline()

        stubborn.send_signal(number)
        said = stubborn.stderr.readline()
        stubborn.send_signal(number)

        assert stubborn.wait(timeout=30) == 128 + number
        assert b"Stopping after the running batch" in said
