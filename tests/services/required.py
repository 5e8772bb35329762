"""Skip a test, with the reason, where a server cannot be had; fail where it must be there."""

import os
from typing import NoReturn, TypeVar

import pytest

from tests.services.servers import CannotBeHadError, Server

AnyServer = TypeVar("AnyServer", bound=Server)


def must_be_there() -> bool:
    """Say whether a missing service is a failure: ``BUNCO_REQUIRE_SERVICES=1``, as in CI."""
    return os.environ.get("BUNCO_REQUIRE_SERVICES", "") not in {"", "0"}


def skip_or_fail(reason: str) -> NoReturn:
    """End the test: skipped with the reason, or failed where services are required."""
    if must_be_there():
        pytest.fail(f"{reason} (BUNCO_REQUIRE_SERVICES is set)", pytrace=False)
    pytest.skip(reason)


def started(server: AnyServer) -> AnyServer:
    """Give a server after its start; end the test where it cannot be had.

    Tests fetch nothing from the network on their own: a server is 43 or 947 MB.
    """
    if not must_be_there() and (reason := server.missing()):
        skip_or_fail(reason)
    try:
        return server.start()
    except CannotBeHadError as missing:
        reason = str(missing)
    skip_or_fail(reason)
