"""In a distributed run ``bunco serve`` takes pushes: they are in Kafka when it answers."""

from pathlib import Path

import httpx
import pytest

from bunco import codec, wiring
from bunco.model import Batch
from bunco.streams import names, topics
from bunco.streams.topic_reader import TopicReader
from bunco.values import Duration
from tests.builders import a_post
from tests.bunco.cli.test_serve import started
from tests.bunco.streams.clusters import own_prefix

pytestmark = pytest.mark.services
BEARER = {"Authorization": "Bearer t"}


def test_what_is_answered_is_in_kafka_and_what_is_wrong_in_the_store(
    kafka: str, tmp_path: Path
) -> None:
    with own_prefix(kafka) as options:
        topics.create(options)
        (tmp_path / "token").write_text("t", encoding="utf-8")
        config = tmp_path / "bunco.toml"
        config.write_text(
            f'store = {{ path = "{tmp_path}/hooks.db" }}\n'
            f'kafka = {{ bootstrap = ["{kafka}"], prefix = "{options.prefix}" }}\n'
            f'[[source]]\nname = "hook"\nkind = "webhook"\n'
            f'token = {{ file = "{tmp_path}/token" }}\n',
            encoding="utf-8",
        )
        store = wiring.open_store(wiring.load_config(config))
        store.commit(Batch())
        store.close()
        with started("serve", "--config", str(config), "--port", "0") as (_, url):
            body = codec.encode(a_post()) + b"\n{}"
            answer = httpx.post(f"{url}/hooks/hook", content=body, headers=BEARER, timeout=30)
            wrong = httpx.post(f"{url}/hooks/hook", content=body)
        reader = TopicReader(options, names.topic(options.prefix, "posts"), {}, "earliest")
        taken = reader.take(10, Duration(seconds=10))
        reader.close()

    store = wiring.open_store_at(str(tmp_path / "hooks.db"))
    assert (answer.status_code, answer.json()["taken"], wrong.status_code) == (200, 1, 401)
    assert [a_post().id.encode() in (one.value or b"") for one in taken.records] == [True]
    assert [letter.body for letter in store.dead().rows] == [b"{}"]
    store.close()
