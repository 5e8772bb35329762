"""Put the parts together: the only module that knows concrete classes.

Heavy modules are imported by the function that needs them, so that a reading command
loads no web client and no feed parser.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bunco import registry
from bunco.config import Config, PartConfig, from_tables, read
from bunco.errors import UsageError
from bunco.model import (
    Batch,
    Delivery,
    Finding,
    Item,
    Pattern,
    Removal,
    Verdict,
)
from bunco.options import KafkaOptions
from bunco.ports.detectors import Detector
from bunco.ports.parts import Clock, Parsed
from bunco.ports.sources import Receiver, Source, SourceTools
from bunco.ports.stores import Store
from bunco.ports.web import Web
from bunco.values import Duration

if TYPE_CHECKING:
    from ingest.http import HttpWeb
    from processors.embedded import Embedded

DEFAULT_CONFIG = Path("bunco.toml")


_ASKING_SPACING = Duration(milliseconds=300)
"""Between questions to one host, of which there are five at most. Source: ours."""


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
        made("processors.detectors", table)
        for table in sorted(config.detectors, key=lambda table: table.kind)
    ]


def sources(config: Config, web: Web, clock: Clock) -> dict[str, Source]:
    """Make the enabled sources, by name.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    return {
        table.name: made(
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
    return receiving(sources(config, web, clock))


def receiving(made: Mapping[str, Source]) -> dict[str, Receiver]:
    """Give those of the sources that are pushed to."""
    return {name: source for name, source in made.items() if isinstance(source, Receiver)}


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


def publish(options: KafkaOptions, items: Sequence[Item]) -> None:
    """Put items into Kafka and wait until they are safe there; blocks.

    Raises:
        BrokerError: not all of them could be put.
    """
    if items:
        from bunco.streams.producing import publish_items

        publish_items(options, items)


def pipeline_over(config: Config, store: Store, *, is_beside: bool = False) -> "Embedded":
    """Make the pipeline of a configuration over a store; see ``Embedded``."""
    from processors.embedded import Embedded

    return Embedded(detectors(config), store, config.pipeline, is_beside=is_beside)


def _made_store(table: PartConfig) -> Store:
    store: Store = made("bunco.stores", table)
    return store


def made(shelf: registry.Shelf, table: PartConfig, *more: object) -> Any:  # noqa: ANN401  # what the part makes
    """Make the part of a table.

    Args:
        shelf: where parts of its kind stand.
        table: its kind and options.
        more: what parts of that shelf are made with.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    key = table.key if table.key.endswith(f".{table.kind}") else f"{table.key}.kind"
    part = registry.part(shelf, table.kind, where=table.where, key=key)
    return part.make(registry.options(part, table), *more)
