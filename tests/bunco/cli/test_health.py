"""The doctor and the sources, as a person meets them."""

import json
from pathlib import Path

import pytest

from bunco.model import Batch, SourceState
from bunco.wiring import open_store_at
from tests.builders import NOON
from tests.bunco.cli.shell import typed


@pytest.fixture
def configured(folder: Path, store: str) -> None:
    """Configure two sources; the store knows one of them, and that it fails."""
    (folder / "bunco.toml").write_text(
        f'[store]\npath = "{store}"\n'
        '[[source]]\nname = "a"\nkind = "rss"\nurl = "https://a.example/feed"\n'
        '[[source]]\nname = "b"\nkind = "rss"\nurl = "http://127.0.0.1:9/feed"\n'
    )
    opened = open_store_at(store)
    failing = SourceState(source="b", polled_at=NOON, error="404 Not Found", error_since=NOON)
    opened.commit(Batch(sources=(failing,)))
    opened.close()


@pytest.mark.usefixtures("configured")
def test_sources_are_shown_with_their_health() -> None:
    result = typed("sources")

    assert result.exit_code == 0
    assert "not read yet" in result.stdout
    assert "failing since 2026-03-02 12:00: 404" in " ".join(result.stdout.split())


@pytest.mark.usefixtures("configured")
def test_sources_as_json() -> None:
    lines = [json.loads(line) for line in typed("sources", "--json").stdout.splitlines()]

    assert [(line["source"], line["health"]) for line in lines] == [("a", "new"), ("b", "failing")]
    assert lines[1]["error"] == "404 Not Found"
    assert lines[1]["items_a_day"] == lines[0]["lag_s"] == 0


@pytest.mark.usefixtures("configured")
def test_the_doctor_tells_line_by_line() -> None:
    result = typed("doctor", "--offline")

    assert result.exit_code == 0
    assert "ok    config" in result.stdout
    assert "warn  dead letters" in result.stdout


@pytest.mark.usefixtures("configured")
def test_the_doctor_ends_with_1_when_something_fails(folder: Path) -> None:
    (folder / "bunco.toml").write_text("[nonsense]\n")

    result = typed("doctor", "--offline")

    assert result.exit_code == 1
    assert "fail  config" in result.stdout


def test_the_doctor_asks_the_sources(folder: Path) -> None:
    (folder / "bunco.toml").write_text(
        '[http]\nhost_spacing = "0s"\n'
        '[[source]]\nname = "b"\nkind = "rss"\nurl = "http://127.0.0.1:9/feed"\n'
    )

    result = typed("doctor", "--json")

    checks = {check["name"]: check for check in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 1
    assert checks["source b"]["verdict"] == "fail"
    assert checks["source b"]["advice"]
