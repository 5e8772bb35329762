import msgspec
import pytest

from bunco.errors import SourceError
from ingest.mastodon import order, server
from ingest.mastodon.server import Server, stream_address
from ingest.mastodon.timeline import Timeline
from tests.builders import NOON

URL = "https://social.example"


@pytest.mark.parametrize(
    ("streaming", "transport", "address"),
    [
        ("", "websocket", "wss://social.example/api/v1/streaming?stream=public%3Alocal"),
        ("wss://s.example", "websocket", "wss://s.example/api/v1/streaming?stream=public%3Alocal"),
        ("wss://s.example/", "sse", "https://s.example/api/v1/streaming/public/local"),
        (
            "wss://s.example/api/v1/streaming",
            "sse",
            "https://s.example/api/v1/streaming/public/local",
        ),
    ],
)
def test_the_stream_stands_where_the_server_says(
    streaming: str, transport: server.Transport, address: str
) -> None:
    known = Server(domain="example", streaming=streaming)

    assert stream_address(known, URL, Timeline(scope="local"), transport) == address


def test_a_token_is_not_sent_in_the_clear_because_a_server_says_so() -> None:
    with pytest.raises(SourceError, match="without encryption"):
        stream_address(Server(domain="a", streaming="ws://a.example"), URL, Timeline(), "sse")


@pytest.mark.parametrize(
    ("told", "domain", "streaming"),
    [
        (
            '{"domain": "Example", "configuration": {"urls": {"streaming": "wss://s"}}}',
            "example",
            "wss://s",
        ),
        (
            '{"uri": "https://pleroma.example", "urls": {"streaming_api": "wss://p"}}',
            "pleroma.example",
            "wss://p",
        ),
        ('{"uri": "old.example"}', "old.example", ""),
        ('{"configuration": null, "urls": null}', "social.example", ""),
    ],
)
def test_either_version_of_the_description_is_read(told: str, domain: str, streaming: str) -> None:
    found = server.described(msgspec.json.decode(told, type=server.Instance), URL)

    assert (found.domain, found.streaming) == (domain, streaming)


def test_ids_are_put_in_order_whoever_made_them() -> None:
    flakes = ["AQ1GzEyRFrWb7vZKlE", "AQ1H0EyRFrWb7vZKlE"]

    assert order.latest("", *reversed(flakes)) == flakes[1]
    assert order.latest("999", "1000") == "1000"
    assert order.before(flakes[0], NOON - NOON) == flakes[0]
    assert order.newer("no header") == order.newer('<http://[>; rel="prev"') == ""
