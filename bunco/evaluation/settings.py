"""Settings that are tried without being saved: ``--set repeats.min_count=4``.

A path names a key below ``[detectors]``, a value is read as TOML, and both go through the
configuration itself, so that what is wrong is said in its words.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from bunco import config, registry, wiring
from bunco.config import Config, PartConfig
from bunco.errors import UsageError
from bunco.evaluation.backtest import Trial
from bunco.overriding import Table, overridden, put, toml_value

WHERE = "--set"
"""Stands for the file in errors."""


def changed(path: Path | None, settings: Sequence[str], *, against: Path | None = None) -> Config:
    """Give the configuration with other settings of its detectors.

    Args:
        path: the running configuration; None: ``bunco.toml`` here, or all defaults.
        settings: each ``PATH=VALUE``; the last of one path counts.
        against: a file whose tables of detectors take the place of the running ones.

    Raises:
        UsageError: one is not of that form.
        ConfigError: a file cannot be read, or a setting is wrong.
    """
    tables = _tables(path)
    if against is not None:
        theirs = overridden(config.read_tables(against), config.TABLES)
        tables = {name: table for name, table in tables.items() if name != "detectors"}
        tables |= {name: table for name, table in theirs.items() if name == "detectors"}
    for text in settings:
        keys, value = _parsed(text)
        put(tables, ["detectors", *keys], value)
    where = WHERE if settings or against is None else str(against)
    return config.from_tables(tables, where=where, environment={})


def trials(before: Config, after: Config) -> list[Trial]:
    """Give each kind of detector under both settings, in the order of their names.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    running = {detector.kind: detector for detector in wiring.detectors(before)}
    other = {detector.kind: detector for detector in wiring.detectors(after)}
    theirs = _options(after)
    same = {kind for kind, options in _options(before).items() if theirs.get(kind) == options}
    return [
        Trial(
            kind=kind,
            before=running.get(kind),
            after=running[kind] if kind in same else other.get(kind),
        )
        for kind in sorted({*running, *other})
    ]


def warm_up(*configs: Config) -> timedelta:
    """Give the longest time that any option of their detectors speaks of: 14 days by default.

    So far back their judgement looks.
    """
    lengths = (
        length
        for one in configs
        for options in _options(one).values()
        for length in _lengths(options)
    )
    return max(lengths, default=timedelta(0))


def _tables(path: Path | None) -> Table:
    """Give the tables of the running configuration, the environment on top."""
    if path is None and not wiring.DEFAULT_CONFIG.exists():
        tables: Table = {}
    else:
        tables = config.read_tables(path or wiring.DEFAULT_CONFIG)
    return overridden(tables, config.TABLES)


def _parsed(text: str) -> tuple[list[str], object]:
    """Give the steps of the path and the value of ``PATH=VALUE``."""
    path, equals, value = text.partition("=")
    keys = [key.strip() for key in path.strip().removeprefix("detectors.").split(".")]
    if not equals or not value.strip() or not all(keys):
        raise UsageError(f"{WHERE}: {text!r} is no PATH=VALUE such as repeats.min_count=4")
    return keys, toml_value(value.strip())


def _options(of: Config) -> dict[str, Struct]:
    return {table.kind: _decoded(table) for table in of.detectors}


def _decoded(table: PartConfig) -> Struct:
    part = registry.part("processors.detectors", table.kind, where=table.where, key=table.key)
    return registry.options(part, table)


def _lengths(value: object) -> Iterator[timedelta]:
    match value:
        case timedelta():
            yield value
        case Struct():
            for name in value.__struct_fields__:
                yield from _lengths(getattr(value, name))
        case Mapping():
            for inner in value.values():
                yield from _lengths(inner)
        case tuple() | list():
            for inner in value:
                yield from _lengths(inner)
