"""The study of repeats, pair by pair, on the shared data: it takes some ten seconds."""

from bunco.evaluation.data import data_folder
from bunco.evaluation.studies.repeats import STUDY
from tests.shared_data import shared


def test_the_shipped_test_keeps_its_goals_and_no_other_method_is_better() -> None:
    result = STUDY.run(data_folder(shared("neardup").parent), lambda _: None)

    found = {figure.measure: figure for figure in result.figures}
    assert found["annotated pairs, templates among the negatives: F1"].grade == "aim"
    assert found["annotated pairs: precision"].grade == "aim"
    further = found["further annotated pairs, templates among the negatives: F1"]
    assert further.value >= 0.92
    others = [
        figure.value
        for measure, figure in found.items()
        if measure.startswith("further pairs, learnt")
    ]
    assert len(others) == 8
    assert further.value >= max(others)
    assert found["edits found: mean of twelve kinds"].value >= 0.9
    assert found["different headlines taken for the same, per million pairs"].value <= 10
