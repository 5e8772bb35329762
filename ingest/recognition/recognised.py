"""What is found out about an address, and what asking about it takes."""

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec
from msgspec import Struct

from bunco.errors import SourceError
from bunco.ports.web import Fetched, Web

Option: TypeAlias = str | bool | list[str]


class Recognised(Struct, frozen=True, kw_only=True):
    """A source as it would stand in the configuration."""

    kind: str
    options: Mapping[str, Option]
    """Those that say what to read; all others keep their defaults."""
    name: str
    """For people: the name of the source is made of it."""
    found: str
    """What it is, in a sentence."""
    secrets: Mapping[str, str] = {}
    """Options whose values do not belong into the configuration: they go into files."""
    missing: tuple[tuple[str, str], ...] = ()
    """Lines that the operator is to fill in, each with why."""
    is_ready: bool = True
    """Whether it can be read without them; else it is added turned off."""
    hints: tuple[str, ...] = ()
    """What else is worth knowing."""


class Asked(Struct, frozen=True, kw_only=True):
    """An address, and the means to find out more about it."""

    text: str
    """As it was typed."""
    web: Web
    allow_private: bool = False
    bluesky: str = "https://public.api.bsky.app"
    """Where handles are resolved. Source: docs.bsky.app, "API Hosts and Auth"."""
    youtube: str = "https://www.youtube.com"

    @property
    def url(self) -> SplitResult:
        """Give the parts of the address; those of no address are empty."""
        try:
            return urlsplit(self.text)
        except ValueError:
            return urlsplit("")

    @property
    def host(self) -> str:
        """Give the host, in lower case and without ``www.``."""
        return (self.url.hostname or "").removeprefix("www.")

    @property
    def steps(self) -> list[str]:
        """Give the path's steps."""
        return [step for step in self.url.path.split("/") if step]

    @property
    def query(self) -> dict[str, str]:
        """Give the values of the query."""
        return dict(parse_qsl(self.url.query))

    @property
    def is_web(self) -> bool:
        """Tell whether it is the address of a page."""
        return self.url.scheme in {"http", "https"} and bool(self.url.hostname)

    @property
    def base(self) -> str:
        """Give the address of the server."""
        return f"{self.url.scheme}://{self.url.netloc.rpartition('@')[2]}"

    async def fetch(self, url: str) -> Fetched:
        """Fetch an address.

        Raises:
            SourceError: it cannot be had.
        """
        return await self.web.fetch(url, allow_private=self.allow_private)

    async def record(self, url: str) -> dict[str, object]:
        """Fetch a JSON object; an empty one where there is none."""
        try:
            found = msgspec.json.decode((await self.fetch(url)).body)
        except (SourceError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def private(self) -> dict[str, Option]:
        """Give the option that lets a source stand at a private address, if it is to."""
        return {"allow_private": True} if self.allow_private else {}
