"""Show a configuration without its secrets: for the settings page and the API."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from bunco.config import Config
from bunco.values import Duration, Secret, Size

HIDDEN = "(hidden)"

_NAMED = re.compile(r"pass|secret|token|api_key|hash|credential|authorization", re.IGNORECASE)
"""Keys whose values are hidden whatever their type: options of parts are not decoded here."""
_ADDRESS = re.compile(r"(?i)^([a-z][a-z0-9+.-]*://)([^/?#\s]*@)?([^?#\s]*)(\?[^#\s]*)?(#\S*)?$")
_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def shown(config: Config) -> Mapping[str, Any]:
    """Give the configuration by its tables, as plain values.

    Hidden are secrets, values of keys that sound like one, and of addresses the user, password
    and query.
    """
    tables: dict[str, Any] = {
        "store": {"kind": config.store.kind, **_values(config.store.options)},
        "sources": [
            {"name": table.name, "kind": table.kind, "enabled": table.enabled}
            | ({"retention": _value("", table.retention)} if table.retention else {})
            | _values(table.options)
            for table in config.sources
        ],
        "detectors": {table.kind: _values(table.options) for table in config.detectors},
    }
    if config.alerts:
        tables["alerts"] = [_changed(rule) for rule in config.alerts]
        tables["notify"] = {
            table.name: {"kind": table.kind, **_values(table.options)} for table in config.notifiers
        }
        ledger = config.ledger
        tables["ledger"] = {"kind": ledger.kind, **_values(ledger.options)}
        tables["mail"] = _fields(config.mail)
    for name in ("pipeline", "http", "log", "dashboard"):
        tables[name] = _fields(getattr(config, name))
    if config.distributed:
        for name in ("kafka", "ingest", "process", "sink"):
            tables[name] = _fields(getattr(config, name))
    return tables


def _changed(record: Struct) -> dict[str, Any]:
    """Give the fields that differ from their defaults."""
    plain = {one.name: one.default for one in msgspec.structs.fields(record)}
    given = msgspec.structs.asdict(record)
    return _values({name: value for name, value in given.items() if value != plain[name]})


def _fields(record: Struct) -> dict[str, Any]:
    return _values(msgspec.structs.asdict(record))


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in table.items()}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401, C901, PLR0911  # one case a line
    match value:
        case Secret():
            return HIDDEN
        case {"env": str(variable)} if len(value) == 1:
            return f"{HIDDEN[:-1]}, from the environment: {variable})"
        case {"file": str(path)} if len(value) == 1:
            return f"{HIDDEN[:-1]}, from the file {path})"
        case str() | bytes() if value and _NAMED.search(name):
            return HIDDEN
        case str():
            return _ADDRESS.sub(_without_secrets, value)
        case Size():
            power = max(p for p in range(4) if not value % (1 << 10 * p))
            return f"{value >> 10 * power} {('B', 'KiB', 'MiB', 'GiB')[power]}"
        case Duration():
            length = value // Duration(milliseconds=1)
            unit = next(unit for unit, size in _UNITS.items() if not length % size)
            return f"{length // _UNITS[unit]}{unit}"
        case Struct():
            return _fields(value)
        case Mapping():
            return _values(value)
        case list() | tuple():
            return [_value(name, one) for one in value]
    return value


def _without_secrets(found: re.Match[str]) -> str:
    scheme, user, rest, query, _ = found.groups()
    return f"{scheme}{'…@' if user else ''}{rest}{'?…' if query else ''}"
