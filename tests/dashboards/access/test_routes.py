"""Every route there is, without, with wrong and with lower rights: none can be forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from bunco.options import TokenRole
from dashboards.access.guard import OPEN
from dashboards.access.people import Person
from dashboards.api.application import SUBJECTS
from dashboards.api.routing import Needs
from tests.dashboards.house import House

API = "/api/v1"
BEYOND = {  # what is no route of the API, with the role that it takes
    "/": "viewer",
    "/anything/else": "viewer",
    "/metrics": "viewer",
    "/_nicegui_ws/socket.io/?EIO=4&transport=polling": "viewer",
    "/settings": "admin",
    f"{API}/openapi.json": "viewer",
}
ROLES: tuple[TokenRole, ...] = get_args(TokenRole)


def _routes(router: APIRouter) -> Iterator[tuple[str, str, TokenRole]]:
    for route in router.routes:
        assert isinstance(route, APIRoute)
        needs = [one.dependency for one in route.dependencies]
        (role,) = [one.role for one in needs if isinstance(one, Needs)]
        for method in sorted(route.methods or ()):
            yield method, API + route.path.replace("{finding_id}", "f1"), role


ROUTES = [one for subject in SUBJECTS for one in _routes(subject.router)]
ALL = [*ROUTES, *(("GET", path, role) for path, role in BEYOND.items())]


def test_there_are_routes_and_each_names_its_role() -> None:
    assert len(ROUTES) > 20
    assert {role for _, _, role in ROUTES} == set(ROLES)


def test_every_route_has_the_role_that_the_docs_say() -> None:
    page = (Path(__file__).parents[3] / "docs/dashboard.md").read_text(encoding="utf-8")

    told = {
        (method, API + path.replace("{id}", "f1"), role)
        for row, role in re.findall(r"^\| (`(?:GET|POST) .*) \| (\w+) \|$", page, re.MULTILINE)
        for method, path in re.findall(r"`(GET|POST) ([^`?]+)", row)
    }

    assert told == set(ROUTES)


@pytest.mark.parametrize(("method", "path", "role"), ALL)
def test_a_route_is_closed_to_strangers(
    guarded: House, method: str, path: str, role: TokenRole
) -> None:
    del role
    with guarded.asking() as client:
        nobody = client.request(method, path)
        wrong = client.request(method, path, headers={"Authorization": "Bearer bunco_wrong"})
        odd = client.request(method, path, headers={"Authorization": "Basic YTpi"})
        cookie = client.request(method, path, headers={"Cookie": "bunco_0=stolen; __Host-x=1"})

    for answer in (nobody, wrong, odd, cookie):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert "row" not in answer.text


@pytest.mark.parametrize(("method", "path", "role"), ALL)
def test_a_route_is_closed_to_lower_roles_and_open_to_its_own(
    guarded: House, method: str, path: str, role: TokenRole
) -> None:
    for own in ROLES:
        with guarded.asking(own) as client, client.stream(method, path) as answer:
            status = answer.status_code

        may = Person(name="", role=own).may(role)
        assert (status not in {401, 403}) == may, f"{own} got {status}"


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_is_open_tells_nothing_of_what_is_inside(guarded: House, path: str) -> None:
    with guarded.asking() as client:
        answer = client.get(path)

    assert answer.status_code in {200, 303, 404}
    assert len(answer.content) < 5000
    assert "deals" not in answer.text


def test_nobody_opens_a_websocket_without_rights(guarded: House) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    with guarded.asking() as client:
        answer = client.get("/_nicegui_ws/socket.io/?EIO=4&transport=websocket", headers=headers)

    assert answer.status_code == 403
