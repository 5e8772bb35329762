"""Alerts tried out, previewed, shown and run; silences given and ended."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from bunco import alert_wiring, wiring
from bunco.alerting import Ledger, Note
from bunco.clock import SystemClock
from bunco.config import read
from bunco.model import Delivery
from tests.builders import a_post
from tests.bunco.cli.shell import typed
from tests.contract.test_ledgers import a_step, an_alert, an_entry

RULE = """
[notify.box]
kind = "file"
path = "box"

[[alert]]
name = "me"
through = "box"
to = ["ann@example.org"]
"""


@pytest.fixture
def rule(folder: Path) -> Path:
    """Write a configuration with one rule."""
    file = folder / "bunco.toml"
    file.write_text(RULE)
    return file


def mails(folder: Path) -> list[Path]:
    """Give the mails that came."""
    return sorted((folder / "box").rglob("new/*"))


def opened() -> Ledger:
    """Open the ledger of this folder."""
    return alert_wiring.open_ledger(wiring.load_config())


def repeats(folder: Path, author: str = "web:deals.example") -> None:
    """Bring an author who repeats themselves into the store, a minute ago."""
    config, now = read(folder / "bunco.toml"), SystemClock().now()
    posts = tuple(
        a_post(
            id=f"{author}/{number}",
            author=author,
            title="Plumbers HATE this one weird trick",
            posted_at=now - timedelta(minutes=10 - number),
            seen_at=now,
        )
        for number in range(6)
    )
    with closing(wiring.open_store(config)) as store:
        delivery = Delivery(source="news", items=posts, cursor=b"")
        wiring.pipeline_over(config, store).step([delivery])


@pytest.mark.usefixtures("rule")
def test_a_sample_goes_through_the_channel(folder: Path) -> None:
    answer = typed("alert", "test")

    assert answer.exit_code == 0, answer.output
    assert "me: sent to ann@example.org" in answer.stderr
    (mail,) = mails(folder)
    assert message_from_bytes(mail.read_bytes(), policy=policy.default)["To"] == "ann@example.org"


def test_a_sample_that_does_not_go_ends_with_1(folder: Path, rule: Path) -> None:
    rule.write_text(RULE)
    (folder / "box").write_text("in the way")

    answer = typed("alert", "test", "--rule", "me")

    assert answer.exit_code == 1
    assert "me: not sent" in answer.stderr


@pytest.mark.usefixtures("rule")
def test_an_unknown_rule_is_refused() -> None:
    answer = typed("alert", "test", "--rule", "you")

    assert answer.exit_code == 2
    assert "no rule you" in answer.stderr


@pytest.mark.parametrize("words", [("test",), ("preview",), ("run",)])
def test_without_rules_there_is_nothing_to_try(words: tuple[str, ...]) -> None:
    answer = typed("alert", *words)

    assert answer.exit_code == 2
    assert "no [[alert]] in the configuration" in answer.stderr


@pytest.mark.usefixtures("rule")
def test_a_preview_counts_by_day_and_writes_the_mails(folder: Path) -> None:
    repeats(folder)

    answer = typed("alert", "preview", "--since", "1d", "--out", "mails")

    assert answer.exit_code == 0, answer.output
    assert sum(map(int, answer.stdout.split()[2::3])) == 2
    assert "2 alerts for" in answer.stderr
    assert sorted(one.suffix for one in (folder / "mails").iterdir()) == [
        ".eml",
        ".eml",
        ".html",
        ".html",
    ]
    assert not mails(folder)
    with closing(opened()) as ledger:
        assert not ledger.entries(), "nothing is counted"


@pytest.mark.usefixtures("rule")
def test_the_log_shows_what_was_sent_and_what_became_of_a_finding(folder: Path) -> None:
    repeats(folder)
    with closing(wiring.open_store_at("bunco.db")) as store:
        (finding,) = [one for one in store.finding_ids("") if one]
    note = Note(rule="me", finding=finding, outcome="late", reason="too late", at=_now())
    with closing(opened()) as ledger:
        sent = an_entry(state="sent", rule="me")
        step = a_step(alerts=(an_alert("a1", finding),), entries=(sent,), notes=(note,))
        ledger.commit(step)

    log, why = typed("alert", "log"), typed("alert", "log", "--finding", finding)
    rows = [json.loads(line) for line in typed("alert", "log", "--json").stdout.splitlines()]
    nothing = typed("alert", "log", "--finding", "nothing")

    assert "deals.example repeated" in " ".join(log.stdout.split())
    assert "late: too late" in why.stdout
    assert "sent" in why.stdout
    assert [row["state"] for row in rows] == ["sent"]
    assert rows[0]["subject"].startswith("deals.example repeated")
    assert "No rule took it" in nothing.stderr


@pytest.mark.usefixtures("rule")
def test_an_empty_log_says_so() -> None:
    assert "Nothing was sent." in typed("alert", "log").stderr


def test_alert_run_sends_over_a_store_that_others_fill(folder: Path, rule: Path) -> None:
    rule.write_text(RULE.replace("to = [", 'wait = "100ms"\nto = ['))
    with closing(wiring.open_store_at("bunco.db")) as store:
        store.version()
    command = [sys.executable, "-m", "bunco", "alert", "run"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, env=environment, cwd=folder) as process:
        try:
            _wait(lambda: _mark() != "")
            repeats(folder)
            _wait(lambda: len(mails(folder)) == 1)
            process.send_signal(signal.SIGINT)
            assert process.wait(15) == 0
        finally:
            process.kill()


@pytest.mark.usefixtures("rule")
def test_a_silence_is_added_listed_and_ended() -> None:
    added = typed("silence", "add", "author", "reddit:ann", "--for", "2h", "--because", "a friend")
    listed = typed("silence", "list", "--json")
    row = json.loads(listed.stdout)
    ended = typed("silence", "end", row["id"])
    again = typed("silence", "end", row["id"])

    assert added.exit_code == 0, added.output
    assert (row["what"], row["value"], row["because"]) == ("author", "reddit:ann", "a friend")
    assert "1 ended" in ended.stderr
    assert again.exit_code == 1
    assert "Nothing is silenced." in typed("silence", "list").stderr


@pytest.mark.usefixtures("rule")
def test_a_headline_is_silenced_by_its_wording_under_one_rule() -> None:
    words = "One WEIRD trick, plumbers hate it!"
    typed("silence", "add", "headline", words, "--rule", "me")

    shown = " ".join(typed("silence", "list").stdout.split())

    assert "headline one weird trick plumbers hate it under me until" in shown


@pytest.mark.usefixtures("rule")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("person", "x"), "author, headline, source or rule"),
        (("author", " "), "say which one"),
        (("author", "x", "--for", "soon"), "no length of time"),
    ],
)
def test_a_wrong_silence_is_refused(words: tuple[str, ...], said: str) -> None:
    answer = typed("silence", "add", *words)

    assert answer.exit_code == 2
    assert said in answer.stderr


@pytest.mark.usefixtures("rule")
def test_who_is_forgotten_is_no_longer_named_by_silences(folder: Path) -> None:
    repeats(folder)
    typed("silence", "add", "author", "web:deals.example")
    typed("silence", "add", "author", "web:other.example")

    answer = typed("forget", "web:deals.example", "--yes")

    assert answer.exit_code == 0, answer.output
    with closing(opened()) as ledger:
        assert [one.value for one in ledger.silences()] == ["web:other.example"]
    assert b"deals.example" not in b"".join(one.read_bytes() for one in folder.glob("bunco.db*"))


def _now() -> Any:
    return SystemClock().now()


def _mark() -> str:
    with closing(opened()) as ledger:
        return ledger.mark()


def _wait(done: Any) -> None:
    until = monotonic() + 30
    while not done():
        assert monotonic() < until
        sleep(0.1)
