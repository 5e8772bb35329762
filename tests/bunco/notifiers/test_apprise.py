"""Through Apprise, to a channel on loopback that takes JSON."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import sleep
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.errors import SendError
from bunco.values import Duration, Secret
from tests.bunco.notifiers.test_smtp import MESSAGE

apprise = pytest.importorskip("bunco.notifiers.apprise")
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by one of its plugins


@contextmanager
def channel(status: int = 200, wait_s: float = 0.0) -> Iterator[tuple[str, list[Any]]]:
    """Serve a channel; give its address and what it was given."""
    given: list[Any] = []

    class Channel(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the server's name
            given.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            sleep(wait_s)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Channel) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"json://127.0.0.1:{server.server_port}/", given
        finally:
            server.shutdown()
            thread.join()


def send(url: str, timeout_s: float = 10.0, text: str = "Hello") -> None:
    """Send one message."""
    options = apprise.Options(url=Secret(url), timeout=Duration(seconds=timeout_s))

    async def sending() -> None:
        notifier = apprise.PART.make(options)
        await notifier.send(replace(MESSAGE, text=text))
        await notifier.close()

    asyncio.run(sending())


def test_subject_and_text_go_to_the_channel() -> None:
    with channel() as (url, given):
        send(url)

    assert [(one["title"], one["message"]) for one in given] == [("Hello", "Hello")]


def test_a_long_text_is_cut_to_what_channels_take() -> None:
    with channel() as (url, given):
        send(url, text="word " * 2000)

    assert len(given) == 1
    assert len(given[0]["message"]) <= 3502
    assert given[0]["message"].endswith("…")


def test_a_refusal_may_heal() -> None:
    with channel(status=500) as (url, _), pytest.raises(SendError) as caught:
        send(url)

    assert caught.value.recoverable


def test_a_channel_that_does_not_answer_in_time_may_heal() -> None:
    with channel(wait_s=0.5) as (url, _), pytest.raises(SendError) as caught:
        send(url, timeout_s=0.2)

    assert caught.value.recoverable
    assert "in time" in caught.value.reason


def test_an_address_that_apprise_does_not_know_is_for_good_and_not_shown() -> None:
    with pytest.raises(SendError) as caught:
        send("nonsense://secret-word")

    assert not caught.value.recoverable
    assert "secret-word" not in str(caught.value)
