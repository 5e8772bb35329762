"""Topics of a test's own on the shared broker."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from bunco.options import KafkaOptions
from tests.ingest.sharing.stream import Stream


@pytest.fixture
def stream(kafka: str) -> Iterator[Stream]:
    """Give topics that nobody else uses; they are gone afterwards."""
    options = KafkaOptions(bootstrap=(kafka,), prefix=f"t-ingest-{uuid4().hex[:8]}", partitions=4)
    found = Stream(options)
    found.make()
    yield found
    found.drop()
