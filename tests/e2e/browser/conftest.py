"""One dashboard over a running replay, and one browser, for all tests of this package.

Not of the whole session: while Playwright runs, no test in this thread can start a loop of its
own.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, Request, sync_playwright

from bunco.clock import SystemClock
from bunco.model import Post
from bunco.simulation.plan import DEMO, Plan
from tests.e2e.browser.chromium import started
from tests.e2e.browser.serving import Running, demo, served

_AXE: dict[str, list[str]] = {"resultTypes": ["violations"]}
_PLAN = Plan(seed=20, days=6, authors=60, posts=1200)


class Screen:
    """A page of the browser, and what it must never do."""

    def __init__(self, page: Page, dashboard: Running) -> None:
        self.page = page
        self.dashboard = dashboard
        self.strayed: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)

    def open(self, path: str) -> Page:
        """Open a page of the dashboard and wait until it is connected."""
        self.page.goto(self.dashboard.address + path)
        self.page.wait_for_function("window.did_handshake === true")
        return self.page

    def address_of(self, path: str) -> str:
        """Give the address of a page: as it is, or of a loud ``author``, ``finding``, …."""
        if path.startswith("/"):
            return path
        known = self.dashboard.known
        if not known:
            page = self.open("/findings?detector=repeats&severity=high")
            known["author"] = page.locator(".b-author").first.get_attribute("href") or ""
            details = page.locator("tbody a", has_text="Details").first
            known["finding"] = details.get_attribute("href") or ""
            link = self.open(known["finding"]).get_by_role("link", name="Everyone who published")
            known["headline"] = link.get_attribute("href") or ""
        return known[path]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.dashboard.address, "data:", "blob:")):
            self.strayed.append(request.url)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with sync_playwright() as playwright:
        chromium = started(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def dashboard(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a dashboard in front of a running pipeline."""
    del browser  # none is started where there is nothing to look at it with
    fed = demo(replace(DEMO, seed=21, posts=2000))
    with served(tmp_path_factory.mktemp("run"), demo(_PLAN), fed=fed, a_second=5) as running:
        yield running


@pytest.fixture
def screen(browser: Browser, dashboard: Running) -> Iterator[Screen]:
    """Give a page that asked nobody but us and broke nowhere, once the test is over."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB"
    )
    context.set_default_timeout(15_000)
    # As on every visit but the first, at which the page is read again with the viewer's zone.
    zone = {"name": "bunco_zone", "value": "Europe%2FBerlin", "url": dashboard.address}
    context.add_cookies([zone])  # type: ignore[list-item]  # a plain dict is its TypedDict
    screen = Screen(context.new_page(), dashboard)
    yield screen
    context.close()
    assert screen.strayed == []
    assert screen.errors == []


def repeated(author: str, headline: str, times: int = 3) -> list[Post]:
    """Give posts that are a repeat by now."""
    now = SystemClock().now()
    return [
        Post(
            id=f"{author}/{headline[:40]}/{number}",
            author=author,
            posted_at=now - timedelta(seconds=times - number),
            source="feeds",
            place=f"place {number}",
            title=headline,
            links=("https://example.org/offer",),
            url=f"https://example.org/{number}",
        )
        for number in range(times)
    ]


def serious(page: Page, *, contrast_alone: bool = False) -> list[str]:
    """Give what axe finds that keeps people out: what is wrong, and where."""
    options = {"runOnly": ["color-contrast"]} if contrast_alone else {}
    found = Axe().run(page, options=_AXE | options).response["violations"]
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
