"""Servers that go away and come back: the sink waits, and all is stored once."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bunco.options import KafkaOptions
from bunco.stores import elastic
from bunco.values import Duration
from tests.builders import a_post
from tests.processors.sink.process import configure, sink, stored
from tests.processors.sink.stage import Running, Stage, wait_for
from tests.services.required import started
from tests.services.servers import ElasticServer, KafkaServer

pytestmark = pytest.mark.services


def numbered(start: int, end: int) -> list[Any]:
    names = [f"web:a{number % 9}.org" for number in range(start, end)]
    return [a_post(id=f"{name}/{start + n}", author=name) for n, name in enumerate(names)]


@pytest.mark.slow
def test_a_broker_that_is_killed_is_waited_for(tmp_path: Path) -> None:
    place = tmp_path / "bunco.db"
    with started(KafkaServer(tmp_path / "kafka")) as server:
        options = KafkaOptions(bootstrap=(server.address,), partitions=4)
        configure(tmp_path, options)
        before = Stage(options)
        with sink(tmp_path) as process:
            before.put(numbered(0, 500))
            wait_for(lambda: stored(place)[0] == 500)
            before.disconnect()

            server.kill()
            time.sleep(3)
            server.start()
            after = Stage(options)
            after.put(numbered(500, 1000))
            wait_for(lambda: stored(place)[0] == 1000)
            process.terminate()

            assert process.wait(10) == 0
        after.close()


@pytest.mark.timeout(240)
@pytest.mark.long
def test_while_elasticsearch_is_away_nothing_is_lost(stage: Stage, tmp_path: Path) -> None:
    with started(ElasticServer(tmp_path / "elastic")) as server:
        made = elastic.Options(url=server.url, prefix="t-sink", wait=Duration(seconds=1))
        store = elastic.PART.make(made)
        with closing(store), Running(stage, store, batch_items=100) as sink:
            stage.put(numbered(0, 300), at_most=20)
            sink.until(lambda done: done.posts == 300)

            server.kill()
            stage.put(numbered(300, 900), at_most=20)
            sink.until(lambda done: "Elasticsearch" in done.waiting)
            saved = stage.saved("posts")
            server.start()
            sink.until(lambda done: done.posts >= 900 and not done.waiting)

            assert saved < stage.saved("posts")
            assert store.stats().posts == 900
