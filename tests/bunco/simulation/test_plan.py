from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.errors import UsageError
from bunco.simulation.plan import DEMO, Plan, checked
from bunco.simulation.stream import simulate


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seed": -1}, "seed: -1 is below 0"),
        ({"days": 0}, "days: 0 is not between 1 and 366"),
        ({"authors": 9}, "authors: 9 is below 10"),
        ({"posts": 199}, "posts: 199 is fewer than the 200 authors"),
        ({"start": datetime(2026, 3, 2)}, "no time zone"),  # noqa: DTZ001  # that is the point
        ({"start": datetime(1979, 3, 2, tzinfo=UTC)}, "1979 is out of"),
        ({"late_percent": 101}, "late: 101"),
        ({"duplicates": 20_000}, "duplicates: 20000"),
        ({"removals": -1}, "removals: -1"),
    ],
)
def test_an_impossible_plan_is_refused_in_words_and_at_once(
    changes: dict[str, Any], says: str
) -> None:
    plan = replace(Plan(), **changes)

    with pytest.raises(UsageError, match=says):
        simulate(plan)


def test_plans_that_are_possible_pass() -> None:
    assert checked(DEMO) is DEMO
    assert checked(Plan()) == Plan()
