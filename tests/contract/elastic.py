"""An empty store in Elasticsearch for each test, on one set of indices a session.

Making indices takes a second, emptying them a tenth of that.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bunco.ports.stores import Store
from bunco.stores import elastic
from bunco.stores_elastic.connection import Connection, Reach
from bunco.stores_elastic.mappings import GROUPS

_found: dict[str, str] = {}
"""The address of the server, once a test asked for it."""
PREFIX = f"t-contract-{os.getpid()}-{secrets.token_hex(3)}"


def reach(request: pytest.FixtureRequest, kind: str) -> None:
    """Have the server there that a kind of store needs; skip the test where it cannot be had."""
    if kind == "elastic":
        _found["url"] = request.getfixturevalue("elastic")
        request.getfixturevalue("contract_indices")


def an_elastic_store() -> Store:
    """Give an empty store."""
    url = _found["url"]
    empty(url, PREFIX)
    return elastic.PART.make(elastic.Options(url=url, prefix=PREFIX))


def another_elastic_store() -> Store:
    """Give another store on the same indices, as another process has it."""
    return elastic.PART.make(elastic.Options(url=_found["url"], prefix=PREFIX))


def empty(url: str, prefix: str) -> None:
    """Take all documents out of the indices of a store."""
    with connected(url) as connection:
        connection.request("POST", f"/{prefix}-*/_refresh")
        connection.request(
            "POST",
            f"/{prefix}-*/_delete_by_query",
            {"query": {"match_all": {}}},
            params={"refresh": "true", "conflicts": "proceed"},
        )


def erase(url: str, prefix: str) -> None:
    """Delete the indices and templates of a store."""
    with connected(url) as connection:
        if names := ",".join(connection.request("GET", f"/{prefix}-*", instead={404: {}})):
            connection.request("DELETE", f"/{names}")
        for group in GROUPS:
            connection.request("DELETE", f"/_index_template/{prefix}-{group}", instead={404: {}})


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection to a server, closed afterwards."""
    connection = Connection(Reach(urls=(url,)))
    try:
        yield connection
    finally:
        connection.close()
