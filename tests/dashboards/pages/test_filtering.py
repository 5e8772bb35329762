"""What the filters in an address ask for, and whether a finding fits."""

import pytest

from bunco.model import Finding
from dashboards.pages.filtering import fits, query_of
from tests.builders import a_finding, a_verdict

FINDING = a_finding(
    score=0.6, sources=("feeds",), places=("r/one",), verdict=a_verdict(judged="spam")
)


@pytest.mark.parametrize(
    ("given", "is_there"),
    [
        ({}, True),
        ({"severity": "medium"}, True),
        ({"severity": "high"}, False),
        ({"detector": "repeats"}, True),
        ({"detector": "bursts"}, False),
        ({"source": "feeds"}, True),
        ({"source": "other"}, False),
        ({"place": "r/one"}, True),
        ({"place": "r/two"}, False),
        ({"words": "CYCLE lanes"}, True),
        ({"words": "tram"}, False),
        ({"verdict": "spam"}, True),
        ({"verdict": "fine"}, False),
        ({"severity": "nonsense", "unknown": "x"}, True),
    ],
)
def test_a_finding_fits_what_is_asked_for(given: dict[str, str], *, is_there: bool) -> None:
    assert fits(FINDING, query_of(given)) is is_there


@pytest.mark.parametrize(("given", "is_there"), [({}, False), ({"quiet": "1"}, True)])
def test_quiet_findings_come_only_when_asked_for(given: dict[str, str], *, is_there: bool) -> None:
    quiet: Finding = a_finding(quiet=True)

    assert fits(quiet, query_of(given)) is is_there
