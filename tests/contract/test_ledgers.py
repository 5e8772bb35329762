"""What every ledger promises, whatever it is kept in."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.alerting import Alert, Entry, Ledger, LedgerStep, Note, Silence, Topic
from bunco.errors import OvertakenError
from bunco.ledgers.memory import MemoryLedger
from bunco.ledgers.sqlite import SqliteLedger
from bunco.stores.sqlite import Options
from tests.builders import NOON

MINUTE = timedelta(minutes=1)


def sqlite(folder: Path) -> Ledger:
    return SqliteLedger(Options(path=str(folder / "store.db")))


KINDS: dict[str, Callable[[Path], Ledger]] = {
    "memory": lambda _: MemoryLedger(),
    "sqlite": sqlite,
}


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    made = KINDS[request.param](tmp_path)
    yield made
    made.close()


def an_alert(name: str = "a1", *findings: str) -> Alert:
    topic = Topic(group="author a", findings=findings or ("f1",))
    return Alert(id=name, rule="all", kind="new", reason="new", at=NOON, topics=(topic,))


def an_entry(name: str = "e1", **changes: Any) -> Entry:
    entry = Entry(
        id=name,
        alert="a1",
        rule="all",
        recipient="ann@example.org",
        through="mail",
        state="decided",
        decided_at=NOON,
        next_at=NOON,
    )
    return replace(entry, **changes)


def a_step(**changes: Any) -> LedgerStep:
    step = LedgerStep(before="", mark="1", alerts=(an_alert(),), entries=(an_entry(),))
    return replace(step, **changes)


def a_silence(value: str = "a", minutes: int = 60) -> Silence:
    return Silence(id=value, what="author", value=value, until=NOON + minutes * MINUTE, at=NOON)


def test_a_new_ledger_knows_nothing(ledger: Ledger) -> None:
    assert ledger.mark() == ""
    assert not ledger.states()
    assert not ledger.due(NOON)
    assert not ledger.entries()
    assert not ledger.silences()


def test_the_key_stays_the_same(ledger: Ledger) -> None:
    assert len(ledger.key()) == 32
    assert ledger.key() == ledger.key()


def test_a_step_is_there_whole(ledger: Ledger) -> None:
    note = Note(rule="all", finding="f1", outcome="waiting", reason="waits", at=NOON)

    ledger.commit(a_step(states={"all": b"{}"}, notes=(note,)))

    assert ledger.mark() == "1"
    assert ledger.states() == {"all": b"{}"}
    assert ledger.alert("a1") == an_alert()
    assert ledger.due(NOON) == [an_entry()]
    assert ledger.notes(finding="f1") == [note]


def test_a_step_on_another_mark_is_refused_whole(ledger: Ledger) -> None:
    ledger.commit(a_step())

    with pytest.raises(OvertakenError):
        ledger.commit(a_step(mark="2", entries=(an_entry("e2"),)))

    assert ledger.mark() == "1"
    assert [one.id for one in ledger.entries()] == ["e1"]


def test_entries_are_due_in_their_order_until_they_are_sent(ledger: Ledger) -> None:
    later = an_entry("e0", decided_at=NOON + MINUTE, next_at=NOON + MINUTE)
    ledger.commit(a_step(entries=(an_entry(), later, an_entry("e2", state="sent"))))

    assert [one.id for one in ledger.due(NOON)] == ["e1"]
    assert [one.id for one in ledger.due(NOON + MINUTE)] == ["e1", "e0"]


def test_only_one_takes_an_entry(ledger: Ledger) -> None:
    ledger.commit(a_step())
    sending = an_entry(state="sending", next_at=NOON + 2 * MINUTE)

    assert ledger.move(an_entry(), sending)
    assert not ledger.move(an_entry(), sending)
    assert not ledger.due(NOON)
    assert ledger.due(NOON + 2 * MINUTE) == [sending]


def test_an_entry_is_never_decided_twice(ledger: Ledger) -> None:
    ledger.commit(a_step())
    ledger.move(an_entry(), an_entry(state="sent"))

    ledger.commit(a_step(before="1", mark="2"))

    assert [one.state for one in ledger.entries()] == ["sent"]


def test_a_removed_finding_leaves_no_note(ledger: Ledger) -> None:
    note = Note(rule="all", finding="f1", outcome="waiting", reason="waits", at=NOON)
    ledger.commit(a_step(notes=(note,)))

    ledger.commit(LedgerStep(before="1", mark="2", removed=("f1",)))

    assert not ledger.notes()


def test_entries_are_found_by_what_they_tell(ledger: Ledger) -> None:
    other = an_alert("a2", "f2", "f3")
    entries = (an_entry(), an_entry("e2", alert="a2"))
    ledger.commit(a_step(alerts=(an_alert(), other), entries=entries))

    assert [one.id for one in ledger.entries(finding="f3")] == ["e2"]
    assert [one.id for one in ledger.entries(finding="f1", rule="all")] == ["e1"]
    assert not ledger.entries(finding="f1", rule="other")


def test_silences_can_be_ended(ledger: Ledger) -> None:
    ledger.silence(a_silence("a"))
    ledger.silence(a_silence("b", 90))
    ledger.silence(a_silence("a", 30))

    assert ledger.unsilence(["b", "c"]) == 1
    assert ledger.silences() == [a_silence("a", 30)]


def test_tidying_leaves_what_is_to_be_sent(ledger: Ledger) -> None:
    ledger.commit(a_step(entries=(an_entry(), an_entry("e2", state="sent", alert="a2"))))
    ledger.silence(a_silence())

    ledger.tidy(NOON + 2 * timedelta(days=1))

    assert [one.id for one in ledger.entries()] == ["e1"]
    assert ledger.alert("a1") is not None
    assert not ledger.silences()


def test_a_ledger_in_a_file_outlives_the_process(tmp_path: Path) -> None:
    first = sqlite(tmp_path)
    key = first.key()
    first.commit(a_step())
    first.close()

    second = sqlite(tmp_path)

    assert second.key() == key
    assert second.due(NOON) == [an_entry()]
    second.close()
