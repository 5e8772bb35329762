"""Other settings tried on the command line, and what is shown of them."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bunco.cli import backtest as command
from bunco.evaluation.backtest import Outcome
from bunco.stores import sqlite
from tests.bunco.cli.shell import typed
from tests.bunco.evaluation.played import repeated, run_into

LOUD = "The secret method that doctors never tell you about"
QUIET = "Council approves new cycle lanes along the river"
ODD = "Grey \x1b[31m herons [bold] nest early beside the canal"

CALM = "[detectors.repeats]\nloud = 1.0\n"


@pytest.fixture(autouse=True)
def history(folder: Path) -> Path:
    """Fill ``bunco.db``: one author repeats three times, later six; one five times.

    How sensational a headline is makes no difference here.
    """
    (folder / "bunco.toml").write_text(CALM)
    place = folder / "bunco.db"
    store = sqlite.PART.make(sqlite.Options(path=str(place)))
    run_into(
        store,
        [
            *repeated("web:deals.example", 3, LOUD),
            *repeated("web:deals.example", 6, ODD, start=timedelta(days=20)),
            *repeated("web:news.example", 5, QUIET, start=timedelta(days=21)),
        ],
    )
    store.close()
    return place


def _lines(*words: str) -> dict[str, list[dict[str, Any]]]:
    """Give the JSON lines by their kind."""
    result = typed("backtest", *words, "--json")
    assert result.exit_code == 0, result.stderr
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for line in map(json.loads, result.stdout.splitlines()):
        by_kind.setdefault(line["kind"], []).append(line)
    return by_kind


def test_without_a_change_nothing_is_new_and_nothing_gone() -> None:
    result = typed("backtest")

    assert result.exit_code == 0, result.stderr
    assert "No setting is changed" in result.stdout
    assert "New" not in result.stdout
    assert "Gone" not in result.stdout
    assert "14 posts played in" in result.stderr


def test_what_goes_is_shown_with_its_sentence_and_author() -> None:
    result = typed("backtest", "--set", "repeats.min_count=4")

    assert result.exit_code == 0, result.stderr
    assert "Tried: repeats.min_count=4." in result.stdout
    assert "Gone: only under the running settings. 1 finding of 1 author:" in result.stdout
    assert "web:deals.example" in result.stdout
    assert "Published “The secret method" in result.stdout
    assert "░" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_sums_are_shown_by_detector_and_severity() -> None:
    result = typed("backtest", "--set", "repeats.min_count=4")

    table = result.stdout.partition("opened on")[0]
    rows = {row[0]: row[1:] for line in table.splitlines() if (row := line.split())}
    assert rows["repeats"] == ["3", "2", "·", "1", "·"]
    assert rows["medium"] == ["3", "2"]
    assert rows["all"] == ["3", "2", "·", "1", "·"]
    assert rows["a"] == ["day", "1.00", "0.79"]
    assert rows["authors"] == ["2", "2", "·", "1", "·"]


def test_what_is_new_and_what_changes_is_shown() -> None:
    result = typed("backtest", "--set", "repeats.min_count=2", "--set", "repeats.window=90m")

    assert result.exit_code == 0, result.stderr
    assert "Changed: another score." in result.stdout
    assert "was medium" in result.stdout


def test_text_of_strangers_is_made_harmless() -> None:
    result = typed("backtest", "--set", "repeats.min_count=7", "--set", "repeats.min_count_long=7")

    assert "\x1b" not in result.stdout
    assert "\\x1b[31m herons [bold] nest" in " ".join(result.stdout.split())


def test_as_json_each_line_says_what_it_is() -> None:
    lines = _lines("--set", "repeats.min_count=4")

    (gone,) = lines["gone"]
    (told,) = lines["summary"]
    assert set(lines) == {"gone", "day", "summary"}
    assert (gone["detector"], gone["author"], gone["after"]) == (
        "repeats",
        "web:deals.example",
        None,
    )
    assert gone["before"]["numbers"]["count_24h"] == 3
    assert gone["before"]["opened_at"] == "2026-03-02T14:00:00Z"
    assert gone["before"]["severity"] == "medium"
    assert told["settings"] == ["repeats.min_count=4"]
    assert told["findings"] == {"before": 3, "after": 2}
    assert [day["day"] for day in lines["day"]] == ["2026-03-02", "2026-03-22", "2026-03-23"]
    assert lines["day"][0]["before"] == {"high": 0, "medium": 1, "low": 0}


def test_only_what_opened_in_the_period_counts() -> None:
    (told,) = _lines("--since", "2026-03-20")["summary"]

    assert told["findings"] == {"before": 2, "after": 2}
    assert (told["posts"], told["warm_up_posts"], told["warm_up_s"]) == (11, 0, 14 * 86400)


def test_the_warm_up_can_be_longer_and_is_told() -> None:
    result = typed("backtest", "--since", "2026-03-20", "--warm-up", "5d")
    longer = typed("backtest", "--since", "2026-03-20", "--warm-up", "30d")

    told, more = (" ".join(shown.stdout.split()) for shown in (result, longer))
    assert "11 posts of 2 authors" in told
    assert "0 before that to warm up." in told
    assert "Only" not in told
    assert "3 before that to warm up." in more
    assert "Only 17.5 days before it are stored" in more


def test_one_author_can_be_asked_for_by_a_part_of_the_name() -> None:
    (told,) = _lines("--author", "news")["summary"]

    assert (told["author"], told["posts"], told["authors"]) == ("web:news.example", 5, 1)


def test_so_many_examples_are_shown_as_asked_for() -> None:
    one = typed("backtest", "--set", "repeats.enabled=false", "--examples", "1")
    none = typed("backtest", "--set", "repeats.enabled=false", "--examples", "0")

    assert one.stdout.count("Published “") == 1
    assert "3 findings of 2 authors; the first 1:" in one.stdout
    assert none.stdout.count("Published “") == 0
    assert "3 findings of 2 authors." in none.stdout


def test_another_file_can_be_tried(folder: Path) -> None:
    (folder / "other.toml").write_text(CALM + "min_count = 4\n", encoding="utf-8")

    lines = _lines("--against", "other.toml")

    assert len(lines["gone"]) == 1
    assert lines["summary"][0]["settings"] == ["all of other.toml"]


def test_the_running_settings_are_those_of_the_configuration(folder: Path) -> None:
    (folder / "bunco.toml").write_text(CALM + "min_count = 4\n", encoding="utf-8")

    lines = _lines("--set", "repeats.min_count=3")

    assert lines["summary"][0]["findings"] == {"before": 2, "after": 3}
    assert len(lines["new"]) == 1


def test_nothing_is_written(folder: Path, history: Path) -> None:
    before = hashlib.sha256(history.read_bytes()).hexdigest(), sorted(folder.iterdir())

    typed("backtest", "--set", "repeats.min_count=4")

    assert before == (hashlib.sha256(history.read_bytes()).hexdigest(), sorted(folder.iterdir()))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "repeats.min_count"], "no PATH=VALUE"),
        (["--set", "repeats.min_count=1"], "--set: detectors.repeats.min_count: found 1"),
        (["--set", "repeat.min_count=4"], "allowed: bursts, crossposts, repeats"),
        (["--warm-up", "long"], "--warm-up: 'long' is no length of time"),
        (["--against", "none.toml"], "none.toml: (file): found no such file"),
        (["--store", "none.db"], "no store at none.db"),
        (["--since", "soon"], "--since: 'soon' is no time"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(words: list[str], says: str) -> None:
    result = typed("backtest", *words)

    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


def test_a_time_without_posts_is_told() -> None:
    result = typed("backtest", "--since", "2027-01-01")

    assert result.exit_code == 0
    assert "There are no posts in that time." in result.stdout


def test_ctrl_c_ends_it_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> list[Outcome]:
        raise KeyboardInterrupt

    monkeypatch.setattr("bunco.evaluation.backtest.backtest", interrupted)

    result = typed("backtest")

    assert result.exit_code == command._INTERRUPTED
    assert "Stopped before the end; nothing was changed." in result.stderr
    assert result.stdout == ""


def test_long_histories_are_shown_by_weeks(folder: Path) -> None:
    store = sqlite.PART.make(sqlite.Options(path=str(folder / "long.db")))
    daily = [repeated("web:daily.example", 3, LOUD, start=timedelta(days=n)) for n in range(40)]
    late = repeated("web:late.example", 3, QUIET, start=timedelta(days=39))
    run_into(store, [*(post for posts in daily for post in posts), *late])
    store.close()

    result = typed("backtest", "--store", "long.db")

    rows = [line.split()[:2] for line in result.stdout.splitlines() if line.startswith("2026-")]
    assert "week of" in result.stdout
    assert len(rows) == 6
    assert rows[0] == ["2026-03-02", "1"]
    assert rows[-1] == ["2026-04-06", "1"]
