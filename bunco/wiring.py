"""Put the parts together: the only module that knows concrete classes.

Heavy modules are imported by the function that needs them, so that a reading command
loads no web client and no feed parser.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from bunco import codec, registry
from bunco.clock import SystemClock
from bunco.collecting import collect_seldom
from bunco.config import Config, PartConfig, from_tables, read
from bunco.errors import BadInput, UsageError
from bunco.log import logger
from bunco.model import (
    Batch,
    DeadLetter,
    Delivery,
    Finding,
    Item,
    Page,
    Pattern,
    Post,
    Removal,
    SourceState,
    Verdict,
)
from bunco.options import KafkaOptions
from bunco.ports.bus import Bus, Outlet
from bunco.ports.detectors import Detector
from bunco.ports.parts import Clock, Parsed
from bunco.ports.sources import Pushing, Receiver, Source, SourceControl, SourceTools
from bunco.ports.stores import Store
from bunco.ports.web import Web
from bunco.values import Duration

if TYPE_CHECKING:
    from ingest.http import HttpWeb
    from ingest.sharing.ingester import OnStep as OnIngestStep
    from ingest.sharing.ingester import Progress as IngestProgress
    from processors.distributed.worker import Applied
    from processors.embedded import Embedded, Step
    from processors.flow import OnCommit, OnStep, Progress
    from processors.sink.sink import OnStep as OnSinkStep
    from processors.sink.sink import Progress as SinkProgress

DEFAULT_CONFIG = Path("bunco.toml")

_log = logger(__name__)
_ASKING_SPACING = Duration(milliseconds=300)
"""Between questions to one host, of which there are five at most. Source: ours."""

Beside: TypeAlias = Callable[["Running"], AbstractAsyncContextManager["OnCommit"]]
"""What runs beside a pipeline, such as the dashboard; what it gives is told of each commit."""

Play: TypeAlias = Callable[[Sequence[DeadLetter]], dict[str, str]]
"""Plays letters again; gives, by the ids of those that failed again, why."""


class Running(Struct, frozen=True, kw_only=True, eq=False):
    """What a run shows to those that stand beside it."""

    store: Store
    outlet: Outlet
    """What is put here goes through the pipeline."""
    control: SourceControl | None = None
    """None where no sources are read."""
    receivers: Mapping[str, Receiver] = {}
    """The sources that are pushed to as well, by name."""
    pushing: Pushing | None = None
    """Brings in what those are pushed; None where no sources are read."""


class Mended(Struct, frozen=True, kw_only=True):
    """What became of dead letters that were played again."""

    mended: int
    failed: int
    reasons: tuple[str, ...]
    """Why the failed ones failed again, one line each."""


def load_config(path: Path | None = None) -> Config:
    """Read a configuration; without a path ``bunco.toml`` here, or all defaults.

    Raises:
        ConfigError: the file is missing or something in it is wrong.
    """
    if path is None and not DEFAULT_CONFIG.exists():
        return from_tables({}, where="defaults")
    return read(path or DEFAULT_CONFIG)


def open_store(config: Config) -> Store:
    """Open the configured store.

    Raises:
        ConfigError: its kind or options are wrong.
        StoreError: it cannot be opened.
    """
    return _made_store(config.store)


def open_store_at(url: str) -> Store:
    """Open the store at ``PATH``, ``sqlite:PATH``, ``memory:`` or ``elastic://HOST:PORT/PREFIX``.

    Raises:
        ConfigError: the kind is unknown, or what it needs is not installed.
        StoreError: it cannot be opened.
    """
    kind, colon, rest = url.partition(":")
    if not colon or len(kind) < 2 or not kind.isalpha():
        kind, rest = "sqlite", url
    options = {"path": rest} if rest else {}
    if kind in {"elastic", "elastics"}:
        registry.part("bunco.stores", "elastic", where="--store", key="store")
        from bunco.stores.elastic import options_of

        kind, options = "elastic", options_of(url)
    return _made_store(
        PartConfig(name="store", kind=kind, options=options, where="--store", key="store")
    )


def detectors(config: Config) -> list[Detector[Any, Any]]:
    """Make the configured detectors, in the order of their names.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    return [
        _made("processors.detectors", table)
        for table in sorted(config.detectors, key=lambda table: table.kind)
    ]


def sources(config: Config, web: Web, clock: Clock) -> dict[str, Source]:
    """Make the enabled sources, by name.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    return {
        table.name: _made(
            "ingest.sources", table, SourceTools(name=table.name, clock=clock, web=web)
        )
        for table in config.sources
        if table.enabled
    }


def receivers(config: Config, web: Web, clock: Clock) -> dict[str, Receiver]:
    """Make those of the enabled sources that are pushed to, by name.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    return _receivers(sources(config, web, clock))


def web_of(config: Config, clock: Clock) -> "HttpWeb":
    """Make the fetcher; whoever asks for it closes it."""
    from ingest.http import HttpWeb

    return HttpWeb(config.http, clock)


@asynccontextmanager
async def asking_web(config: Config, clock: Clock) -> AsyncIterator[Web]:
    """Give a fetcher for some questions that somebody waits for: it spaces them less."""
    http = replace(config.http, host_spacing=min(config.http.host_spacing, _ASKING_SPACING))
    web = web_of(replace(config, http=http), clock)
    try:
        yield web
    finally:
        await web.close()


def parse_document(kind: str, document: bytes, url: str, seen_at: datetime) -> Parsed:
    """Give what a source of that kind makes of a saved document.

    Raises:
        ConfigError: there is no such kind.
        UsageError: sources of that kind read no documents.
        BadInput: the document cannot be read.
    """
    part = registry.part("ingest.sources", kind, where="command line", key="KIND")
    if part.parse is None:
        raise UsageError(f"sources of kind {kind} read no documents")
    return part.parse(document, url=url, seen_at=seen_at)


def forget(store: Store, author: str, at: datetime, *, through: KafkaOptions | None = None) -> None:
    """Erase an author with everything of theirs published up to then.

    Args:
        store: where they are erased.
        author: whom to forget.
        at: the end of what is erased.
        through: in a distributed run the Kafka whose processors are to forget them too.

    Raises:
        BrokerError: Kafka could not be told; nothing was erased.
        StoreError: it could not be written.
    """
    removal = Removal(removed="author", author=author, at=at)
    if through is not None:
        from bunco.streams.producing import publish_items

        publish_items(through, [removal])
    store.commit(Batch(removals=(removal,)))


def judge(
    store: Store,
    config: Config,
    verdicts: Sequence[Verdict],
    *,
    through: KafkaOptions | None = None,
) -> None:
    """Give verdicts: beside the findings, and to the pipeline. It may run meanwhile.

    Args:
        store: where the findings are.
        config: its detectors learn of it, where no Kafka is named.
        verdicts: in their order.
        through: in a distributed run the Kafka whose processors learn of it.

    Raises:
        BrokerError: Kafka could not be told; nothing was written.
        StoreError: it could not be written.
    """
    if through is not None:
        from bunco.streams.producing import publish_items

        publish_items(through, verdicts)
        store.commit(Batch(verdicts=tuple(verdicts)))
        return
    delivery = Delivery(source="", items=tuple(verdicts), cursor=b"")
    pipeline_over(config, store, is_beside=True).step([delivery])


def pattern_of(config: Config, finding: Finding) -> Pattern | None:
    """Give what a finding is about, by its detector; None where that is not configured."""
    found = {detector.kind: detector for detector in detectors(config)}.get(finding.detector)
    return None if found is None else found.pattern(finding)


def replay_dead(
    store: Store, config: Config, ids: Collection[str], *, through: KafkaOptions | None = None
) -> Mended:
    """Play dead letters again and drop those that go through now.

    Args:
        store: where they stand.
        config: its detectors see the posts, where no Kafka is named.
        ids: of the letters.
        through: in a distributed run the Kafka whose processors see the posts again.

    Raises:
        StoreError: the store could not be read or written.
    """
    play = _player(store, config) if through is None else _kafka_player(store, config, through)
    wanted, reasons, mended = set(ids), [], 0
    for page in _pages(store):
        letters = [letter for letter in page if letter.id in wanted]
        failed = play(letters)
        reasons += [
            f"{letter.origin}: {failed[letter.id]}" for letter in letters if letter.id in failed
        ]
        mended += store.drop_dead([one.id for one in letters if one.id not in failed])
    return Mended(mended=mended, failed=len(reasons), reasons=tuple(reasons))


def publish(options: KafkaOptions, items: Sequence[Item]) -> None:
    """Put items into Kafka and wait until they are safe there; blocks.

    Raises:
        BrokerError: not all of them could be put.
    """
    if items:
        from bunco.streams.producing import publish_items

        publish_items(options, items)


@asynccontextmanager
async def alone(running: Running) -> "AsyncIterator[OnCommit]":
    """Let nothing run beside a pipeline."""
    del running
    yield _unheard


def _unheard(step: "Step") -> None:
    del step


async def run(
    config: Config, *, stop: asyncio.Event, on_step: "OnStep", beside: Beside = alone
) -> "Progress":
    """Read all sources into the store until ``stop`` is set or every source has ended.

    Args:
        config: its sources are read into its store.
        stop: ends it after the running batch.
        on_step: told of the progress after each commit.
        beside: what runs in the same loop as long.

    Raises:
        ConfigError: something in the configuration is wrong.
        StoreError: the store could not be written; nothing is half-written.
    """
    from ingest.poller import Poller
    from processors.flow import flow, retained

    clock = SystemClock()
    web = web_of(config, clock)
    store = open_store(config)
    try:
        made = sources(config, web, clock)
        bus = _bus(config)
        poller = Poller(
            made,
            bus,
            _in_force(store.source_states(), config),
            clock=clock,
            random=Random(),  # noqa: S311  # spreads polls; guards nothing
            most_at_once=config.http.concurrency,
        )
        embedded = pipeline_over(config, store)
        retention = asyncio.create_task(retained(store, config.sources, clock))
        collect_seldom()
        try:
            running = Running(
                store=store,
                outlet=bus,
                control=poller,
                receivers=_receivers(made),
                pushing=poller,
            )
            async with beside(running) as on_commit:
                return await flow(poller.run(stop), bus, embedded, on_step, on_commit)
        finally:
            retention.cancel()
            for source in made.values():
                await source.close()
    finally:
        await web.close()
        store.close()


async def ingest(
    config: Config, *, stop: asyncio.Event, on_step: "OnIngestStep", until_ended: bool = False
) -> "IngestProgress":
    """Read our share of the sources into Kafka until ``stop`` is set.

    Args:
        config: every ingester of a group has the same sources.
        stop: ends it; what was read is made safe.
        on_step: told of the progress, some times a second.
        until_ended: whether to end once every source of our share has ended.

    Raises:
        ConfigError: something in the configuration is wrong.
        BrokerError: Kafka refuses us, or lacks a topic.
    """
    from ingest.sharing.holding import SharedSource
    from ingest.sharing.hosts import host_of
    from ingest.sharing.ingester import Setting, run_ingest

    clock = SystemClock()
    web = web_of(config, clock)
    try:
        made = sources(config, web, clock)
        if names := sorted(_receivers(made)):
            _log.info("pushes are taken by bunco serve, not here", sources=names)
        shared = {
            table.name: SharedSource(made[table.name], host_of(table.name, _source_options(table)))
            for table in config.sources
            if table.name in made
        }
        setting = Setting(
            kafka=config.kafka,
            ingest=config.ingest,
            most_items=config.pipeline.bus_items,
            most_at_once=config.http.concurrency,
            until_ended=until_ended,
        )
        resumed = partial(_in_force, config=config)
        try:
            return await run_ingest(shared, resumed, setting, clock, stop=stop, on_step=on_step)
        finally:
            for source in made.values():
                await source.close()
    finally:
        await web.close()


async def process(
    config: Config, *, stop: asyncio.Event, on_applied: "Callable[[Applied], None]"
) -> None:
    """Run the detectors over Kafka until ``stop`` is set.

    Raises:
        ConfigError: something in the configuration is wrong, or the extra is not installed.
        BrokerError: Kafka or a state broke; nothing was acknowledged that was not written.
    """
    from processors.distributed.running import Setting, run_process

    setting = Setting(kafka=config.kafka, process=config.process, detectors=detectors(config))
    collect_seldom()
    await run_process(setting, stop=stop, on_applied=on_applied)


async def replay(  # noqa: PLR0913  # one caller; each is a thing of its own
    files: Sequence[Path],
    store: Store,
    config: Config,
    *,
    speed: float | None = None,
    stop: asyncio.Event,
    on_step: "OnStep",
    beside: Beside = alone,
) -> "Progress":
    """Play files of posts, one after the other, into a store; go on where it was.

    Args:
        files: in the wire form; ``-`` is standard input.
        store: stays open.
        config: its detectors and pipeline are used, its sources are not.
        speed: event time per time; absent for as fast as it goes.
        stop: ends it after the running batch.
        on_step: told after each commit.
        beside: what runs in the same loop as long.

    Raises:
        SourceError: a file cannot be read.
        StoreError: the store could not be written; nothing is half-written.
    """
    from ingest.replay import Replay
    from processors.flow import flow

    bus = _bus(config)
    embedded = pipeline_over(config, store)
    playing = Replay(
        files,
        store.source_states(),
        bus,
        clock=SystemClock(),
        chunk_items=config.pipeline.batch_items,
        speed=speed,
    )

    def told(progress: "Progress") -> None:
        progress.done_bytes, progress.total_bytes = playing.progress()
        on_step(progress)

    collect_seldom()
    async with beside(Running(store=store, outlet=bus)) as on_commit:
        return await flow(playing.run(stop), bus, embedded, told, on_commit)


async def sink(config: Config, *, stop: asyncio.Event, on_step: "OnSinkStep") -> "SinkProgress":
    """Bring what is in Kafka into the configured store until ``stop`` is set.

    Raises:
        ConfigError: something in the configuration is wrong.
        BrokerError: Kafka refuses us, or lacks a topic.
        StoreError: the store failed for good; what it lacks is read again next time.
    """
    from processors.sink.running import Setting, run_sink

    setting = Setting(kafka=config.kafka, sink=config.sink, sources=config.sources)
    store = open_store(config)
    collect_seldom()
    try:
        return await run_sink(setting, store, SystemClock(), stop=stop, on_step=on_step)
    finally:
        store.close()


def _receivers(made: Mapping[str, Source]) -> dict[str, Receiver]:
    return {name: source for name, source in made.items() if isinstance(source, Receiver)}


def _in_force(states: Mapping[str, SourceState], config: Config) -> dict[str, SourceState]:
    """Give the states to go on with: what was changed in the file is read at once.

    A source of another kind than before starts anew, its old cursor means nothing to it.
    """
    due = {}
    for table in config.sources:
        settings = f"{table.kind}:{blake2b(codec.encode(table.options), digest_size=8).hexdigest()}"
        known = states.get(table.name) or SourceState(source=table.name)
        if known.settings.partition(":")[0] not in {"", table.kind}:
            known = SourceState(source=table.name)
        elif known.settings not in {"", settings}:
            known = replace(known, next_at=None)
        due[table.name] = replace(known, settings=settings)
    return due


def _pages(store: Store) -> Iterator[Sequence[DeadLetter]]:
    """Give the dead letters, some at a time, asking for more before any is dropped."""
    page = store.dead(limit=500)
    while page.rows:
        rows = page.rows
        page = store.dead(after=page.after, limit=500) if page.after else Page(rows=())
        yield rows


def _player(store: Store, config: Config) -> Play:
    """Give what plays letters again in this process."""
    embedded = pipeline_over(config, store, is_beside=True)

    def play(letters: Sequence[DeadLetter]) -> dict[str, str]:
        played = {one.id: _play(embedded, one.origin, one.body, one.source) for one in letters}
        return {name: reason for name, reason in played.items() if reason}

    return play


def _kafka_player(store: Store, config: Config, options: KafkaOptions) -> Play:
    """Give what plays letters again through Kafka."""
    from bunco.streams.producing import publish_items
    from processors.sink.replaying import replay as replay_letters

    def publish(items: Sequence[Item], again: str) -> None:
        publish_items(options, items, again=again)

    kinds = {table.kind for table in config.detectors}
    return lambda letters: replay_letters(letters, store, publish, kinds)


def _play(embedded: "Embedded", origin: str, body: bytes, source: str) -> str:
    """Play one dead letter; give why it failed again, empty when it went through."""
    from bunco.storage.letters import WAS_CUT, is_cut

    try:
        item = codec.decode_item(body)
    except BadInput as error:
        return WAS_CUT if is_cut(body) else str(error)
    if origin.startswith("detector:") and isinstance(item, Post):
        went = embedded.see_again(item, origin.removeprefix("detector:"))
        return "" if went else "the detector failed on it again"
    step = embedded.step([Delivery(source=source, items=(item,), cursor=b"")])
    return "it could not be enriched" if step.dead else ""


def pipeline_over(config: Config, store: Store, *, is_beside: bool = False) -> "Embedded":
    """Make the pipeline of a configuration over a store; see ``Embedded``."""
    from processors.embedded import Embedded

    return Embedded(detectors(config), store, config.pipeline, is_beside=is_beside)


def _bus(config: Config) -> Bus:
    options = {"most_items": config.pipeline.bus_items}
    bus: Bus = _made(
        "bunco.buses",
        PartConfig(name="bus", kind="memory", options=options, where="pipeline", key="bus"),
    )
    return bus


def _source_options(table: PartConfig) -> Struct:
    part = registry.part("ingest.sources", table.kind, where=table.where, key=table.key)
    return registry.options(part, table)


def _made_store(table: PartConfig) -> Store:
    store: Store = _made("bunco.stores", table)
    return store


def _made(shelf: registry.Shelf, table: PartConfig, *more: object) -> Any:  # noqa: ANN401  # what the part makes
    key = table.key if table.key.endswith(f".{table.kind}") else f"{table.key}.kind"
    part = registry.part(shelf, table.kind, where=table.where, key=key)
    return part.make(registry.options(part, table), *more)
