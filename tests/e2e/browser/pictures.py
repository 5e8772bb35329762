"""Pictures of every page: ``python -m tests.e2e.browser.pictures``. Light, dark, wide, narrow.

The dashboard runs over the demo's posts; nothing leaves this machine.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browser.chromium import launched
from tests.e2e.browser.serving import BROKEN, Running, demo, served

WORST = "reddit:freedom_mentor"
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def pages(page: Page, address: str) -> dict[str, str]:
    """Give the address of every page, by name."""
    page.goto(f"{address}/findings?severity=high")
    details = page.locator("a", has_text="Details").first.get_attribute("href") or ""
    page.goto(address + details)
    headline = page.get_by_role("link", name="Everyone who published").get_attribute("href") or ""
    return {
        "live": "/",
        "author": f"/author?id={quote(WORST)}",
        "finding": details,
        "headline": headline,
        "findings": "/findings",
        "search": "/search?q=secret",
        "sources": "/sources",
        "settings": "/settings",
    }


def take(running: Running, browser: Browser, folder: Path, names: list[str]) -> None:
    """Write the pictures."""
    first = browser.new_page()
    addresses = pages(first, running.address)
    first.close()
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                timezone_id="Europe/Berlin",
                locale="en-GB",
            )
            page = context.new_page()
            for name, path in addresses.items():
                if names and name not in names:
                    continue
                page.goto(running.address + path)
                page.wait_for_load_state("load")
                page.wait_for_timeout(400)
                page.screenshot(path=folder / f"{name}-{theme}-{size}.png", full_page=True)
            context.close()


def take_for_docs(running: Running, browser: Browser, folder: Path) -> None:
    """Write the two pictures of the documentation, compressed."""
    addresses = {"live": "/", "author": f"/author?id={quote(WORST)}"}
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
    for name, path in addresses.items():
        page.goto(running.address + path)
        page.wait_for_timeout(3000)
        page.screenshot(path=folder / f"dashboard-{name}.jpg", type="jpeg", quality=72)
    page.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    parser.add_argument("--docs", action="store_true", help="those of the documentation alone")
    parser.add_argument("names", nargs="*", help="of pages; all of them where none is named")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        posts = demo()
        with served(Path(folder), posts) as running, sync_playwright() as playwright:
            browser = launched(playwright)
            page = browser.new_page()
            page.goto(f"{running.address}/sources")
            page.get_by_text(BROKEN).first.wait_for()
            page.wait_for_timeout(6000)
            page.close()
            if given.docs:
                take_for_docs(running, browser, given.out)
            else:
                take(running, browser, given.out, given.names)
            browser.close()


if __name__ == "__main__":
    main()
