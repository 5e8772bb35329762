"""Configuration: one decode, the environment on top, errors that name the key."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from bunco import config
from bunco.config import Config, from_tables
from bunco.errors import ConfigError
from bunco.values import Duration, Secret, parse_duration

FEED = {"name": "hn", "kind": "rss", "url": "https://example.org/feed"}


def loaded(tables: dict[str, Any], **environment: str) -> Config:
    """Give the configuration of tables."""
    return from_tables(tables, where="bunco.toml", environment=environment)


def refused(tables: dict[str, Any], **environment: str) -> ConfigError:
    """Give the error that tables lead to."""
    with pytest.raises(ConfigError) as caught:
        loaded(tables, **environment)
    return caught.value


def test_nothing_is_a_configuration() -> None:
    empty = loaded({})

    assert empty.store.kind == "sqlite"
    assert [table.kind for table in empty.detectors] == ["repeats", "bursts", "crossposts"]
    assert empty.sources == ()


def test_sources_keep_their_own_options_raw() -> None:
    (source,) = loaded({"source": [FEED | {"retention": "90d"}]}).sources

    assert source.options == {"url": "https://example.org/feed"}
    assert source.retention == timedelta(days=90)


def test_a_detector_can_be_turned_off() -> None:
    tables = {"detectors": {"bursts": {"enabled": False}, "repeats": {"min_count": 4}}}

    first, second = loaded(tables).detectors

    assert (first.kind, first.options) == ("repeats", {"min_count": 4})
    assert (second.kind, second.options) == ("crossposts", {})


@pytest.mark.parametrize(
    ("tables", "key", "allowed"),
    [
        ({"sauce": []}, "sauce", "store, source"),
        ({"store": "x"}, "store", "a table"),
        ({"store": {"kind": 3}}, "store.kind", "a text"),
        ({"source": {}}, "source", "[[source]]"),
        ({"source": [{"kind": "rss"}]}, "source[1].name", "a text"),
        ({"source": [{"name": "a"}]}, "source.a.kind", "a text"),
        ({"source": [FEED, FEED]}, "source.hn", "a name of its own"),
        ({"source": [FEED | {"retention": 5}]}, "source.hn.retention", "duration"),
        ({"pipeline": {"batch": 1}}, "pipeline.batch", "batch_items"),
        ({"pipeline": {"batch_items": "x"}}, "pipeline.batch_items", "int"),
        ({"pipeline": {"batch_wait": "soon"}}, "pipeline.batch_wait", "duration"),
        ({"http": {"most_bytes": "lots"}}, "http.most_bytes", "size"),
        ({"log": {"level": "loud"}}, "log.level", "enum"),
        ({"detectors": {"bursts": 1}}, "detectors.bursts", "a table"),
        ({"detectors": {"bursts": {"enabled": "no"}}}, "detectors.bursts.enabled", "true or"),
    ],
)
def test_an_error_names_file_key_and_what_is_allowed(
    tables: dict[str, Any], key: str, allowed: str
) -> None:
    error = refused(tables)

    assert error.where == "bunco.toml"
    assert error.key == key
    assert allowed in error.allowed


def test_the_environment_overrides_the_file() -> None:
    tables = {"store": {"path": "a.db"}, "source": [FEED]}

    changed = loaded(
        tables,
        BUNCO_STORE__PATH="/data/b.db",
        BUNCO_PIPELINE__BATCH_ITEMS="7",
        BUNCO_SOURCE__HN__URL="https://example.org/other",
        BUNCO_DETECTORS__REPEATS__MIN_COUNT="5",
        BUNCO_SHARED="/somewhere",
    )

    assert changed.store.options == {"path": "/data/b.db"}
    assert changed.pipeline.batch_items == 7
    assert changed.sources[0].options["url"] == "https://example.org/other"
    assert changed.detectors[0].options == {"min_count": 5}
    assert tables["source"] == [FEED]


class Door(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options with a secret."""

    password: Secret
    wait: Duration = Duration(seconds=1)


def test_secrets_come_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOOR_WORD", "sesame")
    (tmp_path / "word").write_text("open\n", encoding="utf-8")

    one = config.decode(Door, {"password": {"env": "DOOR_WORD"}}, "x", "door")
    other = config.decode(Door, {"password": {"file": str(tmp_path / "word")}}, "x", "door")

    assert one.password.reveal() == "sesame"
    assert other.password.reveal() == "open"
    assert "sesame" not in repr(one)


@pytest.mark.parametrize("found", ["sesame", {"env": "NOT_SET_ANYWHERE"}, {"file": "/no/such"}])
def test_a_secret_in_the_file_is_refused_and_not_shown(found: object) -> None:
    with pytest.raises(ConfigError) as caught:
        config.decode(Door, {"password": found}, "x", "door")

    assert "sesame" not in str(caught.value)
    assert caught.value.key == "door.password"


def test_a_needed_key_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"door\.password: found nothing"):
        config.decode(Door, {}, "x", "door")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("6h", 21600), ("7d", 604800), ("1h 30m", 5400), ("200ms", 0.2)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "h", "5 lightyears", "-5m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def test_a_missing_file_and_broken_toml_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "bunco.toml"
    broken.write_text("[store", encoding="utf-8")

    with pytest.raises(ConfigError, match="no such file"):
        config.read(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match=r"bunco\.toml"):
        config.read(broken)
