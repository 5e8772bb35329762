"""One look writes all it decides in one step, and misses nothing that changed."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import LedgerStep, Silence
from bunco.alerts.looking import Lookout, entries_of
from bunco.errors import OvertakenError
from bunco.ledgers.memory import MemoryLedger
from bunco.model import Batch, Finding, Removal, SourceState
from bunco.ports.stores import Store
from bunco.stores import memory
from tests.builders import NOON, a_finding, an_enriched
from tests.contract.test_ledgers import an_alert

MINUTE = timedelta(minutes=1)
LATER = NOON + 3 * MINUTE


class Desk:
    """A store, a ledger and what looks at both."""

    def __init__(self, **rule: Any) -> None:
        self.store: Store = memory.PART.make(memory.Options())
        self.ledger = MemoryLedger()
        self.rule = replace(AlertOptions(name="me", to=("ann@example.org",)), **rule)
        self.lookout = Lookout(self.store, self.ledger, [self.rule], ["news"])
        self.lookout.look(NOON)

    def found(self, **changes: Any) -> Finding:
        """Store a finding, with the post it rests on."""
        finding = a_finding(last_at=NOON, **changes)
        self.store.commit(Batch(posts=(an_enriched(),), findings=(finding,)))
        return finding


def test_what_was_there_before_the_first_look_is_not_told() -> None:
    desk = Desk()
    desk.store.commit(Batch(findings=(a_finding(),)))
    fresh = Lookout(desk.store, MemoryLedger(), [desk.rule], [])

    assert fresh.look(NOON).changes == 0
    assert fresh.look(LATER).changes == 0


def test_a_finding_waits_with_a_note_and_is_told_to_each_recipient() -> None:
    desk = Desk(to=("ann@example.org", "bob@example.org"))
    finding = desk.found()

    looked = desk.lookout.look(NOON)
    again = desk.lookout.look(LATER)

    assert (looked.changes, looked.alerts, looked.waiting) == (1, 0, 1)
    assert (again.changes, again.alerts, again.waiting) == (0, 1, 0)
    assert [note.outcome for note in desk.ledger.notes(finding=finding.id)] == ["waiting"]
    entries = desk.ledger.due(LATER)
    assert {one.recipient for one in entries} == {"ann@example.org", "bob@example.org"}
    assert len({one.id for one in entries}) == 2


def test_another_who_looks_goes_on_where_the_ledger_stands() -> None:
    desk = Desk()
    desk.found()
    desk.lookout.look(NOON)

    other = Lookout(desk.store, desk.ledger, [desk.rule], ["news"])

    assert other.look(LATER).alerts == 1
    assert desk.lookout.look(LATER).alerts == 0


def test_the_slower_of_two_who_decide_at_once_is_refused() -> None:
    desk = Desk()
    desk.found()

    class Overtaken(MemoryLedger):
        """Another look is written between reading the mark and writing this one's step."""

        def mark(self) -> str:
            return desk.ledger.mark()

        def commit(self, step: LedgerStep) -> None:
            desk.lookout.look(NOON)
            desk.ledger.commit(step)

    with pytest.raises(OvertakenError):
        Lookout(desk.store, Overtaken(), [desk.rule], []).look(NOON)

    assert len(desk.ledger.notes()) == 1


def test_a_finding_that_is_removed_while_it_waits_is_not_told() -> None:
    desk = Desk()
    finding = desk.found()
    desk.lookout.look(NOON)
    at = NOON + timedelta(days=1)
    removal = Removal(removed="author", author=finding.subject, at=at)
    desk.store.commit(Batch(removals=(removal,)))

    looked = desk.lookout.look(LATER)

    assert looked.alerts == 0
    assert not desk.ledger.notes(finding=finding.id)
    assert finding.subject.encode() not in b"".join(desk.ledger.states().values())


def test_a_silence_given_while_it_waits_holds_it_and_is_counted() -> None:
    desk = Desk()
    finding = desk.found()
    desk.lookout.look(NOON)
    until = NOON + timedelta(days=1)
    desk.ledger.silence(Silence(id="s", what="author", value=finding.subject, until=until, at=NOON))

    assert desk.lookout.look(LATER).alerts == 0
    (note,) = desk.ledger.notes(finding=finding.id)
    assert note.outcome == "silenced"


def test_what_no_rule_means_is_not_written_down() -> None:
    desk = Desk(detectors=("bursts",))
    finding = desk.found()

    desk.lookout.look(NOON)

    assert not desk.ledger.notes(finding=finding.id)


def test_a_failing_source_is_told_and_so_is_its_end() -> None:
    desk = Desk(health=True)
    failing = SourceState(
        source="news", error="404", error_since=NOON - timedelta(hours=2), next_at=LATER
    )
    desk.store.commit(Batch(sources=(failing,)))
    desk.lookout.look(NOON)
    desk.lookout.look(LATER)
    healed = replace(failing, error="", error_since=None, next_at=NOON + timedelta(days=9))
    desk.store.commit(Batch(sources=(healed,)))

    for minutes in range(4, 90):
        desk.lookout.look(NOON + minutes * MINUTE)

    told = [desk.ledger.alert(one.alert) for one in reversed(desk.ledger.entries())]
    assert [one.topics[0].over for one in told if one] == [(), ("source news fails",)]


def test_who_unsubscribed_gets_nothing_and_the_others_do() -> None:
    rule = AlertOptions(name="me", to=("ann@example.org", "bob@example.org"))
    away = Silence(
        id="s", what="recipient", value="ann@example.org", until=LATER, rule="me", at=NOON
    )

    assert [one.recipient for one in entries_of(an_alert(), rule, [away])] == ["bob@example.org"]
    assert len(entries_of(an_alert(), rule, [replace(away, rule="other")])) == 2
    assert [one.recipient for one in entries_of(an_alert(), AlertOptions(name="x"), [])] == [""]
