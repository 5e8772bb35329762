"""Killed while it decides or sends, a month comes to the same mails as without."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import pytest
from msgspec import Struct

from bunco.alerting import Alert, Outgoing
from tests.bunco.alerts.month import Life, Ticks, ticks
from tests.mail_server import Handler, mail_server

DAYS, AUTHORS, KILLS = 30, 20, 60
WRITES = {"commit", "move", "send"}
"""What changes something that outlives the process: before and after each it may be killed."""


class KilledError(BaseException):
    """Nothing catches it, as nothing catches a kill."""


class Chance:
    """Kill before or after the writes of these numbers."""

    def __init__(self, at: Collection[int]) -> None:
        self.at = frozenset(at)
        self.count = 0
        self.struck = 0
        self.unclear = 0
        """Kills after a mail was taken and before that was written down: it has to come again."""

    def strike(self, *, is_unclear: bool = False) -> None:
        """Count a moment, and kill if it is one of those that were drawn."""
        self.count += 1
        if self.count in self.at:
            self.struck += 1
            self.unclear += is_unclear
            raise KilledError


class Shaky:
    """Hand everything through to a part, and strike around its writes."""

    def __init__(self, part: object, chance: Chance) -> None:
        self._part = part
        self._chance = chance

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in WRITES:
            return found
        return self._sending if name == "send" else self._writing(found)

    async def _sending(self, message: Outgoing) -> None:
        self._chance.strike()
        await self._part.send(message)  # type: ignore[attr-defined]  # a notifier has it
        self._chance.strike(is_unclear=True)

    def _writing(self, write: Any) -> Any:
        def written(*given: Any) -> Any:
            self._chance.strike(is_unclear=getattr(given[-1], "state", "") == "sent")
            outcome = write(*given)
            self._chance.strike()
            return outcome

        return written


class Box:
    """A channel that keeps what it took."""

    def __init__(self) -> None:
        self.took: list[str] = []

    async def send(self, message: Outgoing) -> None:
        """Take a message."""
        self.took.append(message.id)

    async def close(self) -> None:
        """Let go of nothing."""


def lived(folder: Path, month: Ticks, chance: Chance, box: Box) -> dict[str, Alert]:
    """Play a month, starting again after each kill; give what was decided, by entry."""
    while True:
        life = Life(folder, box, lambda part: Shaky(part, chance))
        try:
            asyncio.run(life.live(month))
            return dict(decided(life))
        except KilledError:
            continue
        finally:
            life.close()


def decided(life: Life) -> Iterator[tuple[str, Alert]]:
    """Give the alert of each entry; each has been sent."""
    for entry in life.ledger.entries(limit=100_000):
        alert = life.ledger.alert(entry.alert)
        assert entry.state == "sent"
        assert alert is not None
        yield entry.id, alert


class Calm(Struct, frozen=True):
    """A month without kills: what it decides, how many moments it has, its mails."""

    month: Ticks
    alerts: dict[str, Alert]
    moments: int
    took: list[str]


@pytest.fixture(
    scope="module", params=[7, pytest.param(30, marks=pytest.mark.slow)], ids="{} days".format
)
def calm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Calm:
    month, chance, box = ticks(request.param, AUTHORS), Chance(()), Box()
    alerts = lived(tmp_path_factory.mktemp("calm"), month, chance, box)
    return Calm(month, alerts, chance.count, box.took)


def test_without_kills_each_mail_is_sent_once(calm: Calm) -> None:
    assert Counter(calm.took) == Counter(calm.alerts.keys())
    assert {alert.kind for alert in calm.alerts.values()} >= {"new", "update", "digest"}


def test_kills_of_deciding_and_sending_change_no_mail(calm: Calm, tmp_path: Path) -> None:
    chance = Chance(Random(1).sample(range(1, calm.moments), KILLS))
    box = Box()

    again = lived(tmp_path, calm.month, chance, box)

    assert chance.struck == KILLS
    assert again == calm.alerts
    assert set(box.took) == set(calm.took)
    assert len(box.took) - len(calm.took) == chance.unclear > 0


@pytest.mark.parametrize(
    "kills", [pytest.param(5, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.long)]
)
@pytest.mark.timeout(600)
def test_processes_killed_with_9_send_the_mails_of_a_calm_month(kills: int, tmp_path: Path) -> None:
    alerts = lived(tmp_path / "calm", ticks(DAYS, AUTHORS), Chance(()), Box())
    chance, at = Random(kills), list[int]()

    with mail_server(handler := Handler()) as port:
        command = [
            *(sys.executable, "-m", "tests.bunco.alerts.month"),
            *(str(tmp_path / "killed"), str(port), str(DAYS), str(AUTHORS)),
        ]
        for _ in range(kills):
            wanted = min(
                len(alerts) - 1, len(handler.raw) + chance.randint(0, len(alerts) // kills)
            )
            with subprocess.Popen(command) as process:
                _until(process, handler, wanted)
                sleep(chance.uniform(0, 0.2))
                process.kill()
                at.append(process.wait())
        subprocess.run(command, check=True)

    came = Counter(str(one["Message-ID"]).strip("<>").split("@")[0] for one in handler.messages)
    assert set(at) == {-9}, "it was killed in the midst of its work"
    assert set(came) == set(alerts)
    assert came.total() - len(alerts) <= kills


def _until(process: "subprocess.Popen[bytes]", handler: Handler, wanted: int) -> None:
    until = monotonic() + 120
    while len(handler.raw) < wanted and process.poll() is None:
        assert monotonic() < until
        sleep(0.01)
