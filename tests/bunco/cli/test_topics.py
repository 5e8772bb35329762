"""Making, checking and describing topics at the prompt."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bunco.options import KafkaOptions
from tests.bunco.cli.shell import typed
from tests.bunco.streams.clusters import own_prefix, put, save


@pytest.fixture
def options(kafka: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[KafkaOptions]:
    """Give options of the test's own, and let commands take them from the environment."""
    monkeypatch.chdir(tmp_path)
    with own_prefix(kafka) as own:
        monkeypatch.setenv("BUNCO_KAFKA__BOOTSTRAP", f'["{kafka}"]')
        monkeypatch.setenv("BUNCO_KAFKA__PREFIX", own.prefix)
        monkeypatch.setenv("BUNCO_KAFKA__PARTITIONS", "2")
        yield own


@pytest.mark.services
def test_topics_are_made_once(options: KafkaOptions) -> None:
    before = typed("topics", "check")
    made = typed("topics", "create")
    again = typed("topics", "create")
    after = typed("topics", "check")

    assert before.exit_code == 1
    assert f"{options.prefix}.posts is missing" in before.stdout
    assert made.exit_code == 0
    assert f"Made {options.prefix}.posts: 2 partitions, replication 1." in made.stderr
    assert again.exit_code == 0
    assert "All topics are there." in again.stderr
    assert after.exit_code == 0
    assert "as they should be" in after.stderr


@pytest.mark.services
@pytest.mark.usefixtures("options")
def test_settings_are_adjusted_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    typed("topics", "create")
    monkeypatch.setenv("BUNCO_KAFKA__RETENTION", "2d")

    left = typed("topics", "create")
    done = typed("topics", "create", "--adjust")

    assert left.exit_code == 0
    assert "retention.ms 604800000 instead of 172800000" in left.stderr
    assert "retention.ms = 172800000" in done.stderr
    assert typed("topics", "check").exit_code == 0


@pytest.mark.services
@pytest.mark.usefixtures("options")
def test_other_partitions_are_a_failure_also_after_create(monkeypatch: pytest.MonkeyPatch) -> None:
    typed("topics", "create")
    monkeypatch.setenv("BUNCO_KAFKA__PARTITIONS", "3")

    done = typed("topics", "create")
    told = typed("topics", "check", "--json")

    assert done.exit_code == 1
    assert "instead of 3" in done.stderr
    assert told.exit_code == 1
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(rows) == 4
    assert all(row["grave"] for row in rows)


@pytest.mark.services
def test_lag_is_shown_for_each_group_and_partition(
    options: KafkaOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    none = typed("topics", "describe")
    typed("topics", "create")
    put(options, "posts", 1, 1234)
    save(options, "sink", (f"{options.prefix}.posts", 1, 34))

    shown = typed("topics", "describe")
    rows = [json.loads(line) for line in typed("topics", "describe", "--json").stdout.splitlines()]

    assert "No topics yet" in none.stderr
    assert shown.stdout.splitlines()[-1].split() == [f"{options.prefix}-sink", "0"]
    assert rows[-1] == {"group": f"{options.prefix}-sink", "members": 0}
    line = next(line for line in shown.stdout.splitlines() if "-sink" in line)
    assert line.split()[-4:] == ["1", "34", "1,234", "1,200"]
    assert rows[0]["topic"] == f"{options.prefix}.posts"
    assert rows[0]["records"] == 1234
    behind = [row for row in rows if "lag" in row]
    assert {row["lag"] for row in behind if row["group"].endswith("-sink")} == {0, 1200}


def test_a_mistake_in_the_options_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNCO_KAFKA__SECURITY", "sasl")

    result = typed("topics", "check")

    assert result.exit_code == 2
    assert "kafka.username" in result.stderr
