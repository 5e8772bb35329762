"""Settings that are tried: paths, values, and errors in the words of the configuration."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bunco.config import PartConfig, read
from bunco.errors import ConfigError, UsageError
from bunco.evaluation.settings import changed, trials, warm_up

FILE = """
[detectors.repeats]
min_count = 5

[detectors.bursts]
budget = 0.2
"""
BURSTS: dict[str, dict[str, Any]] = {"bursts": {"budget": 0.2}, "crossposts": {}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a configuration with settings of its own."""
    made = tmp_path / "bunco.toml"
    made.write_text(FILE, encoding="utf-8")
    return made


def options(tables: tuple[PartConfig, ...]) -> dict[str, dict[str, Any]]:
    """Give the raw options of detectors by kind."""
    return {table.kind: table.options for table in tables}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], {"repeats": {"min_count": 5}} | BURSTS),
        (["repeats.min_count=4"], {"repeats": {"min_count": 4}} | BURSTS),
        (["detectors.repeats.min_count = 4"], {"repeats": {"min_count": 4}} | BURSTS),
        (["repeats.min_count=4", "repeats.min_count=6"], {"repeats": {"min_count": 6}} | BURSTS),
        (["repeats.quiet=36h"], {"repeats": {"min_count": 5, "quiet": "36h"}} | BURSTS),
        (["repeats.enabled=false"], BURSTS),
        (
            ['bursts.windows=[{length = "1h", least = 8}]', "bursts.priors.web.per_day=20"],
            {
                "repeats": {"min_count": 5},
                "bursts": {
                    "budget": 0.2,
                    "windows": [{"length": "1h", "least": 8}],
                    "priors": {"web": {"per_day": 20}},
                },
                "crossposts": {},
            },
        ),
        (["bursts={}"], {"repeats": {"min_count": 5}, "bursts": {}, "crossposts": {}}),
    ],
)
def test_settings_go_on_top_of_the_file(
    path: Path, settings: list[str], expected: dict[str, dict[str, Any]]
) -> None:
    assert options(changed(path, settings).detectors) == expected


def test_settings_go_on_top_of_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNCO_DETECTORS__REPEATS__MIN_COUNT", "7")

    left = changed(path, ["bursts.budget=0.01"])
    tried = changed(path, ["repeats.min_count=4"])

    assert options(left.detectors)["repeats"] == {"min_count": 7}
    assert options(tried.detectors)["repeats"] == {"min_count": 4}


def test_another_file_takes_the_place_of_all_detectors_and_settings_go_on_top(
    path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[detectors.bursts]\nquiet = "1h"\n', encoding="utf-8")

    tried = changed(path, ["repeats.min_count=4"], against=other)

    assert options(tried.detectors) == {
        "repeats": {"min_count": 4},
        "bursts": {"quiet": "1h"},
        "crossposts": {},
    }


def test_another_file_without_detectors_means_the_defaults(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("", encoding="utf-8")

    assert options(changed(path, [], against=other).detectors) == {
        "repeats": {},
        "bursts": {},
        "crossposts": {},
    }


def test_without_a_file_the_defaults_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert options(changed(None, ["repeats.min_count=4"]).detectors) == {
        "repeats": {"min_count": 4},
        "bursts": {},
        "crossposts": {},
    }


@pytest.mark.parametrize("text", ["repeats.min_count", "repeats.min_count=", "=4", ".=4", "a..b=1"])
def test_what_is_no_setting_is_refused(path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="no PATH=VALUE"):
        changed(path, [text])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (
            "repeats.least=4",
            "--set: detectors.repeats.least: found an unknown key; allowed: groups",
        ),
        ("repeats.min_count=1", "--set: detectors.repeats.min_count: found 1; allowed: .*>= 2"),
        ("repeats.min_count=four", "detectors.repeats.min_count: found 'four'; allowed: .*`int`"),
        ("bursts.budget=20", "--set: detectors.bursts.budget: found 20; allowed: .*<= 10"),
        ("bursts.history=14", "detectors.bursts.history: found 14; allowed: a duration in quotes"),
        ("bursts=3", "--set: detectors.bursts: found 3; allowed: a table"),
        (
            "burst.budget=0.2",
            "--set: detectors.burst: found 'burst'; allowed: bursts, crossposts, repeats",
        ),
        ("repeats.enabled=no", "detectors.repeats.enabled: found 'no'; allowed: true or false"),
        ("repeats.min_count.x=3", "--set: detectors.repeats.min_count: found .*; allowed: .*`int`"),
    ],
)
def test_a_wrong_setting_is_told_in_the_words_of_the_configuration(
    path: Path, setting: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        trials(read(path, {}), changed(path, [setting]))


def test_a_file_that_is_wrong_is_named(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[detectors.repeats]\nmin_count = 1\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"other\.toml: detectors\.repeats\.min_count"):
        trials(read(path, {}), changed(path, [], against=other))


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ([], 14),
        (["bursts.history=21d"], 21),
        (["bursts.history=3d"], 14),
        (["repeats.quiet=40d"], 40),
    ],
)
def test_the_warm_up_is_as_long_as_either_side_looks_back(
    path: Path, settings: list[str], days: int
) -> None:
    assert warm_up(read(path, {}), changed(path, settings)) == timedelta(days=days)
