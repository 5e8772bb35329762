"""The live page: what happens shows up, and what one chooses stays."""

import re
import time

from playwright.sync_api import expect

from tests.e2e.browser.conftest import Screen, repeated

TRIES = 3
"""Of a measurement: another program may have the processor during one of them."""


def test_a_planted_repeat_is_on_the_screen_within_a_second_without_a_reload(
    screen: Screen,
) -> None:
    page = screen.open("/")
    expect(page.locator("#pulse")).to_have_text("Live")
    page.evaluate("window.stayed = true")
    took = []

    for number in range(TRIES):
        headline = f"Grandmother number {number} hides this one secret jar from all doctors"
        *before, last = repeated("web:planted.example", headline)
        screen.dashboard.plant(*before)
        page.wait_for_timeout(600)
        start = time.monotonic()
        screen.dashboard.plant(last)
        card = page.locator("article", has_text=f"number {number} hides").first
        card.wait_for()
        took.append(time.monotonic() - start)

    print(f"post to screen: {', '.join(f'{one:.2f} s' for one in took)}")
    assert min(took) <= 1
    assert page.evaluate("window.stayed") is True
    expect(card.locator("mark").first).to_be_visible()


def test_filters_narrow_at_once_stay_in_the_address_and_survive_a_reload(screen: Screen) -> None:
    page = screen.open("/")

    page.get_by_label("Severity").select_option("high")

    expect(page.locator("#feed article .b-badge.b-low")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?severity=high$"))
    page.reload()
    expect(page.get_by_label("Severity")).to_have_value("high")
    expect(page.locator("#feed article .b-badge.b-high").first).to_be_visible()
    expect(page.locator("#feed article .b-badge.b-low")).to_have_count(0)


def test_words_that_nothing_has_say_so(screen: Screen) -> None:
    page = screen.open("/")

    page.get_by_label("Words in the sentence").fill("zzz no such words")

    expect(page.locator("#feed")).to_contain_text("Nothing fits these filters")


def test_what_does_not_fit_the_filters_does_not_come(screen: Screen) -> None:
    page = screen.open("/?words=teapot")
    expect(page.locator("#pulse")).to_have_text("Live")

    screen.dashboard.plant(
        *repeated("web:other.example", "An offer that nobody should refuse ever")
    )
    screen.dashboard.plant(*repeated("web:tea.example", "This teapot trick makes plumbers furious"))

    page.locator("#feed article", has_text="tea.example").first.wait_for()
    expect(page.locator("#feed article", has_text="other.example")).to_have_count(0)


def test_a_pause_holds_what_comes_and_lets_it_in_afterwards(screen: Screen) -> None:
    page = screen.open("/?words=pausing")
    expect(page.locator("#pulse")).to_have_text("Live")
    page.get_by_role("button", name="Pause", exact=True).click()

    screen.dashboard.plant(*repeated("web:pause.example", "Pausing this one thing will shock you"))
    expect(page.get_by_role("button", name=re.compile(r"Resume \(\d new\)"))).to_be_visible()

    expect(page.locator("#feed article")).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    page.locator("#feed article", has_text="pause.example").first.wait_for()


def test_the_panels_beside_the_feed_fill_themselves(screen: Screen) -> None:
    page = screen.open("/")

    expect(page.locator("#plots svg").first).to_be_visible()
    expect(page.locator("#worst li").first).to_be_visible()
    expect(page.locator("#headlines li").first).to_be_visible()
    expect(page.locator("#strip")).to_contain_text("broken feed: failing")


def test_one_goes_from_a_finding_to_its_author(screen: Screen) -> None:
    page = screen.open("/")
    page.get_by_role(
        "button", name="Pause", exact=True
    ).click()  # so that none moves under the pointer
    author = page.locator("#feed article .b-author").first
    name = author.inner_text()

    author.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    for part in ("Posts and findings", "Posts a day", "Rhythm", "Repeated headlines", "History"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()


def test_a_verdict_is_kept_with_who_and_why_and_can_be_undone(screen: Screen) -> None:
    screen.dashboard.plant(
        *repeated("web:judged.example", "Judges hate this simple courtroom trick")
    )
    page = screen.open("/?words=courtroom")
    card = page.locator("#feed article", has_text="judged.example").filter(has_text="repeats")
    card.wait_for()

    card.get_by_role("button", name="Spam").click()
    dialog = page.get_by_role("dialog", name="Give a verdict")
    dialog.get_by_label("Reason").fill("the same offer all day")
    dialog.get_by_role("button", name="Give verdict").click()

    expect(page.locator("#notes")).to_contain_text("1 finding judged spam.")
    expect(card).to_contain_text("Spam by ")
    page.reload()
    expect(card).to_contain_text("the same offer all day")
    page.wait_for_function("window.did_handshake === true")
    card.get_by_role("button", name="Mute").click()
    dialog.get_by_label("Reason").fill("enough of it")
    dialog.get_by_role("button", name="Give verdict").click()
    page.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text("Spam")
