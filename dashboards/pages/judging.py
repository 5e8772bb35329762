"""Give verdicts from any page, and take them back."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import BuncoError
from bunco.log import logger
from bunco.model import Judged
from bunco.ports.queries import FindingQuery
from dashboards import judging
from dashboards.access.people import Person
from dashboards.pages.visit import Visit, values_of
from dashboards.pages.words import plural

_KEPT_UNDOS = 20
_log = logger(__name__)

Meant = Callable[[], FindingQuery]
"""Gives what ``all`` means on a page: the findings of its filters."""


class Given(Struct, frozen=True, kw_only=True):
    """What the dialog sent."""

    ids: list[Annotated[str, Meta(max_length=200)]] | str
    """Of findings; ``all``: those of the page's filters."""
    judged: Judged
    because: str
    days: Annotated[int, Meta(ge=1, le=3650)] = 7
    by: Annotated[str, Meta(max_length=200)] = ""
    count: int = 0
    """Of ``all``: how many were shown."""


class _Undo(Struct, frozen=True):
    """What takes verdicts back."""

    ids: tuple[str, ...]
    at: datetime
    person: Person


class Judging:
    """Take the verdicts of one visit.

    Args:
        visit: whose.
        changed: called after verdicts were given or taken back.
        meant: gives what ``all`` means on this page.
    """

    def __init__(
        self, visit: Visit, changed: Callable[[], Awaitable[None]], meant: Meant | None = None
    ) -> None:
        self._visit = visit
        self._changed = changed
        self._meant = meant
        self._undos: dict[str, _Undo] = {}

    async def judge(self, given: Any) -> None:  # noqa: ANN401  # what a browser sent
        """Give a verdict on one or several findings; say what came of it."""
        desk, person = self._visit.desk, self._visit.person
        try:
            told = values_of(given, Given)
            until = desk.clock.now() + timedelta(days=told.days) if told.judged == "mute" else None
            said = judging.Said(judged=told.judged, because=told.because, until=until)
            if not person.name:
                person = replace(person, name=told.by)
            if isinstance(told.ids, list):
                verdicts = await judging.judge_these(desk, person, told.ids, said)
            elif self._meant is not None:
                query = self._meant()
                verdicts = await judging.judge_all(desk, person, query, said, expected=told.count)
            else:
                verdicts = []
        except BuncoError as error:
            _log.warning("verdict failed", error=str(error))
            self._visit.tell("note", f"The verdict was not kept: {error}")
            return
        if not verdicts:
            self._visit.tell("note", "None of these findings is there any more.")
            return
        ids = tuple(one.finding for one in verdicts)
        key = self._keep(_Undo(ids, verdicts[0].at, person))
        word = "verdict taken back" if told.judged == "none" else f"judged {told.judged}"
        self._visit.tell("note", f"{plural(len(ids), 'finding')} {word}.", key)
        await self._changed()

    async def undo(self, given: Any) -> None:  # noqa: ANN401  # what a browser sent
        """Bring back what was said before."""
        key = given.get("key", "") if isinstance(given, dict) else ""
        if (due := self._undos.pop(str(key), None)) is None:
            return
        try:
            again = await judging.undo(self._visit.desk, due.person, due.ids, due.at)
        except BuncoError as error:
            self._visit.tell("note", f"It could not be undone: {error}")
            return
        self._visit.tell("note", f"Undone for {plural(len(again), 'finding')}.")
        await self._changed()

    def _keep(self, undo: _Undo) -> str:
        key = uuid4().hex
        self._undos[key] = undo
        while len(self._undos) > _KEPT_UNDOS:
            del self._undos[next(iter(self._undos))]
        return key
