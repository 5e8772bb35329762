"""Topics of a test's own on the shared broker."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest

from bunco.options import KafkaOptions
from tests.processors.sink.stage import Stage


@pytest.fixture
def stage(kafka: str) -> Iterator[Stage]:
    """Give topics that nobody else uses; they are gone afterwards."""
    prefix = f"t-sink-{uuid4().hex[:8]}"
    with closing(Stage(KafkaOptions(bootstrap=(kafka,), prefix=prefix, partitions=4))) as made:
        yield made
