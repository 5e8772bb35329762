"""Put feeds into a configuration file: tables at its end, the rest byte for byte."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from bunco.cli.starter import HEADER
from bunco.config import from_tables
from bunco.errors import ConfigError

_NAME_LENGTH = 40
_APOSTROPHES = str.maketrans("", "", "'\u2019")


class Feed(Protocol):
    """A feed of a list: what it is called and where it is."""

    @property
    def title(self) -> str:
        """Give its name for people; may be empty."""
        ...

    @property
    def url(self) -> str:
        """Give its address."""
        ...


class Merged(Struct, frozen=True):
    """A configuration file with feeds put in."""

    content: bytes
    added: int


def with_feeds(path: Path, feeds: Sequence[Feed]) -> Merged:
    """Give a configuration file's content with a table for each feed that it lacks.

    Args:
        path: the file; where there is none, it begins with the starter's first half.
        feeds: in the order in which they are added.

    Raises:
        ConfigError: the file is no TOML, or tables cannot be added at its end.
    """
    content = path.read_bytes() if path.exists() else HEADER.encode()
    tables = _tables(path, content)
    entries = tables.get("source", [])
    known = [entry for entry in entries if isinstance(entry, dict)]
    addresses = {str(entry.get("url", "")) for entry in known}
    names = {str(entry.get("name", "")) for entry in known}
    added = "".join(_new(feeds, addresses, names))
    if not added:
        return Merged(content, 0)
    ending = b"" if not content or content.endswith(b"\n") else b"\n"
    merged = content + ending + added.encode()
    from_tables(_tables(path, merged), where=str(path))
    return Merged(merged, added.count("[[source]]\n"))


def source_name(title: str, taken: set[str]) -> str:
    """Give a name for a source that is not taken, made from a title.

    >>> source_name("Café & Friends!", {"cafe-friends"})
    'cafe-friends-2'
    """
    plain = unicodedata.normalize("NFKD", title).casefold().translate(_APOSTROPHES)
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    stem = "-".join(words)[:_NAME_LENGTH].strip("-_") or "feed"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _new(feeds: Sequence[Feed], addresses: set[str], names: set[str]) -> Iterator[str]:
    """Give the tables to add; takes note of the addresses and names it uses."""
    for feed in feeds:
        address = feed.url.strip()
        if not address or address in addresses:
            continue
        addresses.add(address)
        name = source_name(feed.title or _host(address), names)
        names.add(name)
        yield f'\n[[source]]\nname = {_quoted(name)}\nkind = "rss"\nurl = {_quoted(address)}\n'


def _tables(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        allowed = "TOML with its sources as [[source]] tables"
        raise ConfigError(str(path), "(file)", str(error), allowed) from error


def _host(address: str) -> str:
    return re.sub(r"^[a-z]+://(www\.)?|[/?#].*$", "", address, flags=re.IGNORECASE)


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
