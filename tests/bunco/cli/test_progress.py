"""The line that tells how a run goes."""

from bunco.cli.progress import status_line
from bunco.model import SourceState
from processors.flow import Progress
from tests.builders import NOON


def test_a_run_that_goes_well_says_little() -> None:
    states = {name: SourceState(source=name, polled_at=NOON) for name in "ab"}

    line = status_line(Progress(posts=1234, findings=5), states)

    assert line == "1,234 posts, 5 findings, 2 sources ok"


def test_what_fails_and_what_was_set_aside_is_told() -> None:
    states = {
        "a": SourceState(source="a"),
        "b": SourceState(source="b", polled_at=NOON, error="404"),
        "c": SourceState(source="c", polled_at=NOON),
    }

    line = status_line(Progress(dead=3), states)

    assert line == "0 posts, 0 findings, 1 sources ok, 1 failing, 1 not read yet, 3 set aside"
