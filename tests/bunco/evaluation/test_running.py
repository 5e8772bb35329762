import json
from pathlib import Path

import pytest

from bunco.errors import UsageError
from bunco.evaluation.drawing import draw
from bunco.evaluation.model import Curve, Figure, Goal
from bunco.evaluation.running import run_studies, study_names, write_figures

GOAL = Goal(floor=0.8, at_least=0.9, aim=0.95)


def a_figure(value: float, goal: Goal = GOAL) -> Figure:
    return Figure(
        detector="repeats",
        measure="pairs found",
        value=value,
        low=value - 0.01,
        high=value + 0.01,
        count=66,
        unit="pairs",
        goal=goal,
    )


@pytest.mark.parametrize(
    ("value", "grade"),
    [(0.95, "aim"), (0.949, "at least"), (0.9, "at least"), (0.8, "floor"), (0.79, "below")],
)
def test_a_figure_is_graded_by_the_best_bound_it_keeps(value: float, grade: str) -> None:
    assert a_figure(value).grade == grade


def test_where_less_is_better_a_larger_value_is_below() -> None:
    goal = Goal(at_least=0.05, aim=0.02, larger_is_better=False)

    assert [a_figure(value, goal).grade for value in (0.02, 0.05, 0.051)] == [
        "aim",
        "at least",
        "below",
    ]


def test_a_figure_without_a_goal_is_context() -> None:
    assert a_figure(0.5, Goal()).grade == "context"


def test_figures_are_written_rounded_with_their_grade(tmp_path: Path) -> None:
    path = write_figures([a_figure(0.912345), a_figure(float("nan"))], tmp_path)

    first, second = json.loads(path.read_text(encoding="utf-8"))
    assert (first["value"], first["grade"], first["unit"]) == (0.9123, "at least", "pairs")
    assert second["value"] is None


def test_an_unknown_study_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no study 'weather'"):
        run_studies(tmp_path, ["weather"], lambda _: None)


def test_studies_say_which_file_is_missing(tmp_path: Path) -> None:
    for name in study_names():
        with pytest.raises(UsageError, match="is not there"):
            run_studies(tmp_path, [name], lambda _: None)


def test_a_curve_is_drawn_the_same_each_time(tmp_path: Path) -> None:
    curve = Curve(
        name="recall",
        title="Recall against false alarms",
        across="false alarms per 1,000 account-days",
        up="recall",
        lines={"ours": [(0.1, 0.5), (1, 0.9)], "plain": [(0.1, 0.2), (1, 0.4)]},
        marked={"ships": (1, 0.9)},
        logarithmic=True,
    )
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()

    first, second = (draw([curve], tmp_path / folder) for folder in ("one", "two"))

    assert [path.name for path in first] == ["recall.png", "recall.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert "Recall against false alarms" in first[1].read_text(encoding="utf-8")
