"""The command ``evaluate``; what it measures is tested with the studies."""

from pathlib import Path

from rich.console import Console

from bunco.cli.render_evaluation import table
from bunco.evaluation.model import Figure, Goal
from tests.bunco.cli.shell import typed


def a_figure(detector: str, value: float) -> Figure:
    goal = Goal(floor=0.8, at_least=0.9, aim=0.95)
    return Figure(
        detector=detector,
        measure="pairs found",
        value=value,
        low=value - 0.1,
        high=float("nan"),
        count=1066,
        unit="pairs",
        goal=goal,
    )


def test_missing_data_is_a_clear_error(tmp_path: Path) -> None:
    result = typed("evaluate", "--data", str(tmp_path / "nowhere"))

    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


def test_an_unknown_study_ends_with_2(tmp_path: Path) -> None:
    result = typed("evaluate", "weather", "--data", str(tmp_path))

    assert result.exit_code == 2
    assert "no study 'weather'" in result.stderr


def test_the_table_names_a_detector_once_and_says_what_is_reached() -> None:
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(table([a_figure("repeats", 0.96), a_figure("repeats", 0.7)]))

    lines = captured.get().splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["repeats", "pairs"]
    assert "pairs found (1,066 pairs)" in lines[1]
    assert "0.860 … –" in lines[1]
    assert [line.split()[-1] for line in lines[1:]] == ["aim", "below"]
