from collections.abc import Iterator

import pytest

from tests.contract.elastic import PREFIX, erase


@pytest.fixture(scope="session")
def contract_indices(elastic: str) -> Iterator[None]:
    """Leave nothing behind on the server."""
    yield
    erase(elastic, PREFIX)
