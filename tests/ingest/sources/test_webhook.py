"""Pushed posts: who may, in which forms, and what the sender is told."""

import asyncio
from typing import Any

import msgspec
import pytest

from bunco import codec, registry
from bunco.config import PartConfig
from bunco.errors import ConfigError
from bunco.model import Post, Removal
from bunco.ports.sources import Receiver, SourceTools
from bunco.pushes import Push, Received
from bunco.values import Secret
from ingest.sources import webhook
from ingest.sources.webhook import MOST, Options, WebhookSource, make
from ingest.unreachable import NoWeb
from ingest.webhook.mapping import Fields
from tests.builders import NOON, a_post, a_verdict
from tests.fakes import FakeClock

BEARER = {"authorization": "Bearer t"}
REMOVAL = b'{"removed":"post","id":"web:example.org/1"}'


def a_source(**options: Any) -> WebhookSource:
    tools = SourceTools(name="hook", clock=FakeClock(), web=NoWeb())
    return make(Options(**{"token": Secret("t"), **options}), tools)


def pushed(body: bytes, **options: Any) -> Received:
    return a_source(**options).receive(Push(body=body, headers=BEARER))


def told(received: Received) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(received.reply.body)
    return found


def lines(*posts: Post) -> bytes:
    return b"\n".join(codec.encode(post) for post in posts)


ONE, TWO = a_post(), a_post(id="web:example.org/2", author="web:example.org")


@pytest.mark.parametrize(
    "body",
    [
        lines(ONE, TWO),
        b"[" + codec.encode(ONE) + b"," + codec.encode(TWO) + b"]",
        b"\n" + codec.encode(ONE) + b"\r\n\r\n" + codec.encode(TWO) + b"\n",
    ],
)
def test_posts_come_as_lines_or_an_array(body: bytes) -> None:
    received = pushed(body)

    assert [item.id for item in received.items if isinstance(item, Post)] == [ONE.id, TWO.id]
    assert {item.source for item in received.items if isinstance(item, Post)} == {"hook"}
    assert (received.reply.status, told(received)["taken"]) == (200, 2)


def test_one_post_may_be_written_over_several_lines() -> None:
    body = msgspec.json.format(codec.encode(ONE), indent=2)

    assert len(pushed(body).items) == 1


def test_removals_are_taken() -> None:
    assert pushed(REMOVAL).items == (
        Removal(removed="post", id="web:example.org/1", source="hook"),
    )


def test_nothing_is_taken_from_who_has_no_token() -> None:
    received = a_source().receive(Push(body=lines(ONE)))

    assert (received.items, received.dead, received.reply.status) == ((), (), 401)


def test_a_get_takes_nothing() -> None:
    received = a_source().receive(Push(method="GET", body=lines(ONE), headers=BEARER))

    assert (received.items, received.reply.status) == ((), 405)


def test_what_cannot_be_read_is_set_aside_and_the_rest_taken() -> None:
    body = lines(ONE) + b'\n{"id":1}\n' + codec.encode(a_verdict())

    received = pushed(body)

    assert (len(received.items), len(received.dead), received.reply.status) == (1, 2, 200)
    assert told(received)["set_aside"] == 2
    assert [letter.source for letter in received.dead] == ["hook", "hook"]


@pytest.mark.parametrize("body", [b"", b"tea", b"[", b"\xff", b'"tea', b"<html>\n<p>"])
def test_a_body_without_json_is_set_aside_and_the_sender_told(body: bytes) -> None:
    received = pushed(body)

    assert (len(received.items), len(received.dead), received.reply.status) == (0, 1, 422)
    assert pushed(body).dead[0].id == received.dead[0].id


def test_more_than_the_most_at_once_is_refused_whole() -> None:
    received = pushed(b"\n".join([codec.encode(ONE)] * (MOST + 1)))

    assert (received.items, received.dead, received.reply.status) == ((), (), 413)


def test_foreign_json_is_read_by_its_paths() -> None:
    fields = Fields(id="n", text="say")
    body = b'{"data":{"all":[{"n":1,"say":"Tea"},{"n":2}]}}'

    received = pushed(body, fields=fields, items="data.all", platform="shop", place="till")

    (post,) = received.items
    assert isinstance(post, Post)
    assert (post.id, post.author, post.text, post.place) == ("shop:1", "shop:hook", "Tea", "till")
    assert [letter.body for letter in received.dead] == [b'{"n":2}']


def test_it_is_a_receiver_and_waits_for_ever_when_read() -> None:
    async def waited() -> bool:
        reading = asyncio.ensure_future(a_source().read(b""))
        done, _ = await asyncio.wait({reading}, timeout=0.05)
        reading.cancel()
        return not done

    assert isinstance(a_source(), Receiver)
    assert asyncio.run(waited())


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"token": None}, "token"),
        ({"token": Secret("")}, "token"),
        ({"signed": "nothing"}, "signed"),
        ({"signed": "{timestamp}{body}"}, "timestamp_header"),
        ({"timestamp_header": "X-Time"}, "timestamp_header"),
        ({"removed_at": "event"}, "removed_at"),
    ],
)
def test_options_that_guard_nothing_are_refused(options: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=key):
        a_source(**options)


def test_the_fields_stand_in_the_file_as_a_table() -> None:
    table = PartConfig(
        name="hook",
        kind="webhook",
        options={"token": {"env": "HOME"}, "fields": {"id": "post.id", "text": "post.raw"}},
        where="test",
        key="source.hook",
    )

    options = registry.options(webhook.PART, table)

    assert isinstance(options, Options)
    assert options.fields == Fields(id="post.id", text="post.raw")


def test_a_saved_body_can_be_parsed() -> None:
    parsed = webhook.parse(lines(ONE) + b"\n{}", url="body.json", seen_at=NOON)

    assert (parsed.items, [one.origin for one in parsed.dead]) == ((ONE,), ["body.json:2"])
