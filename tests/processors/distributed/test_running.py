"""The processor as a process, on a real Kafka."""

import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest

from bunco import codec
from bunco.model import Post
from bunco.streams.partitions import partition_of
from tests.builders import a_post
from tests.processors.distributed.processes import Streams, made, processor, until

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]

MINUTE = timedelta(minutes=1)
AUTHOR = "web:example.org"
HERE = partition_of(AUTHOR, 2)


@pytest.fixture
def streams(kafka: str) -> Iterator[Streams]:
    with made(Streams(kafka)) as there:
        yield there


def repeated(first: int, count: int) -> list[Post]:
    return [
        a_post(n * MINUTE, id=f"web:example.org/{n}", title="The one trick that doctors hate most")
        for n in range(first, first + count)
    ]


def counted(streams: Streams) -> int:
    """Give how many times the repeated headline was counted."""
    return max((int(one.numbers["count"]) for one in streams.findings().values()), default=0)


@pytest.mark.parametrize("data", ["kept", "wiped", "older"])
@pytest.mark.slow
def test_a_killed_processor_goes_on_where_it_was(
    streams: Streams, tmp_path: Path, data: str
) -> None:
    streams.put(*repeated(0, 3))
    with processor(streams, tmp_path):
        until(lambda: counted(streams) == 3, "the first finding")
    shutil.copytree(tmp_path / "data", tmp_path / "older")
    streams.put(*repeated(3, 2))
    with processor(streams, tmp_path):
        until(lambda: counted(streams) == 5, "the finding grows")
    if data != "kept":
        shutil.rmtree(tmp_path / "data")
    if data == "older":
        shutil.copytree(tmp_path / "older", tmp_path / "data")
    streams.put(*repeated(4, 2))  # the first of them came before

    with processor(streams, tmp_path):
        until(lambda: counted(streams) >= 6, "the finding grows once more")

    assert counted(streams) == 6
    assert len(streams.findings()) == 1


def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(
    streams: Streams, tmp_path: Path
) -> None:
    streams.put(*repeated(0, 2))
    streams.put_raw(b"no json", partition=HERE)
    streams.put_raw(codec.encode(repeated(2, 1)[0]), partition=1 - HERE)  # alone, and astray

    with processor(streams, tmp_path):
        until(lambda: counted(streams) == 3, "the finding")

    (letter,) = streams.dead()
    assert (letter.origin.split(":")[:2], letter.body) == (["posts", str(HERE)], b"no json")


def test_sigterm_ends_it_cleanly_and_gives_its_work_away_at_once(
    streams: Streams, tmp_path: Path
) -> None:
    streams.put(*repeated(0, 3))
    with processor(streams, tmp_path) as running:
        until(lambda: counted(streams) == 3, "the finding")
        assert streams.members() == ["a"]

        running.process.send_signal(signal.SIGTERM)

        assert running.ended() == 0

    assert "3 posts, 1 times" in running.said()
    assert streams.members() == []


def test_two_workers_do_not_share_a_folder(streams: Streams, tmp_path: Path) -> None:
    with processor(streams, tmp_path):
        until(lambda: streams.members() == ["a"], "the first joins")
        with processor(streams, tmp_path, log="second") as second:
            assert second.ended() == 2

    assert "another worker is at work" in second.said()


def test_a_missing_topic_is_told_in_words(kafka: str, tmp_path: Path) -> None:
    with processor(Streams(kafka), tmp_path) as running:
        assert running.ended() == 1

    assert "posts is missing" in running.said()
    assert "Traceback" not in running.said()


def test_topics_that_a_broker_shows_late_are_waited_for(kafka: str, tmp_path: Path) -> None:
    streams = Streams(kafka)
    with processor(streams, tmp_path):
        sleep(4)  # by then it has looked for them
        with made(streams):
            streams.put(*repeated(0, 3))
            until(lambda: counted(streams) == 3, "the first finding")


def test_no_kafka_is_told_in_words(tmp_path: Path) -> None:
    with processor(Streams("127.0.0.1:9"), tmp_path) as running:
        assert running.ended() == 1

    assert "127.0.0.1:9" in running.said()
    assert "Traceback" not in running.said()
