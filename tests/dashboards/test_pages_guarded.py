"""Pages and the WebSocket they live on stand behind the same guard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from argon2 import PasswordHasher
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.dashboards.house import PASSWORD, House, house

SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a house with pages, where ann signs in to look."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    users = [{"name": "ann", "role": "viewer", "password_hash": quick}]
    with house(tmp_path_factory.mktemp("paged"), with_pages=True, users=users) as one:
        yield one


@contextmanager
def socket(one: House, **headers: str) -> Iterator[ClientConnection]:
    url = one.url.replace("http", "ws") + SOCKET
    with connect(url, additional_headers=headers, proxy=None) as connection:
        yield connection


def signed_in(client: httpx.Client) -> str:
    """Sign ann in; give the header with her cookie."""
    client.post("/login", data={"name": "ann", "password": PASSWORD})
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def test_a_page_is_for_those_who_signed_in_and_its_scripts_bear_the_nonce(paged: House) -> None:
    with paged.asking(headers={"Accept": "text/html"}) as client:
        closed = client.get("/")
        signed_in(client)
        page = client.get("/")
        settings = client.get("/settings")

    nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert closed.status_code == 303
    assert page.status_code == 200
    assert nonce
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in one for one in scripts)
    assert int(page.headers["content-length"]) == len(page.content)
    assert settings.status_code == 403


def test_the_socket_takes_a_session_and_our_own_page(paged: House) -> None:
    with paged.asking() as client:
        cookie = signed_in(client)
        with socket(paged, Cookie=cookie, Origin=paged.url) as connection:
            assert str(connection.recv(5)).startswith("0{")  # Engine.IO's greeting
        refused = [
            {},
            {"Cookie": cookie, "Origin": "https://evil.example"},
            {"Cookie": "bunco_0=guess"},
            {"Authorization": "Bearer guess", "Cookie": cookie},
        ]
        for headers in refused:
            with pytest.raises(InvalidStatus) as told, socket(paged, **headers):
                pass
            assert told.value.response.status_code == 403


def test_the_socket_closes_when_one_signs_out(paged: House) -> None:
    with paged.asking() as client:
        cookie = signed_in(client)
        with socket(paged, Cookie=cookie, Origin=paged.url) as connection:
            connection.recv(5)
            client.post("/logout")

            with pytest.raises(ConnectionClosed):
                _drained(connection)


def _drained(connection: ClientConnection) -> None:
    for _ in range(10):
        connection.recv(5)
