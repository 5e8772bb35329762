"""Examine an installation: what works, what does not, and what to do about it.

Looks only: it makes no store, writes nothing, and reads each source from where the last run
stopped without moving it on.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import asdict

from bunco.errors import BuncoError, ConfigError, SourceError, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bunco.config import Config
    from bunco.model import SourceState
    from bunco.ports.sources import Source
    from bunco.ports.stores import Store

Verdict: TypeAlias = Literal["ok", "warn", "fail"]

OURS = ("bunco", "ingest", "processors", "dashboards")
"""The packages that the distribution installs."""

NEWEST_TRIED = (3, 13)
"""The newest Python that the tests run on."""

LITTLE_SPACE_BYTES = 1 << 30
"""Less free disk than this is worth a word. Source: ours, a million posts take about this."""

NO_SPACE_BYTES = 64 << 20
"""Less free disk than this and the next large commit may fail. Source: ours."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of the clock a stored post may be seen. Source: ours, NTP keeps seconds."""

_BUILT = datetime(2025, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time: this code did not exist."""

_ADVICE: dict[Weight, str] = {
    "hard": "waiting does not heal this: look at its address and options",
    "soft": "it often heals by itself; look at its address when it lasts",
    "temporary": "look at the network of this machine",
    "dropped": "a run tries again in a second, and the other servers of the source in turn",
}


class Check(Struct, frozen=True, kw_only=True):
    """What was found about one thing."""

    name: str
    verdict: Verdict
    note: str
    advice: str = ""
    """What to do; empty when there is nothing to do."""


async def examine(config: Path | None, *, offline: bool) -> AsyncIterator[Check]:
    """Give the checks one by one, as they are done.

    Args:
        config: the configuration to examine; None for ``bunco.toml`` here.
        offline: ask no source and no Kafka.
    """
    from bunco import wiring
    from bunco.clock import SystemClock

    yield python()
    now = SystemClock().now()
    ours = list(packages())
    for check in ours:
        yield check
    if any(check.verdict == "fail" for check in ours):
        return  # with packages of strangers nothing else can be looked at
    try:
        settings = wiring.load_config(config)
        path = store_file(settings)
    except ConfigError as error:
        yield clock(now, None)
        yield Check(name="config", verdict="fail", note=str(error), advice="mend that setting")
        return
    yield _configured(config or wiring.DEFAULT_CONFIG, settings)
    checks, states, newest = await asyncio.to_thread(_look_into_store, settings, path)
    for check in checks:
        yield check
    for check in await asyncio.to_thread(_look_into_alerts, settings, now):
        yield check
    yield clock(now, newest)
    yield disk(path or Path())
    if settings.distributed and not offline:
        for check in await asyncio.to_thread(_look_into_kafka, settings):
            yield check
    if not offline:
        async for check in _sources(settings, states):
            yield check


def python() -> Check:
    """Tell whether this Python is one that bunco is tried on."""
    running = sys.version_info[:3]
    note = "Python " + ".".join(map(str, running))
    if running[:2] > NEWEST_TRIED:
        advice = f"take Python {'.'.join(map(str, NEWEST_TRIED))} if something is odd"
        return Check(name="python", verdict="warn", note=note, advice=advice)
    return Check(name="python", verdict="ok", note=note)


def packages(names: Sequence[str] = OURS) -> Iterator[Check]:
    """Tell whether the packages that are imported are the ones that bunco brought.

    ``processors`` is the name of another project on PyPI too; installed into the same
    environment, either one overwrites files of the other.
    """
    import bunco

    home = Path(str(bunco.__file__)).resolve().parents[1]
    strangers = {name: _not_ours(name, home) for name in names}
    if not any(strangers.values()):
        yield Check(name="packages", verdict="ok", note=f"{', '.join(names)} in {home}")
    for name, why in strangers.items():
        if why:
            advice = 'install bunco by itself: "pipx install bunco" or "uv tool install bunco"'
            note = f"{name} is not ours: {why}"
            yield Check(name="packages", verdict="fail", note=note, advice=advice)


def clock(now: datetime, newest_seen: datetime | None) -> Check:
    """Tell whether the clock can be right.

    Args:
        now: what it shows.
        newest_seen: when the newest post in the store arrived, if there is one.
    """
    note = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    advice = "set the machine's clock: feeds are polled and posts are dated by it"
    if now < _BUILT:
        note = f"{note} is before bunco was written"
        return Check(name="clock", verdict="fail", note=note, advice=advice)
    if newest_seen is not None and newest_seen > now + CLOCK_TOLERANCE:
        note = f"{note}; a source was read at {newest_seen:%Y-%m-%d %H:%M}, later than that"
        return Check(name="clock", verdict="warn", note=note, advice=advice)
    return Check(name="clock", verdict="ok", note=note)


def disk(path: Path) -> Check:
    """Tell whether there is room where the store is."""
    folder = next(parent for parent in (path.resolve(), *path.resolve().parents) if parent.is_dir())
    free = shutil.disk_usage(folder).free
    note = f"{free / (1 << 30):,.1f} GiB free in {folder}"
    if free >= LITTLE_SPACE_BYTES:
        return Check(name="disk", verdict="ok", note=note)
    verdict: Verdict = "fail" if free < NO_SPACE_BYTES else "warn"
    advice = "make room, or set a retention for large sources"
    return Check(name="disk", verdict=verdict, note=note, advice=advice)


async def source(name: str, part: "Source", cursor: bytes, wait_s: float = 45.0) -> Check:
    """Tell whether a source can be read; it is read once and nothing is kept.

    Args:
        name: its name.
        part: the source itself.
        cursor: where it goes on.
        wait_s: seconds until it counts as silent; a stream may well be silent for longer.
    """
    label = f"source {name}"
    try:
        delivery = await asyncio.wait_for(part.read(cursor), wait_s)
    except SourceError as error:
        advice = _ADVICE[error.weight]
        return Check(name=label, verdict="fail", note=error.reason, advice=advice)
    except TimeoutError:
        note = f"nothing came within {wait_s:.0f} s"
        return Check(name=label, verdict="warn", note=note, advice="a quiet stream may be fine")
    read = f"{len(delivery.items):,} posts" if delivery.items else "nothing new"
    note = ", ".join(filter(None, (f"{delivery.outcome}: {read}", delivery.note)))
    if delivery.dead:
        advice = f"{len(delivery.dead):,} entries could not be read: {delivery.dead[0].reason}"
        return Check(name=label, verdict="warn", note=note, advice=advice)
    return Check(name=label, verdict="ok", note=note)


def store_file(settings: "Config") -> Path | None:
    """Give the file of the configured store; None for a store without one.

    Raises:
        ConfigError: the store's kind or options are wrong.
    """
    from bunco import registry

    table = settings.store
    part = registry.part("bunco.stores", table.kind, where=table.where, key="store.kind")
    path = getattr(registry.options(part, table), "path", None)
    return Path(path) if path else None


def _not_ours(name: str, home: Path) -> str:
    """Give why a package is not the one beside ours; empty when it is."""
    from importlib.metadata import distributions
    from importlib.util import find_spec

    spec = find_spec(name)
    if spec is None:
        return "it cannot be imported"
    places = [Path(place).resolve() for place in spec.submodule_search_locations or ()]
    if home / name not in places:
        found = places[0] if places else spec.origin
        return f"it is imported from {found}"
    for found_in in distributions(path=[str(home)]):
        if found_in.name.lower() == "bunco":
            continue
        if any(file.parts[0] == name for file in found_in.files or () if file.parts):
            return f'"{found_in.name}" wrote into it as well'
    return ""


def _configured(path: Path, settings: "Config") -> Check:
    from bunco import registry, wiring

    try:
        wiring.detectors(settings)
        for table in (one for one in settings.sources if one.enabled):
            part = registry.part(
                "ingest.sources", table.kind, where=table.where, key=f"{table.key}.kind"
            )
            registry.options(part, table)
    except ConfigError as error:
        return Check(name="config", verdict="fail", note=str(error), advice="mend that setting")
    if not path.exists():
        advice = '"bunco run" writes one to start from'
        note = f"no {path}: defaults, no sources"
        return Check(name="config", verdict="warn", note=note, advice=advice)
    enabled = sum(table.enabled for table in settings.sources)
    detectors = ", ".join(table.kind for table in settings.detectors)
    note = f"{path}: {enabled:,} sources, detectors {detectors or 'none'}"
    if not enabled:
        advice = 'add a [[source]] table, or feeds with "bunco import FILE.opml"'
        return Check(name="config", verdict="warn", note=note, advice=advice)
    return Check(name="config", verdict="ok", note=note)


def _look_into_store(
    settings: "Config", path: Path | None
) -> tuple[list[Check], "Mapping[str, SourceState]", datetime | None]:
    """Give the checks of the store, the states of sources, and the newest time it knows."""
    from bunco import wiring

    if path is not None and not path.exists():
        note = f"{path} is not there yet"
        return [Check(name="store", verdict="ok", note=note, advice="a run makes it")], {}, None
    try:
        with closing(wiring.open_store(settings)) as store:
            states = store.source_states()
            newest = max((it.polled_at for it in states.values() if it.polled_at), default=None)
            return _soundness(store, str(path or settings.store.kind)), states, newest
    except BuncoError as error:
        mend = "look at the table [store] and at the server"
        advice = "move the file away and replay, or restore a copy" if path else mend
        return [Check(name="store", verdict="fail", note=str(error), advice=advice)], {}, None


def _look_into_kafka(settings: "Config") -> list[Check]:
    from bunco.streams.checks import checks

    return [Check(**asdict(found)) for found in checks(settings.kafka)]


def _look_into_alerts(settings: "Config", now: datetime) -> list[Check]:
    from bunco.alert_checks import checks

    return [Check(**asdict(found)) for found in checks(settings, now)]


def _soundness(store: "Store", where: str) -> list[Check]:
    wrong = [
        Check(name="store", verdict="fail", note=f"{where}: {fault}", advice="restore a copy")
        for fault in store.check()
    ]
    held = store.stats()
    note = f"{where}: {held.posts:,} posts, {held.authors:,} authors, {held.findings:,} findings"
    checks = wrong or [Check(name="store", verdict="ok", note=note)]
    if held.dead:
        note, advice = f"{held.dead:,} dead letters", '"bunco dead" shows them with their reasons'
        checks.append(Check(name="dead letters", verdict="warn", note=note, advice=advice))
    return checks


async def _sources(settings: "Config", states: "Mapping[str, SourceState]") -> AsyncIterator[Check]:
    """Read every enabled source once, many at a time; give the checks as they come."""
    from bunco import wiring
    from bunco.clock import SystemClock

    system = SystemClock()
    web = wiring.web_of(settings, system)
    try:
        made = wiring.sources(settings, web, system)
    except ConfigError:
        return  # told already, with the configuration
    try:
        # The longest wait: all of them stand at one host and take their turns.
        wait_s = (settings.http.timeout + len(made) * settings.http.host_spacing).total_seconds()
        readings = [
            source(name, part, states[name].cursor if name in states else b"", wait_s)
            for name, part in made.items()
        ]
        for reading in asyncio.as_completed(readings):
            yield await reading
    finally:
        for part in made.values():
            await part.close()
        await web.close()
