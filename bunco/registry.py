"""Find parts by their kind: the kind is the module's name, the shelf its folder.

There is no list to keep: a new part is a new file on its shelf.
"""

import importlib
import pkgutil
from typing import Any, Literal, TypeAlias, TypeVar

from msgspec import Struct

from bunco import config
from bunco.errors import ConfigError
from bunco.ports.parts import Part

Shelf: TypeAlias = Literal[
    "ingest.sources",
    "processors.detectors",
    "bunco.stores",
    "bunco.buses",
    "bunco.ledgers",
    "bunco.notifiers",
]

Made = TypeVar("Made")

_EXTRAS = {"apprise": "notify", "coincurve": "nostr"}
"""What installs a package that a part needs, where it is not ``distributed``."""

INSTALL = "in a checkout: pip install '.[distributed]'"
"""What installs the packages that not every part needs: those of the extra ``distributed``."""


def kinds(shelf: Shelf) -> list[str]:
    """Give the kinds of parts that stand on a shelf, in alphabetical order."""
    path = importlib.import_module(shelf).__path__
    return sorted(module.name for module in pkgutil.iter_modules(path))


def part(shelf: Shelf, kind: str, *, where: str, key: str) -> Part[Any]:
    """Load the part of a kind; only now is its module imported.

    Args:
        shelf: the folder it stands in.
        kind: its module's name.
        where: who asks, for the error: the configuration file or the command line.
        key: the setting that names the kind, for the error.

    Raises:
        ConfigError: there is no such kind (it lists those there are), or what the part
            needs is not installed.
    """
    there = kinds(shelf)
    if kind not in there:
        raise ConfigError(where, key, repr(kind), ", ".join(there))
    try:
        module = importlib.import_module(f"{shelf}.{kind}")
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(str(error.name).partition(".")[0], "distributed")
        how = INSTALL.replace("distributed", extra)
        needs = f"this kind once {error.name} is installed (the extra {extra}; {how})"
        raise ConfigError(where, key, repr(kind), needs) from error
    found: Part[Any] = module.PART
    return found


def options(part: Part[Made], table: config.PartConfig) -> Struct:
    """Decode the options of a part from its table.

    Raises:
        ConfigError: an option is unknown, missing or wrong.
    """
    return config.decode(part.options, table.options, table.where, table.key)
