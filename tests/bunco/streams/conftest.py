"""What tests of streams share."""

from collections.abc import Iterator

import pytest

from bunco.options import KafkaOptions
from tests.bunco.streams.clusters import own_prefix
from tests.bunco.streams.secured import SecuredServer
from tests.services.required import started


@pytest.fixture
def options(kafka: str) -> Iterator[KafkaOptions]:
    """Give options with a prefix of the test's own; its topics go afterwards."""
    with own_prefix(kafka) as own:
        yield own


@pytest.fixture(scope="package")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredServer]:
    """Give a broker that asks for logins and TLS."""
    with started(SecuredServer(tmp_path_factory.mktemp("secured"))) as server:
        yield server
