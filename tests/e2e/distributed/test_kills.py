"""Kills and restarts at random moments, of everything, lose nothing and double nothing."""

from pathlib import Path
from random import Random

import pytest
from msgspec import Struct

from tests.e2e.distributed.chance import Misfortune, schedule
from tests.e2e.distributed.contents import differences
from tests.e2e.distributed.making import growing, simulated
from tests.e2e.distributed.settling import settle
from tests.e2e.distributed.stack import Given, Stack, expected, until
from tests.services.required import started
from tests.services.servers import ElasticServer, KafkaServer

pytestmark = pytest.mark.services


class _Load(Struct, frozen=True, kw_only=True):
    posts: int
    rate: float
    """Posts a second."""
    times: dict[str, int]
    within: float


_SHORT = _Load(
    posts=8000, rate=400, times={"process": 4, "ingest": 1, "sink": 1, "kafka": 1}, within=60
)
_LONG = _Load(
    posts=200_000,
    rate=1500,
    times={"process": 20, "ingest": 5, "sink": 5, "kafka": 2, "elastic": 2},
    within=900,
)


def test_kills_change_nothing(
    elastic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started(KafkaServer(tmp_path / "kafka")) as kafka:
        _survives(_SHORT, kafka, elastic, tmp_path, capsys)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_kills_and_restarts_change_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        started(KafkaServer(tmp_path / "kafka")) as kafka,
        started(ElasticServer(tmp_path / "elastic")) as elastic,
    ):
        _survives(_LONG, kafka, elastic, tmp_path, capsys)


def _survives(
    load: _Load,
    kafka: KafkaServer,
    elastic: ElasticServer | str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = simulated(folder / "posts.jsonl", load.posts)
    whole = expected(file, folder)
    growing_file = folder / "growing.jsonl"
    growing_file.touch()
    given = Given(
        kafka=kafka.address,
        elastic=elastic if isinstance(elastic, str) else elastic.url,
        posts=growing_file,
        follow=True,
    )
    random = Random(1)

    def restart_kafka() -> None:
        kafka.kill()
        kafka.start()

    def restart_elastic() -> None:
        assert isinstance(elastic, ElasticServer)
        elastic.kill()
        elastic.start()

    others = {"kafka": restart_kafka, "elastic": restart_elastic}
    with Stack(folder / "stack", given) as stack:
        stack.start("process")
        stack.start("sink")
        stack.start("ingest")
        fate = Misfortune(stack, random, others)
        with growing(file, growing_file, load.rate) as writing:
            until(lambda: stack.count() > 0, 60, "the first posts arrive", stack)
            left_s = (load.posts - writing.written) / load.rate
            fate.carry_out(schedule(random, left_s, load.times))
            writing.join()
        took = settle(stack, load.within)
        found = stack.contents()

    with capsys.disabled():
        kills = ", ".join(f"{count} of {name}" for name, count in load.times.items())
        print(
            f"\n{len(found.posts):,} posts, {len(found.findings):,} findings; killed with -9:"
            f" {kills}; all through {took:.1f} s after the last post"
        )
    assert len(whole.posts) == load.posts
    assert differences(whole, found) == "", "\n".join(fate.log)
    assert found.dead == {}
