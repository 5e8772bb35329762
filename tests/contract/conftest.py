from collections.abc import Iterator
from pathlib import Path

import pytest

from bunco.ports.stores import Store
from tests.contract.elastic import PREFIX, erase, reach
from tests.contract.stores import KINDS, each_kind


@pytest.fixture(scope="session")
def contract_indices(elastic: str) -> Iterator[None]:
    """Leave nothing behind on the server."""
    yield
    erase(elastic, PREFIX)


@pytest.fixture(params=each_kind())
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind in turn."""
    reach(request, request.param)
    made = KINDS[request.param](tmp_path)
    yield made
    made.close()
