"""The doctor tells how alerts stand: what went, what waits, what does not go."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bunco import alert_wiring
from bunco.alert_checks import Check, checks
from bunco.alerting import Entry, Standing
from bunco.alerts.memory import Group, RuleMemory, encode
from bunco.alerts.standing import standings
from bunco.config import Config, from_tables
from bunco.ledgers.memory import MemoryLedger
from tests.builders import NOON
from tests.contract.test_ledgers import a_silence, a_step, an_entry

HOUR = timedelta(hours=1)
SENT = an_entry("sent", state="sent", rule="me", sent_at=NOON - HOUR)
GOING = an_entry("going", rule="me", error="450 later")
FAILED = an_entry("failed", state="failed", rule="me", error="550 no such user")


def loaded(folder: Path, **tables: Any) -> Config:
    """Give a configuration with a rule."""
    given = {
        "store": {"path": str(folder / "bunco.db")},
        "alert": [{"name": "me", "to": ["ann@example.org"]}],
    }
    return from_tables(given | tables, where="bunco.toml", environment={})


def checked(folder: Path, *entries: Entry, **tables: Any) -> list[Check]:
    """Give what is found an hour after noon, with these entries in the ledger."""
    config = loaded(folder, **tables)
    with closing(alert_wiring.open_ledger(config)) as ledger:
        ledger.commit(a_step(entries=entries))
        ledger.silence(a_silence(minutes=120))
    return list(checks(config, NOON + HOUR))


def test_without_rules_there_is_nothing_to_check(tmp_path: Path) -> None:
    assert list(checks(loaded(tmp_path, alert=[]), NOON)) == []


def test_all_is_well_where_mails_go(tmp_path: Path) -> None:
    ledger, rule = checked(tmp_path, SENT)

    assert ledger.note == "ledger in the store's file, 1 rules, 1 silences"
    assert (rule.name, rule.verdict) == ("alert me", "ok")
    assert rule.note == ("stdout to 1: last sent 2026-03-02 11:00 UTC, 0 waiting, 0 on the way")


def test_a_ledger_of_its_own_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "alerts.db")

    ledger, rule = checked(tmp_path, ledger={"path": path})

    assert path in ledger.note
    assert "never sent" in rule.note


def test_mails_that_do_not_go_are_warned_of_with_the_reason(tmp_path: Path) -> None:
    _, rule = checked(tmp_path, SENT, GOING)

    assert rule.verdict == "warn"
    assert "1 on the way since 2026-03-02 12:00 UTC: 450 later" in rule.note
    assert "bunco alert log --rule me" in rule.advice


def test_mails_that_were_given_up_are_warned_of(tmp_path: Path) -> None:
    _, rule = checked(tmp_path, FAILED)

    assert rule.verdict == "warn"
    assert "1 failed within 7 days: 550 no such user" in rule.note


def test_a_store_without_a_ledger_fails_with_what_to_do(tmp_path: Path) -> None:
    (check,) = checks(loaded(tmp_path, store={"kind": "elastic"}), NOON)

    assert check.verdict == "fail"
    assert "[ledger]" in check.note


def test_a_standing_counts_each_rule_by_itself(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    memory = RuleMemory(groups={"a": Group(since=NOON), "b": Group()}, told_today=3)
    old = replace(FAILED, id="old", decided_at=NOON - timedelta(days=8))
    other = an_entry("other", rule="you")
    step = a_step(entries=(SENT, GOING, FAILED, old, other), states={"me": encode(memory)})
    ledger.commit(step)

    (found,) = standings(ledger, loaded(tmp_path).alerts, NOON)

    assert found == Standing(
        rule="me",
        sent_at=NOON - HOUR,
        told_today=3,
        waiting=1,
        on_the_way=1,
        since=NOON,
        failed=1,
        error=found.error,
    )
    assert found.error in {"450 later", "550 no such user"}
