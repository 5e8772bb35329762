import pytest
from msgspec import Struct

from bunco.values import Secret
from ingest.sharing.hosts import host_of
from ingest.sources import jsonl, rss


class Other(Struct, frozen=True):
    """Options whose url is no text."""

    url: int = 3


@pytest.mark.parametrize(
    ("options", "host"),
    [
        (rss.Options(url="https://Example.org/feed"), "example.org"),
        (rss.Options(url="https://example.org.:8443/other"), "example.org"),
        (rss.Options(secret_url=Secret("https://example.org/key")), "example.org"),
        (rss.Options(url="https://[broken/"), "name"),
        (jsonl.Options(path="posts.jsonl"), "name"),
        (Other(), "name"),
    ],
)
def test_sources_are_shared_by_host_or_name(options: Struct, host: str) -> None:
    assert host_of("name", options) == host
