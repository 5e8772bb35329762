"""Read ``bunco.toml``: one decode, environment on top, errors that name the key.

Secrets stand in the environment or in files:
``password = { env = "NAME" }`` or ``{ file = "/run/secrets/name" }``; they are never shown.
Options of parts stay raw here; the registry decodes them with the part's own record.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct

from bunco.alert_options import AlertOptions, MailOptions
from bunco.errors import ConfigError
from bunco.options import (
    DashboardOptions,
    HttpOptions,
    IdentityOptions,
    IngestOptions,
    KafkaOptions,
    LogOptions,
    PipelineOptions,
    ProcessOptions,
    SinkOptions,
)
from bunco.overriding import Table, overridden
from bunco.values import Duration, Secret, from_toml

Options = TypeVar("Options", bound=Struct)

_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


class PartConfig(Struct, frozen=True, kw_only=True):
    """The table of one part: its kind and the options nobody has decoded yet."""

    name: str
    kind: str
    options: Table
    where: str
    """The file, for errors."""
    key: str
    """The dotted key of the table, for errors."""


class SourceConfig(PartConfig, frozen=True, kw_only=True):
    """One ``[[source]]``."""

    retention: Duration | None = None
    """How long its posts are kept, by event time; absent: for ever."""
    enabled: bool = True


class Config(Struct, frozen=True, kw_only=True):
    """The whole of a configuration, parts' options still raw."""

    store: PartConfig
    sources: tuple[SourceConfig, ...]
    detectors: tuple[PartConfig, ...]
    pipeline: PipelineOptions
    http: HttpOptions
    log: LogOptions
    kafka: KafkaOptions
    ingest: IngestOptions
    process: ProcessOptions
    sink: SinkOptions
    dashboard: DashboardOptions
    mail: MailOptions
    identity: IdentityOptions
    alerts: tuple[AlertOptions, ...]
    ledger: PartConfig
    """What was sent: ``[ledger]``, else beside the store, by the store's own table."""
    notifiers: tuple[PartConfig, ...]
    distributed: bool = False
    """Whether there is a table ``[kafka]``: then what changes posts goes through Kafka."""


DEFAULT_DETECTORS = ("repeats", "bursts", "crossposts")
_FIXED = (
    "pipeline",
    "http",
    "log",
    "kafka",
    "ingest",
    "process",
    "sink",
    "dashboard",
    "mail",
    "identity",
)
TABLES = ("store", "source", "detectors", "alert", "ledger", "notify", *_FIXED)
"""What may stand in a configuration."""


class _Retained(Struct, frozen=True, kw_only=True):
    """The keys every source takes, whatever its kind."""

    retention: Duration | None = None
    enabled: bool = True


def read(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read a configuration file, with the environment's overrides.

    Raises:
        ConfigError: the file is missing, no TOML, or a setting in it is wrong.
    """
    return from_tables(read_tables(path), where=str(path), environment=environment)


def read_tables(path: Path) -> Table:
    """Read the tables of a configuration file, as they stand there.

    Raises:
        ConfigError: the file is missing or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(str(path), "(file)", "no such file", "a TOML file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(path), "(file)", str(error), "a readable TOML file") from error


def from_tables(
    tables: Table, *, where: str, environment: Mapping[str, str] | None = None
) -> Config:
    """Give the configuration of decoded TOML; ``where`` names it in errors.

    Args:
        tables: what a TOML file holds.
        where: its name in errors.
        environment: overrides; the process's own where absent.

    Raises:
        ConfigError: a setting is wrong.
    """
    tables = overridden(tables, TABLES, environment)
    for key in tables:
        if key not in TABLES:
            raise ConfigError(where, key, "an unknown table", _or(TABLES))
    store = _one_part(tables, "store", where)
    notifiers = tuple(_notifiers(_table(tables, "notify", where), where))

    def fixed(name: str, record: type[Options]) -> Options:
        return decode(record, _table(tables, name, where), where, name)

    return Config(
        store=store,
        ledger=_one_part(tables, "ledger", where) if "ledger" in tables else store,
        sources=tuple(_sources(tables.get("source", []), where)),
        detectors=tuple(_detectors(_table(tables, "detectors", where), where)),
        pipeline=fixed("pipeline", PipelineOptions),
        http=fixed("http", HttpOptions),
        log=fixed("log", LogOptions),
        kafka=fixed("kafka", KafkaOptions),
        ingest=fixed("ingest", IngestOptions),
        process=fixed("process", ProcessOptions),
        sink=fixed("sink", SinkOptions),
        dashboard=fixed("dashboard", DashboardOptions),
        mail=fixed("mail", MailOptions),
        identity=fixed("identity", IdentityOptions),
        alerts=tuple(_alerts(tables.get("alert", []), notifiers, where)),
        notifiers=notifiers,
        distributed="kafka" in tables,
    )


def decode(record: type[Options], table: Table, where: str, key: str) -> Options:
    """Decode one table into its record.

    Raises:
        ConfigError: names the key, what was found and what is allowed.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(record)}
    for name in table:
        if name not in fields:
            raise ConfigError(where, f"{key}.{name}", "an unknown key", _or(sorted(fields)))
    for name, field in fields.items():
        if field.required and name not in table:
            raise ConfigError(where, f"{key}.{name}", "nothing", "a value: it is needed")
    try:
        return msgspec.convert(table, record, dec_hook=from_toml)
    except msgspec.ValidationError as error:
        message = str(error)
        at = _PATH.search(message)
        path = at.group(1) if at else ""
        said = message[: at.start()] if at else message
        secret = any(_holds_secret(fields[name].type) for name in fields if path.startswith(name))
        found = "(hidden)" if secret else repr(_at(table, path))
        raise ConfigError(where, f"{key}.{path}".rstrip("."), found, said) from error


def _holds_secret(wanted: Any) -> bool:  # noqa: ANN401  # a type, with what is in it
    """Tell whether a secret may stand in a value of a type, or in a record inside it."""
    if isinstance(wanted, type) and issubclass(wanted, Secret):
        return True
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return any(_holds_secret(field.type) for field in msgspec.structs.fields(wanted))
    return any(_holds_secret(one) for one in get_args(wanted))


def _one_part(tables: Table, name: str, where: str) -> PartConfig:
    table = _table(tables, name, where)
    kind = _text(table, "kind", where, name, default="sqlite")
    return PartConfig(name=name, kind=kind, options=_without(table, "kind"), where=where, key=name)


def _named(entries: object, table: str, of: str, where: str) -> Iterator[tuple[str, str, Table]]:
    """Give name, key and table of each entry of an array; names are there, and differ.

    Args:
        entries: what stands in the file.
        table: the array's name.
        of: what an entry is, for errors.
        where: the configuration's name.
    """
    if not isinstance(entries, list):
        raise ConfigError(where, table, "a single table", f"[[{table}]], one for each {of}")
    names = set[str]()
    for number, entry in enumerate(entries, start=1):
        key = f"{table}[{number}]"
        if not isinstance(entry, dict):
            raise ConfigError(where, key, repr(entry), "a table")
        name = _text(entry, "name", where, key)
        key = f"{table}.{name}"
        if name in names:
            raise ConfigError(where, key, f"a second {of} of this name", "a name of its own")
        names.add(name)
        yield name, key, entry


def _sources(entries: object, where: str) -> Iterator[SourceConfig]:
    for name, key, table in _named(entries, "source", "source", where):
        retained: Table = {one: table[one] for one in ("retention", "enabled") if one in table}
        common = decode(_Retained, retained, where, key)
        yield SourceConfig(
            name=name,
            kind=_text(table, "kind", where, key),
            options=_without(table, "name", "kind", "retention", "enabled"),
            where=where,
            key=key,
            retention=common.retention,
            enabled=common.enabled,
        )


def _detectors(table: Table, where: str) -> Iterator[PartConfig]:
    named: Table = {kind: {} for kind in DEFAULT_DETECTORS} | table
    for kind, options in named.items():
        key = f"detectors.{kind}"
        if not isinstance(options, dict):
            raise ConfigError(where, key, repr(options), "a table")
        enabled = options.get("enabled", True)
        if not isinstance(enabled, bool):
            raise ConfigError(where, f"{key}.enabled", repr(enabled), "true or false")
        if enabled:
            left = _without(options, "enabled")
            yield PartConfig(name=kind, kind=kind, options=left, where=where, key=key)


def _notifiers(table: Table, where: str) -> Iterator[PartConfig]:
    for name, options in ({"stdout": {"kind": "stdout"}} | table).items():
        key = f"notify.{name}"
        if not isinstance(options, dict):
            raise ConfigError(where, key, repr(options), "a table")
        kind = _text(options, "kind", where, key)
        left = _without(options, "kind")
        yield PartConfig(name=name, kind=kind, options=left, where=where, key=key)


def _alerts(entries: object, notifiers: Sequence[PartConfig], where: str) -> Iterator[AlertOptions]:
    kinds = {one.name: one.kind for one in notifiers}
    for _, key, table in _named(entries, "alert", "rule", where):
        rule = decode(AlertOptions, table, where, key)
        if rule.through not in kinds:
            found = repr(rule.through)
            raise ConfigError(where, f"{key}.through", found, _or(sorted(kinds)))
        if kinds[rule.through] == "smtp" and not rule.to:
            raise ConfigError(where, f"{key}.to", "nobody", "an address: mail goes to somebody")
        yield rule


def _table(tables: Table, key: str, where: str) -> Table:
    table = tables.get(key, {})
    if not isinstance(table, dict):
        raise ConfigError(where, key, repr(table), f"a table: [{key}]")
    return table


def _text(table: Table, name: str, where: str, key: str, *, default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or not value:
        found = repr(value) if name in table else "nothing"
        raise ConfigError(where, f"{key}.{name}", found, "a text")
    return value


def _without(table: Table, *names: str) -> Table:
    return {name: value for name, value in table.items() if name not in names}


def _at(table: Any, path: str) -> object:  # noqa: ANN401  # TOML, any shape
    for step in filter(None, re.split(r"[.\[\]]+", path)):
        try:
            table = table[int(step)] if isinstance(table, list) else table[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return table
    return table


def _or(words: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(words)
