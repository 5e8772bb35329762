"""What holds for every test: nobody inherits what another one set up."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Take back where logs go: a command sets it to the stream of its own test."""
    yield
    structlog.reset_defaults()
