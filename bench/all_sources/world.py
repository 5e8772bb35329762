"""What every network of the bench does: it is served, written to, and gets into trouble."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bunco.clock import SystemClock
from tests.ingest import server as play
from tests.ingest.network import GARBAGE, Network, online
from tests.ingest.server import Play

_FAULTS: tuple[Play, ...] = (
    play.status(503),
    play.status(500),
    play.status(429, Retry_After="1"),
    play.truncated(b'{"id": 1, "ti'),
    GARBAGE,
)

_TROUBLE_S = 5.0
"""How long a fault waits to be met: networks heal though nobody asks them."""
_LATER = 100
"""Of so many of the latest posts one is removed …"""
_REMOVED = 0.05
"""… after so many of a hundred new ones."""


class World:
    """One network: what it is to be configured as, and what was published in it.

    Args:
        chance: what happens when.
    """

    kind: str

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.folder = Path()
        """For files of its own; there before it is opened."""
        self.there: dict[str, None] = {}
        """What the ids of its posts end with, the oldest first; without those removed again."""
        self.written = 0
        """Posts that were published."""
        self.troubles = 0
        """Faults that were arranged."""

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve it until the stack ends; give the options of its source."""
        raise NotImplementedError

    async def write(self) -> None:
        """Publish a post; now and then remove one."""
        raise NotImplementedError

    async def trouble(self) -> None:
        """Let something go wrong."""

    def ends(self, post: str) -> tuple[str, ...]:
        """Give what the id of a post may stand under in ``there``."""
        after = post.partition(":")[2]
        return after, f":{after}", f"/{after.rpartition('/')[2]}"

    def secret(self, text: str) -> dict[str, str]:
        """Keep a secret in a file; give it as configurations name it."""
        file = self.folder / f"{self.kind}-{len(text)}"
        file.write_text(text, encoding="utf-8")
        return {"file": str(file)}

    def withdrawn(self) -> str:
        """Give now and then a post that is to be removed; else an empty text."""
        if len(self.there) <= _LATER or self.chance.random() > _REMOVED:
            return ""
        gone = list(self.there)[-self.chance.randrange(1, _LATER)]
        del self.there[gone]
        return gone

    def title(self) -> str:
        """Give a headline that nothing else has."""
        return f"{self.kind} headline number {self.written} of {self.chance.randrange(10**9)} today"


class AskedWorld(World):
    """A network that is asked again and again."""

    network: Network

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve it until the stack ends; give the options of its source."""
        return self.options(await stack.enter_async_context(online(self.network)))

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        raise NotImplementedError

    async def trouble(self) -> None:
        """Answer one of the next requests wrongly."""
        if not self.network.faults:
            self.network.faults.append(self.chance.choice(_FAULTS))
            self.troubles += 1
            asyncio.get_running_loop().call_later(_TROUBLE_S, self.network.faults.clear)


def now() -> datetime:
    """Give the present."""
    return SystemClock().now()
