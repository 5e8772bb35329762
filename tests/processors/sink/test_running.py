import asyncio
from datetime import timedelta

from bunco.clock import SystemClock
from bunco.config import SourceConfig
from bunco.model import Batch
from bunco.stores import memory
from bunco.streams.consuming import Place
from bunco.values import Duration
from processors.sink.running import _retention, _unready
from processors.sink.sink import Progress
from tests.builders import an_enriched

TABLE = SourceConfig(
    name="example",
    kind="rss",
    options={},
    where="bunco.toml",
    key="source.example",
    retention=Duration(days=1),
)


def kept(*, is_mine: bool) -> int:
    store = memory.PART.make(memory.Options())
    store.commit(Batch(posts=(an_enriched(timedelta(days=-9)),)))

    async def for_a_moment() -> None:
        keeping = asyncio.create_task(_retention([TABLE], store, SystemClock(), lambda: is_mine))
        for _ in range(50):
            await asyncio.sleep(0.01)
            if not store.stats().posts:
                break
        keeping.cancel()

    asyncio.run(for_a_moment())
    return store.stats().posts


def test_the_sink_with_the_first_partition_keeps_to_the_retention() -> None:
    assert kept(is_mine=True) == 0


def test_other_sinks_leave_retention_alone() -> None:
    assert kept(is_mine=False) == 1


def test_a_sink_is_ready_while_it_has_work_and_a_store() -> None:
    held = frozenset({Place("posts", 0)})

    assert _unready(Progress(held=held)) == ""
    assert _unready(Progress(held=held, waiting="no store")) == "waiting: no store"
    assert "no partition" in _unready(Progress())
