"""Every page: who cannot see or has a phone gets as far as everybody else, quickly."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Screen, serious

PAGES = (
    "/?detector=bursts",
    "/findings?detector=bursts",
    "/search?q=secret",
    "/sources",
    "/settings",
    "author",
    "headline",
    "finding",
    "/author?id=web:nobody.example",
    "/search",
)
TRIES = 3


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out_in_light_or_dark_or_on_a_small_phone(
    screen: Screen, path: str
) -> None:
    page = screen.open(screen.address_of(path))

    light = serious(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = serious(page, contrast_alone=True)
    page.set_viewport_size({"width": 360, "height": 740})

    assert (light, dark) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_verdict_dialog_has_nothing_serious_either(screen: Screen) -> None:
    page = screen.open("/")
    page.locator("#feed article").first.get_by_role("button", name="Mute").click()

    assert serious(page) == []


@pytest.mark.parametrize("path", ["/", "author"])
def test_a_page_is_there_within_a_second(screen: Screen, path: str) -> None:
    address = screen.address_of(path)
    took = []

    for _ in range(TRIES):
        page = screen.open(address)
        paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        page.wait_for_function(f"{paint} > 0")
        took.append(page.evaluate(paint))

    print(f"first contentful paint of {path}: {', '.join(f'{one:.0f} ms' for one in took)}")
    assert min(took) <= 1000


def test_times_are_told_in_the_zone_of_the_viewer(screen: Screen) -> None:
    page = screen.open("/")

    page.wait_for_function("document.querySelector('#feed time').title.includes('CE')")
    title = page.locator("#feed time").first.get_attribute("title") or ""

    assert "CET" in title or "CEST" in title
    assert page.locator("#feed time").first.inner_text().endswith(("ago", "now"))


def test_links_to_the_original_tell_nothing_of_us(screen: Screen) -> None:
    page = screen.open(screen.address_of("author"))

    link = page.locator("a.b-out").first

    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("referrerpolicy") == "no-referrer"
    assert link.get_attribute("target") == "_blank"


def test_the_chosen_theme_stays(screen: Screen) -> None:
    page = screen.open("/settings")
    button = page.get_by_role("button", name="Theme")

    button.click()
    button.click()
    page.reload()

    expect(button).to_have_text("Theme: dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_several_findings_are_judged_at_once_after_their_count_was_shown(screen: Screen) -> None:
    page = screen.open("/findings?detector=crossposts")
    page.locator("input[name=choose]").nth(0).check()
    page.locator("input[name=choose]").nth(1).check()

    page.get_by_role("button", name="Judge 2 chosen…").click()
    dialog = page.get_by_role("dialog", name="Give a verdict")
    expect(dialog).to_contain_text("2 findings")
    dialog.get_by_label("Reason").fill("one campaign")
    dialog.get_by_role("button", name="Give verdict").click()

    expect(page.locator("#notes")).to_contain_text("2 findings judged spam.")
    expect(page.locator("tbody tr", has_text="one campaign")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notes")).to_contain_text("Undone for 2 findings.")


def test_a_verdict_needs_a_reason(screen: Screen) -> None:
    page = screen.open("/findings")
    page.get_by_role("button", name="Judge…").first.click()

    page.get_by_role("button", name="Give verdict").click()

    expect(page.get_by_role("dialog", name="Give a verdict")).to_be_visible()
    expect(page.locator("#notes > div")).to_have_count(0)


def test_a_source_is_paused_and_resumed(screen: Screen) -> None:
    page = screen.open("/sources")
    source = page.locator("section", has=page.get_by_role("heading", name="broken feed"))
    expect(source).to_contain_text("failing")

    source.get_by_role("button", name="Pause").click()
    expect(source).to_contain_text("paused")
    source.get_by_role("button", name="Resume").click()

    expect(source.get_by_role("button", name="Pause")).to_be_visible()


def test_search_finds_authors_posts_and_findings(screen: Screen) -> None:
    page = screen.open("/")
    page.get_by_label("Search posts, authors and findings").fill("reddit")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Authors")).to_be_visible()
    expect(page.locator("section", has_text="Authors").locator(".b-author").first).to_be_visible()


def test_an_author_is_exported(screen: Screen) -> None:
    page = screen.open(screen.address_of("author"))

    with page.expect_download() as csv:
        page.get_by_role("link", name="Export CSV").click()

    assert csv.value.suggested_filename.endswith(".csv")
