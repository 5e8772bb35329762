from pathlib import Path

import msgspec
import pytest

from bunco.config import decode
from bunco.errors import ConfigError, StoreError, UsageError
from bunco.ports.queries import FindingQuery
from bunco.stores.elastic import Options, make, options_of


@pytest.mark.parametrize(
    ("place", "options"),
    [
        ("elastic://127.0.0.1:9200", {"url": "http://127.0.0.1:9200"}),
        ("elastic://search/spam", {"url": "http://search", "prefix": "spam"}),
        ("elastics://search:443/spam/", {"url": "https://search:443", "prefix": "spam"}),
        ("elastic://[::1]:9200", {"url": "http://[::1]:9200"}),
        (
            "elastics://ann:pa%40ss@search?ca_file=/ca.pem&wait=5s",
            {"url": "https://ann:pa%40ss@search", "ca_file": "/ca.pem", "wait": "5s"},
        ),
    ],
)
def test_an_address_says_where_the_store_is(place: str, options: dict[str, str]) -> None:
    found = options_of(place)

    assert found == options
    decode(Options, found, "--store", "store")


@pytest.mark.parametrize(
    "place",
    ["elastic:", "elastic://", "elastic:/x", "elastic://host:port", "elastic://h?api_key=secret"],
)
def test_an_address_that_cannot_be_read_is_refused(place: str) -> None:
    with pytest.raises(UsageError):
        options_of(place)


def test_a_password_in_an_address_is_in_no_error() -> None:
    store = make(decode(Options, options_of("elastic://ann:hunter2@127.0.0.1:9"), "-", "store"))

    with pytest.raises(StoreError) as told:
        store.findings(FindingQuery())

    assert "hunter2" not in str(told.value)
    assert "no Elasticsearch answers at http://127.0.0.1:9" in store.check()[0]
    store.close()


def test_secrets_stand_elsewhere_and_are_not_shown(tmp_path: Path) -> None:
    place = tmp_path / "key"
    place.write_text("abc\n")
    options = decode(Options, {"api_key": {"file": str(place)}}, "-", "store")

    assert options.api_key is not None
    assert options.api_key.reveal() == "abc"
    assert "abc" not in repr(options)
    with pytest.raises(ConfigError, match="no secrets in this file"):
        decode(Options, {"password": "abc"}, "-", "store")


@pytest.mark.parametrize("prefix", ["", "Upper", "-begins", "with space", "a/b", "a*"])
def test_a_prefix_is_what_an_index_may_be_called(prefix: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"prefix": prefix}, Options)
