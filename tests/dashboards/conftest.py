"""Houses that many tests look at."""

from collections.abc import Iterator

import pytest

from tests.dashboards.house import ACCOUNTS, PASSWORD, House, house, push, repeats


@pytest.fixture(scope="package")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a house with a token for each role, and one author who repeats."""
    with house(tmp_path_factory.mktemp("guarded"), **ACCOUNTS) as one:
        with one.asking("pusher") as client:
            push(client, repeats()).raise_for_status()
        yield one


@pytest.fixture(scope="package")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a house where ann, a reviewer, signs in."""
    folder = tmp_path_factory.mktemp("signed")
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    users = [{"name": "ann", "role": "reviewer", "password": {"file": str(secret)}}]
    with house(folder, users=users) as one:
        yield one


@pytest.fixture(scope="package")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a house without users: for whoever is at this machine."""
    with house(tmp_path_factory.mktemp("open")) as one:
        with one.asking() as client:
            push(client, repeats()).raise_for_status()
        yield one
