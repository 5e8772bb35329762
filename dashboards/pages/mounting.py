"""Hang the pages into the application."""

from fastapi import FastAPI
from nicegui import core, ui

from dashboards.desk import Desk, desk_of, person_of


def mount(app: FastAPI, desk: Desk) -> None:
    """Serve the pages below ``/``.

    NiceGUI is one for the whole process and its pages are known once: a page finds its desk
    in its request (``desk_of(ui.context.client.request)``), never in a variable of the module.
    """
    del desk
    core.app.user_middleware.clear()  # of an application before
    core.app.middleware_stack = None
    ui.run_with(app, title="bunco", show_welcome_message=False, gzip_middleware_factory=None)


@ui.page("/")
async def live() -> None:
    """Show that it works; the real pages take its place."""
    request = ui.context.client.request
    desk, person = desk_of(request), person_of(request)
    stats = await desk.ask(desk.store.stats)
    ui.label(f"bunco: {stats.posts:,} posts, {stats.findings:,} findings")
    ui.label(f"You are {person.name or 'at this machine'}: {person.role}.")
