"""A backtest gives what the run gave, whatever kind of store the posts come from."""

from pathlib import Path

import pytest

from tests.bunco.evaluation.played import (
    differences,
    run_into,
    simulated,
    stored_findings,
    trials_of,
)
from tests.contract.elastic import reach
from tests.contract.stores import KINDS, each_kind


@pytest.mark.parametrize("kind", each_kind())
def test_a_backtest_without_a_change_gives_the_findings_of_the_run(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    reach(request, kind)
    store = KINDS[kind](tmp_path)
    run_into(store, simulated())

    found = differences(store, trials_of())

    expected = stored_findings(store)
    store.close()
    assert {one.change for one in found} == {"same"}
    assert {one.detector for one in expected.values()} == {"bursts", "crossposts", "repeats"}
    assert {one.shown.id: one.shown for one in found} == expected
