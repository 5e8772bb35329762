from collections import Counter
from datetime import timedelta

from bench.jetstream import Script
from bunco.model import Post
from ingest.bluesky.event import decode_v1
from ingest.bluesky.reading import Reader
from ingest.streams.recent import Recent
from tests.builders import NOON


def test_what_is_measured_with_is_what_a_jetstream_sends() -> None:
    script = Script(1)
    reader = Reader("jet", decode_v1, (), Recent())

    reading = reader.read([script.event(number) for number in range(2000)], NOON)

    kinds = Counter(item.kind if isinstance(item, Post) else "gone" for item in reading.items)
    assert reading.dead == ()
    assert kinds["post"] > kinds["repost"] > kinds["reply"] > kinds["gone"] > 20
    assert sum(isinstance(item, Post) and bool(item.title) for item in reading.items) > 200
    assert min(item.posted_at for item in reading.items if isinstance(item, Post)) > (
        NOON - timedelta(days=1)
    )
