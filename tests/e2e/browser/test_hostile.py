"""Texts that mean harm are shown as texts."""

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page

from bunco.model import Post
from tests.e2e.browser.conftest import Screen, repeated

_ACTING = set("\x00\x07\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068")

EVIL = {
    "script": "<script>window.pwned=1</script><img src=x onerror=window.pwned=1> buy this today",
    "entity": "&lt;img src=x onerror=window.pwned=1&gt; &#60;script&#62; one more offer for you",
    "quote": "\"'><svg onload=window.pwned=1> `${window.pwned=1}` the offer of your life is here",
    "vue": "{{ constructor.constructor('window.pwned=1')() }} the offer of your life is here now",
    "bidi": "\u202eevil txet sdrawkcab siht\u202c and \u2066more of it\u2069 for all of you today",
    "nul": "nul \x00 bell \x07 escape \x1b[31m half \ufffe an offer that nobody should refuse",
    "long": "an offer that nobody should refuse, not even once " + "w" * 1_000_000,
}


def test_hostile_texts_do_nothing(screen: Screen) -> None:
    page = screen.open("/")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    page.set_viewport_size({"width": 360, "height": 740})

    for name in EVIL:
        screen.dashboard.plant(*_hostile(name))
    for name in EVIL:
        page.locator("#feed article", has_text=f"{name}.example").first.wait_for()

    _hold_harmless(page)
    authors = [f"/author?id=web:{name}.example" for name in EVIL]
    for path in ["/", "/findings", "/search?q=offer", *authors]:
        _hold_harmless(screen.open(path))


def test_an_author_of_that_name_can_be_looked_at(screen: Screen) -> None:
    author = 'web:"><script>window.pwned=1</script>'
    screen.dashboard.plant(
        *repeated(author, "An offer by somebody with a wombatlike name", times=5)
    )
    page = screen.open("/?words=wombatlike")

    page.locator("#feed article .b-author").first.click()

    page.get_by_role("heading", level=1).wait_for()
    assert page.evaluate("window.pwned") is None
    assert author in page.get_by_role("heading", level=1).inner_text()


def _hostile(name: str) -> list[Post]:
    evil = EVIL[name]
    return [
        replace(
            post,
            text=evil,
            author_name=evil[:100],
            place=evil[:60],
            links=("javascript:window.pwned=1", "https://e.example"),
            url="javascript:window.pwned=1",
        )
        for post in repeated(f"web:{name}.example", evil[:5_000])
    ]


def _hold_harmless(page: Page) -> None:
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("#content img, #content script").count() == 0
    assert not _ACTING & set(page.locator("#content").inner_text())
