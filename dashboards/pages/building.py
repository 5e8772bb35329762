"""Make a page of a function that gives a sheet: its address, its troubles, its events."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from nicegui import ui
from nicegui.events import GenericEventArguments

from bunco.errors import BuncoError
from bunco.log import logger
from bunco.ports.queries import FindingQuery
from dashboards.pages.cards import trouble
from dashboards.pages.frame import Sheet, show
from dashboards.pages.judging import Judging
from dashboards.pages.visit import Visit, here

Build: TypeAlias = Callable[[Visit], Awaitable[Sheet]]
Act: TypeAlias = Callable[[Visit, dict[str, Any]], Awaitable[None]]

_log = logger(__name__)


def page(  # noqa: PLR0913  # each is a thing of its own
    path: str,
    build: Build,
    *,
    acts: dict[str, Act] | None = None,
    meant: Callable[[Visit], FindingQuery] | None = None,
    filtered: Callable[[Visit], Awaitable[None]] | None = None,
    opened: Callable[[Visit], Awaitable[None]] | None = None,
) -> None:
    """Register a page.

    Args:
        path: its address.
        build: gives what it shows; called again after every choice.
        acts: what it may be told to do, by the names of its events.
        meant: gives which findings "all" means on it.
        filtered: called when the filters changed; absent: it is built again.
        opened: called once it is connected.
    """

    async def shown() -> None:
        visit = here()
        show(visit, await _sheet(visit, build), path)
        _listen(visit, build, acts or {}, meant, filtered)
        if opened is not None:
            await visit.client.connected()
            await opened(visit)

    ui.page(path, response_timeout=20)(shown)


async def _sheet(visit: Visit, build: Build) -> Sheet:
    try:
        return await build(visit)
    except BuncoError as error:
        _log.warning("a page could not be built", error=str(error))
        return Sheet(title="Not available", body=trouble(str(error)))


def _listen(
    visit: Visit,
    build: Build,
    acts: dict[str, Act],
    meant: Callable[[Visit], FindingQuery] | None,
    filtered: Callable[[Visit], Awaitable[None]] | None,
) -> None:
    async def again() -> None:
        visit.fill("body", (await _sheet(visit, build)).body)

    judging = Judging(visit, again, (lambda: meant(visit)) if meant else None)

    async def judge(event: GenericEventArguments) -> None:
        await judging.judge(event.args)

    async def undo(event: GenericEventArguments) -> None:
        await judging.undo(event.args)

    async def filter_(event: GenericEventArguments) -> None:
        visit.query = {str(name): str(value) for name, value in dict(event.args or {}).items()}
        await (filtered(visit) if filtered else again())

    def acting(act: Act) -> Callable[[GenericEventArguments], Awaitable[None]]:
        async def acted(event: GenericEventArguments) -> None:
            try:
                await act(visit, dict(event.args or {}))
            except BuncoError as error:
                visit.tell("note", f"That did not work: {error}")
                return
            await again()

        return acted

    ui.on("judge", judge)
    ui.on("undo", undo)
    ui.on("filter", filter_)
    for name, act in acts.items():
        ui.on(name, acting(act))
