"""Killed with -9 at any moment, every mail arrives, and each under one Message-ID."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from bunco.clock import SystemClock
from bunco.ledgers.sqlite import SqliteLedger
from bunco.stores.sqlite import Options
from tests.contract.test_ledgers import a_step, an_entry
from tests.mail_server import Handler, mail_server

MAILS = 300


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.long)])
def test_kills_lose_no_mail_and_make_none_two(tmp_path: Path, kills: int) -> None:
    path = tmp_path / "ledger.db"
    ledger = SqliteLedger(Options(path=str(path)))
    names = {f"e{number}" for number in range(MAILS)}
    now = SystemClock().now()
    entries = [an_entry(name, decided_at=now, next_at=now) for name in sorted(names)]
    ledger.commit(a_step(entries=tuple(entries)))
    chance = Random(kills)  # no secret

    with mail_server(handler := Handler()) as port:
        command = [sys.executable, "-m", "tests.bunco.alerts.sending", str(path), str(port)]
        began: list[int] = []
        for _ in range(kills):
            began.append(len(handler.raw))
            process = subprocess.Popen(command)
            wanted = min(MAILS - 1, len(handler.raw) + chance.randint(1, MAILS // kills))
            _wait(partial(_have_come, handler, wanted))
            sleep(chance.uniform(0, 0.05))
            process.kill()
            process.wait()
        with subprocess.Popen(command) as process:
            try:
                _wait(lambda: {one.state for one in ledger.entries(limit=MAILS)} == {"sent"})
            finally:
                process.kill()

    came = Counter(str(one["Message-ID"]) for one in handler.messages)
    assert set(came) == {f"<{name}@example.org>" for name in names}
    again = sum(came.values()) - MAILS
    assert again <= kills, "at most the mail that was on its way when it was killed"
    assert len(set(began)) > 1, "it was killed in the midst of its work"
    ledger.close()


def _have_come(handler: Handler, least: int) -> bool:
    return len(handler.raw) >= least


def _wait(done: Callable[[], bool]) -> None:
    until = monotonic() + 60
    while not done():
        assert monotonic() < until
        sleep(0.01)
