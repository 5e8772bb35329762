"""Put the parts together: the only module that knows concrete classes.

Heavy modules are imported by the function that needs them, so that a reading command
loads no web client and no feed parser.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from bunco import codec, registry
from bunco.clock import SystemClock
from bunco.config import Config, PartConfig, from_tables, read
from bunco.errors import BadInput, UsageError
from bunco.model import Batch, Post, Removal, SourceState
from bunco.ports import Bus, Clock, Detector, Parsed, Source, SourceTools, Store, Web

if TYPE_CHECKING:
    from ingest.http import HttpWeb
    from processors.embedded import Embedded
    from processors.flow import OnStep, Progress

DEFAULT_CONFIG = Path("bunco.toml")


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
    """Open the store at ``PATH``, ``sqlite:PATH`` or ``memory:``.

    Raises:
        ConfigError: the kind is unknown.
        StoreError: it cannot be opened.
    """
    kind, colon, rest = url.partition(":")
    if not colon or len(kind) < 2 or not kind.isalpha():
        kind, rest = "sqlite", url
    options = {"path": rest} if rest else {}
    return _made_store(
        PartConfig(name="store", kind=kind, options=options, where="--store", key="store")
    )


def detectors(config: Config) -> list[Detector[Any]]:
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


def web_of(config: Config, clock: Clock) -> "HttpWeb":
    """Make the fetcher; whoever asks for it closes it."""
    from ingest.http import HttpWeb

    return HttpWeb(config.http, clock)


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


def forget(store: Store, author: str, at: datetime) -> None:
    """Erase an author with everything of theirs published up to then.

    Raises:
        StoreError: it could not be written.
    """
    store.commit(Batch(removals=(Removal(removed="author", author=author, at=at),)))


def replay_dead(store: Store, config: Config, ids: Collection[str]) -> Mended:
    """Play dead letters again and drop those that go through now.

    Raises:
        StoreError: the store could not be read or written.
    """
    embedded = _embedded(config, store)
    wanted, mended, reasons = set(ids), [], []
    after = ""
    while True:
        page = store.dead(after=after, limit=500)
        for letter in page.rows:
            if letter.id not in wanted:
                continue
            reason = _play(embedded, letter.origin, letter.body, letter.source)
            if reason:
                reasons.append(f"{letter.origin}: {reason}")
            else:
                mended.append(letter.id)
        if not (after := page.after):
            break
    store.drop_dead(mended)
    return Mended(mended=len(mended), failed=len(reasons), reasons=tuple(reasons))


async def run(config: Config, *, stop: asyncio.Event, on_step: "OnStep") -> "Progress":
    """Read all sources into the store until ``stop`` is set or every source has ended.

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
        embedded = _embedded(config, store)
        retention = asyncio.create_task(retained(store, config.sources, clock))
        try:
            return await flow(poller.run(stop), bus, embedded, on_step)
        finally:
            retention.cancel()
            for source in made.values():
                await source.close()
    finally:
        await web.close()
        store.close()


async def replay(  # noqa: PLR0913  # one caller; each is a thing of its own
    files: Sequence[Path],
    store: Store,
    config: Config,
    *,
    speed: float | None = None,
    stop: asyncio.Event,
    on_step: "OnStep",
) -> "Progress":
    """Play files of posts, one after the other, into a store; go on where it was.

    Args:
        files: in the wire form; ``-`` is standard input.
        store: stays open.
        config: its detectors and pipeline are used, its sources are not.
        speed: event time per time; absent for as fast as it goes.
        stop: ends it after the running batch.
        on_step: told after each commit.

    Raises:
        SourceError: a file cannot be read.
        StoreError: the store could not be written; nothing is half-written.
    """
    from ingest.replay import Replay
    from processors.flow import flow

    bus = _bus(config)
    embedded = _embedded(config, store)
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

    return await flow(playing.run(stop), bus, embedded, told)


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


def _play(embedded: "Embedded", origin: str, body: bytes, source: str) -> str:
    """Play one dead letter; give why it failed again, empty when it went through."""
    from bunco.model import Delivery

    try:
        item = codec.decode_item(body)
    except BadInput as error:
        return str(error)
    if origin.startswith("detector:") and isinstance(item, Post):
        went = embedded.see_again(item, origin.removeprefix("detector:"))
        return "" if went else "the detector failed on it again"
    step = embedded.step([Delivery(source=source, items=(item,), cursor=b"")])
    return "it could not be enriched" if step.dead else ""


def _embedded(config: Config, store: Store) -> "Embedded":
    from processors.embedded import Embedded

    return Embedded(detectors(config), store, config.pipeline)


def _bus(config: Config) -> Bus:
    options = {"most_items": config.pipeline.bus_items}
    bus: Bus = _made(
        "bunco.buses",
        PartConfig(name="bus", kind="memory", options=options, where="pipeline", key="bus"),
    )
    return bus


def _made_store(table: PartConfig) -> Store:
    store: Store = _made("bunco.stores", table)
    return store


def _made(shelf: registry.Shelf, table: PartConfig, *more: object) -> Any:  # noqa: ANN401  # what the part makes
    key = table.key if table.key.endswith(f".{table.kind}") else f"{table.key}.kind"
    part = registry.part(shelf, table.kind, where=table.where, key=key)
    return part.make(registry.options(part, table), *more)
