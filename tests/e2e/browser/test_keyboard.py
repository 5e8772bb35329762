"""Everything is reached and done with the keys alone."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Screen

_FOCUS = "document.activeElement"
_RING = f"getComputedStyle({_FOCUS}).outlineStyle"


def test_the_first_stop_skips_to_the_content(screen: Screen) -> None:
    page = screen.open("/findings")

    page.keyboard.press("Tab")

    assert _text(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{_FOCUS}.id") == "content"


def test_a_walk_goes_through_pages_and_findings_with_a_ring_around_each_stop(
    screen: Screen,
) -> None:
    page = screen.open("/findings")
    stops = []

    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(_RING) != "none", page.evaluate(f"{_FOCUS}.outerHTML")
        stops.append(page.evaluate(f"{_FOCUS}.tagName + ' ' + ({_FOCUS}.innerText || '')"))

    for name in ("A Live", "A Findings", "A Search", "A Sources", "A Settings"):
        assert name in stops
    assert any(stop.startswith("SELECT") for stop in stops)
    assert len(set(stops)) > 15


def test_a_verdict_is_given_by_keys_and_the_focus_comes_back(screen: Screen) -> None:
    page = screen.open("/findings?detector=bursts")
    opener = page.get_by_role("button", name="Judge…").first
    opener.focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Give a verdict")).to_be_visible()
    assert page.evaluate(f"{_FOCUS}.name") == "because"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Give a verdict")).to_be_hidden()
    assert page.evaluate(f"{_FOCUS}.innerText").startswith("Judge…")
    page.keyboard.press("Enter")
    page.keyboard.type("seen with my own eyes")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#notes")).to_contain_text("1 finding judged spam.")
    expect(page.locator("tbody")).to_contain_text("seen with my own eyes")


def _text(page: Page) -> str:
    text: str = page.evaluate(f"{_FOCUS}.innerText")
    return text
