"""What holds for every test: nobody inherits what another one set up; servers are shared."""

import gc
import os
from collections.abc import Iterator

import pytest
import structlog

from tests.services.required import started
from tests.services.servers import ElasticServer, KafkaServer


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Let a socket or file left open be told of where it was, not in some later module."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Take back where logs go: a command sets it to the stream of its own test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs serve no dashboard where a test does not ask for it: they would share a port."""
    monkeypatch.setenv("BUNCO_DASHBOARD__ENABLED", "false")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a Kafka broker: a running one by BUNCO_TEST_KAFKA, else our own.

    All tests of a session share it, so name topics and groups apart.
    """
    if running := os.environ.get("BUNCO_TEST_KAFKA"):
        yield running
        return
    with started(KafkaServer(tmp_path_factory.mktemp("kafka"))) as server:
        yield server.address


@pytest.fixture(scope="session")
def elastic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of an Elasticsearch node: a running one by BUNCO_TEST_ELASTIC, else our own.

    All tests of a session share it, so name indices apart.
    """
    if running := os.environ.get("BUNCO_TEST_ELASTIC"):
        yield running
        return
    with started(ElasticServer(tmp_path_factory.mktemp("elastic"))) as server:
        yield server.url
