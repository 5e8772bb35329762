import socket
import threading

import pytest

from bunco.errors import StoreError, UnavailableError
from bunco.stores_elastic.connection import Connection, Reach, login, shown
from bunco.values import Secret
from tests.bunco.stores_elastic.scripted import ScriptedServer

CLOSED = "http://ann:hunter2@127.0.0.1:9"
"""Nobody listens at the port of ``discard``."""


def asked(url: str, **how: object) -> None:
    connection = Connection(Reach(urls=(url,), **how))  # type: ignore[arg-type]  # a few fields
    try:
        connection.require_version()
    finally:
        connection.close()


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    with pytest.raises(UnavailableError, match="no Elasticsearch answers") as told:
        asked(CLOSED)

    assert "http://127.0.0.1:9" in str(told.value)
    assert "refused" in str(told.value)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n"])
def test_what_speaks_no_http_is_told_in_words(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connected, _ = listening.accept()
            with connected:
                connected.recv(65536)
                connected.sendall(said)

        answering = threading.Thread(target=answer)
        answering.start()

        with pytest.raises(UnavailableError, match="what listens there speaks no HTTP"):
            asked(f"http://127.0.0.1:{listening.getsockname()[1]}")

        answering.join()


def test_a_wrong_password_is_told_in_words(scripted: ScriptedServer) -> None:
    scripted.answers = [(401, {"error": {"type": "security_exception", "reason": "unable"}})]

    with pytest.raises(StoreError, match="does not accept the user and password"):
        asked(scripted.url, username="ann", password=Secret("x"))


def test_another_product_is_told_in_words(scripted: ScriptedServer) -> None:
    scripted.product = ""
    scripted.answers = [(200, {"version": {"number": "2.1", "distribution": "other"}})]

    with pytest.raises(StoreError, match="is not Elasticsearch"):
        asked(scripted.url)


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"version": {"number": "8.19.1"}}),
        (400, {"error": {"type": "media_type_header_exception", "reason": "Invalid media_type"}}),
    ],
)
def test_an_old_server_is_told_in_words(
    scripted: ScriptedServer, answer: tuple[int, object]
) -> None:
    scripted.answers = [answer]

    with pytest.raises(StoreError, match="9 or later is needed"):
        asked(scripted.url)


def test_a_server_without_tls_is_told_in_words(scripted: ScriptedServer) -> None:
    with pytest.raises(StoreError, match="does not speak TLS"):
        asked(scripted.url.replace("http:", "https:"))


def test_a_full_disk_is_a_matter_of_time(scripted: ScriptedServer) -> None:
    why = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"
    scripted.answers = [(403, {"error": {"type": "cluster_block_exception", "reason": why}})]

    with pytest.raises(UnavailableError, match="make room"):
        asked(scripted.url)


def test_too_many_shards_are_a_matter_of_time(scripted: ScriptedServer) -> None:
    why = (
        "Validation Failed: 1: this action would add [1] shards, but this cluster currently has "
        "[1000]/[1000] maximum normal shards open;"
    )
    scripted.answers = [(400, {"error": {"type": "validation_exception", "reason": why}})]

    with pytest.raises(UnavailableError, match=r"raise cluster\.max_shards_per_node"):
        asked(scripted.url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://ann:pa%40ss@host:1234/es", "http://host:1234/es"),
        ("https://host", "https://host:443"),
        ("host:9201", "http://host:9201"),
        ("http://[::1]:9200", "http://[::1]:9200"),
    ],
)
def test_an_address_is_shown_without_the_login(url: str, told: str) -> None:
    assert shown(url) == told


def test_the_login_of_an_address_is_decoded() -> None:
    assert login("http://ann:pa%40ss@host:1234") == ("ann", "pa@ss")
    assert login("http://host:1234") is None


@pytest.mark.parametrize("url", ["", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_address_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(StoreError, match="http://HOST:PORT"):
        Connection(Reach(urls=(url,)))
