"""Who looks at which page: desk, person, address, time zone; and how to speak to the browser."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import TypeVar
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from nicegui import Client, ui
from starlette.requests import Request

from bunco.errors import BadInput
from dashboards.access.people import Person
from dashboards.desk import Desk, desk_of, person_of
from dashboards.pages.markup import Markup

Values = TypeVar("Values", bound=Struct)


class Visit(Struct, kw_only=True):
    """One open page of one viewer."""

    desk: Desk
    person: Person
    client: Client
    zone: tzinfo
    query: Mapping[str, str]
    """What stands behind the question mark of the address; changes with the filters."""
    mark: str = ""
    """Where following what changes begins: before the page was read."""

    @property
    def now(self) -> datetime:
        """Give the present moment, aware, UTC."""
        return self.desk.clock.now()

    @property
    def may_judge(self) -> bool:
        """Tell whether the viewer may give verdicts."""
        return self.person.may("reviewer")

    def tell(self, method: str, *given: object) -> None:
        """Call a function of ``assets/bunco.js`` in the browser; nothing is waited for."""
        if not self.client.is_deleted:
            written = ", ".join(json.dumps(one) for one in given)
            self.client.run_javascript(f"bunco.{method}({written})")

    def fill(self, place: str, html: Markup) -> None:
        """Put markup in the place of that id, unless it stands there already."""
        self.tell("fill", place, html)


def here() -> Visit:
    """Give the visit of the page that is being built."""
    client = ui.context.client
    request: Request = client.request
    return Visit(
        desk=desk_of(request),
        person=person_of(request),
        client=client,
        zone=zone_of(request.cookies.get("bunco_zone", "")),
        query=dict(request.query_params),
    )


def zone_of(cookie: str) -> tzinfo:
    """Give the time zone that the browser named; UTC where it named none that we know."""
    try:
        return ZoneInfo(unquote(cookie)[:64]) if cookie else UTC
    except (ValueError, OSError, LookupError):  # no such zone, or no zones on this machine
        return UTC


def values_of(given: object, record: type[Values]) -> Values:
    """Read what a browser sent into a record.

    Raises:
        BadInput: it does not fit.
    """
    try:
        return msgspec.convert(given, record, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(str(error)) from error
