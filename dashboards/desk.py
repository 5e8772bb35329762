"""What pages and API work with: the store, what happens live, and what they may set going.

``bunco.serving`` fills it in; what is not possible here is None.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from msgspec import Struct, field
from starlette.requests import HTTPConnection

from bunco.alerting import Silence, Standing
from bunco.config import Config
from bunco.model import Finding, Item, Pattern, SourceState, Verdict
from bunco.ports.parts import Clock
from bunco.ports.sources import Receiver, SourceControl
from bunco.ports.stores import Store
from bunco.pushes import Received
from bunco.signing import Grant
from dashboards.access.people import Person
from dashboards.live import Hub

DESK, PERSON = "bunco.desk", "bunco.person"
"""Where the guard puts them in the scope of every request."""

P = ParamSpec("P")
Answer = TypeVar("Answer")


class Progress(Struct, kw_only=True):
    """How far the run beside the dashboard has come, counted since it began."""

    posts: int = 0
    repeated: int = 0
    removals: int = 0
    findings: int = 0
    """Times a finding opened or changed."""
    dead: int = 0
    commits: int = 0


class MailLinks(Struct, frozen=True, kw_only=True, eq=False):
    """What the links of alert mails need."""

    granted: Callable[[str], Grant]
    """What a token may do. Raises UsageError: it is damaged, not ours, or too old."""
    silence: Callable[[Silence], None]
    """Keep a silence; blocks. Raises StoreError."""


class Hooks(Struct, frozen=True, kw_only=True, eq=False):
    """What pushes to sources need."""

    receivers: Mapping[str, Receiver]
    """The sources that are pushed to, by name."""
    hand_over: Callable[[str, Received], Awaitable[None]]
    """Bring in what a source was pushed; it is stored when this returns.
    Raises Refused, StoreError, BrokerError."""


class Desk(Struct, frozen=True, kw_only=True, eq=False):
    """All that pages and API need."""

    config: Config
    store: Store
    """Its methods block: call them through ``ask``."""
    readers: ThreadPoolExecutor
    hub: Hub
    clock: Clock
    judge: Callable[[Sequence[Verdict]], Awaitable[None]]
    """Give verdicts; they are stored when it returns. Raises StoreError, BrokerError."""
    pattern_of: Callable[[Finding], Pattern | None]
    """What a finding is about, for a verdict on it."""
    forget: Callable[[str], Awaitable[None]]
    """Erase an author, for good; done when it returns. Raises StoreError, BrokerError."""
    accept: Callable[[Sequence[Item]], Awaitable[None]] | None = None
    """Bring posts into the pipeline; they are stored when it returns. None: there is none."""
    links: MailLinks | None = None
    """None where no alerts are sent."""
    standings: Callable[[], Sequence[Standing]] | None = None
    """How the rules of alerts stand; blocks. None where that is not known here."""
    hooks: Hooks | None = None
    """None where nothing is received."""
    control: SourceControl | None = None
    """None where nothing is read here."""
    shown: Mapping[str, Any]
    """The configuration as plain values, secrets hidden."""
    version: str = ""
    progress: Progress = field(default_factory=Progress)
    """All zero where nothing runs beside the dashboard."""

    async def ask(self, method: Callable[P, Answer], *given: P.args, **named: P.kwargs) -> Answer:
        """Call what blocks, such as a method of the store, in one of the readers' threads.

        Raises:
            StoreError: the store could not be read.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers, lambda: method(*given, **named))

    async def source_states(self) -> Mapping[str, SourceState]:
        """Give what is known of every configured source, by name."""
        known = await self.ask(self.store.source_states)
        names = [table.name for table in self.config.sources]
        return {name: known.get(name, SourceState(source=name)) for name in names}


def desk_of(connection: HTTPConnection) -> Desk:
    """Give the desk that a request or page belongs to (``ui.context.client.request``)."""
    return cast("Desk", connection.scope[DESK])


def person_of(connection: HTTPConnection) -> Person:
    """Give who asks."""
    return cast("Person", connection.scope[PERSON])
