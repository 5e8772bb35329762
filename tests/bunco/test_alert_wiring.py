"""Where alerts are kept and how they are carried, as the configuration says."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bunco import alert_wiring, alert_writing, run_wiring, wiring
from bunco.alerting import Silence, silence_id
from bunco.config import Config, from_tables
from bunco.errors import ConfigError, UsageError
from bunco.signing import Grant, signed
from tests.builders import NOON
from tests.contract.test_ledgers import a_step, an_entry

ELASTIC = {"kind": "elastic", "url": "http://127.0.0.1:1"}
RULE = {"name": "me", "to": ["ann@example.org"]}


def loaded(**tables: Any) -> Config:
    """Give the configuration of tables, with a rule."""
    return from_tables({"alert": [RULE], **tables}, where="bunco.toml", environment={})


def test_the_ledger_stands_in_the_file_of_the_store(tmp_path: Path) -> None:
    config = loaded(store={"path": str(tmp_path / "bunco.db")})

    with closing(alert_wiring.open_ledger(config)) as ledger:
        ledger.commit(a_step())

    assert [one.name for one in tmp_path.glob("*.db")] == ["bunco.db"]


def test_a_table_of_its_own_gives_it_a_file_of_its_own(tmp_path: Path) -> None:
    config = loaded(store=ELASTIC, ledger={"path": str(tmp_path / "alerts.db")})

    alert_wiring.check(config)
    with closing(alert_wiring.open_ledger(config)) as ledger:
        ledger.commit(a_step())

    assert [one.name for one in tmp_path.glob("*.db")] == ["alerts.db"]


def test_elasticsearch_alone_keeps_no_ledger_and_the_error_says_what_does() -> None:
    with pytest.raises(ConfigError) as caught:
        alert_wiring.check(loaded(store=ELASTIC))

    assert caught.value.key == "store.kind"
    assert '[ledger] with path = "FILE"' in str(caught.value)


def test_an_unknown_kind_of_ledger_lists_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        alert_wiring.check(loaded(ledger={"kind": "papyrus"}))

    assert caught.value.key == "ledger.kind"
    assert "memory, sqlite" in str(caught.value)


def test_wrong_options_of_a_channel_are_found_before_anything_starts() -> None:
    rule = {"name": "me", "to": ["ann@example.org"], "through": "box"}
    config = loaded(alert=[rule], notify={"box": {"kind": "file", "pat": "x"}})

    with pytest.raises(ConfigError) as caught:
        alert_wiring.check(config)

    assert caught.value.key == "notify.box.pat"


def test_rules_that_are_turned_off_send_nothing_and_need_nothing() -> None:
    config = loaded(alert=[{**RULE, "enabled": False}], store=ELASTIC)

    assert alert_wiring.rules(config) == ()
    assert alert_wiring.beside(config) is run_wiring.alone
    assert alert_wiring.mail_links(config) is None


def test_links_lead_to_where_readers_find_the_dashboard() -> None:
    assert alert_writing.base_url(loaded()) == "http://127.0.0.1:8600"
    there = loaded(dashboard={"base_url": "https://desk.example.org/"})
    assert alert_writing.base_url(there) == "https://desk.example.org"


def test_a_link_is_good_with_the_key_of_the_ledger_and_no_other(tmp_path: Path) -> None:
    config = loaded(store=ELASTIC, ledger={"path": str(tmp_path / "alerts.db")})
    links = alert_wiring.mail_links(config)
    grant = Grant(act="silence", until_s=4_000_000_000, rule="me", author="a:b", days=1)
    with closing(alert_wiring.open_ledger(config)) as ledger:
        token = signed(grant, ledger.key())

    assert links is not None
    assert links.granted(token) == grant
    with pytest.raises(UsageError):
        links.granted(signed(grant, b"another key"))


def test_to_forget_an_author_ends_the_silences_about_them(tmp_path: Path) -> None:
    config = loaded(store={"path": str(tmp_path / "bunco.db")})
    with closing(alert_wiring.open_ledger(config)) as ledger:
        for what, value in (("author", "a:b"), ("author", "a:c"), ("source", "a:b")):
            name = silence_id(what, value, "")
            ledger.silence(Silence(id=name, what=what, value=value, until=NOON, at=NOON))  # type: ignore[arg-type]  # they are

    assert alert_wiring.forget(config, "a:b") == 1
    assert alert_wiring.forget(config, "a:b") == 0
    assert alert_wiring.forget(loaded(store=ELASTIC), "a:b") == 0


def test_an_entry_whose_findings_are_gone_has_nothing_to_say(tmp_path: Path) -> None:
    config = loaded(store={"path": str(tmp_path / "bunco.db")})
    with (
        closing(wiring.open_store(config)) as store,
        closing(alert_wiring.open_ledger(config)) as ledger,
    ):
        ledger.commit(a_step())
        alert = ledger.alert("a1")
        assert alert is not None
        subject = alert_writing.Subjects(config, store, ledger)(an_entry())

        assert alert_writing.Writer(config, store, b"key")(an_entry(), alert) is None
        assert subject == "all: what this was about has been removed"
        assert alert_writing.Subjects(config, store, ledger)(an_entry("e9", alert="a9")) == "e9"
