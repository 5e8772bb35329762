"""What tests of streams share."""

from collections.abc import Iterator

import pytest

from bunco.options import KafkaOptions
from tests.bunco.streams.clusters import own_prefix


@pytest.fixture
def options(kafka: str) -> Iterator[KafkaOptions]:
    """Give options with a prefix of the test's own; its topics go afterwards."""
    with own_prefix(kafka) as own:
        yield own
