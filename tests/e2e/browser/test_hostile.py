"""Texts that mean harm are shown as texts."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from tests.e2e.browser.conftest import Screen, repeated

EVIL = {
    "script": "<script>window.pwned=1</script><img src=x onerror=window.pwned=1> buy this today",
    "entity": "&lt;img src=x onerror=window.pwned=1&gt; &#60;script&#62; one more offer for you",
    "quote": "\"'><svg onload=window.pwned=1> `${window.pwned=1}` the offer of your life is here",
    "vue": "{{ constructor.constructor('window.pwned=1')() }} the offer of your life is here now",
    "bidi": "\u202eevil txet sdrawkcab siht\u202c and \u2066more of it\u2069 for all of you today",
    "nul": "nul \x00 bell \x07 escape \x1b[31m half \ufffe an offer that nobody should refuse",
    "long": "an offer that nobody should refuse, not even once " + "w" * 1_000_000,
}


@pytest.mark.parametrize("name", EVIL)
def test_a_hostile_headline_does_nothing(screen: Screen, name: str) -> None:
    author = f"web:{name}.example"
    posts = [
        replace(post, text=EVIL[name], author_name=EVIL[name][:100], place=EVIL[name][:60])
        for post in repeated(author, EVIL[name][:5_000])
    ]
    page = screen.open("/")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))

    screen.dashboard.plant(
        *(
            replace(
                post,
                posted_at=post.posted_at + timedelta(milliseconds=n),
                id=f"{name}/{n}",
                links=("javascript:window.pwned=1", "https://e.example"),
                url="javascript:window.pwned=1",
            )
            for n, post in enumerate(posts)
        )
    )
    page.locator("#feed article", has_text=f"{name}.example").first.wait_for()
    screens = ["/", f"/author?id={quote(author)}", f"/search?q={quote(name)}", "/findings"]
    for path in screens:
        screen.page.set_viewport_size({"width": 360, "height": 740})
        page = screen.open(path)
        text = page.locator("body").inner_text()
        assert page.evaluate("window.pwned") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.locator("a[href^='javascript']").count() == 0
        assert page.locator("main img, main script").count() == 0
        assert not set("\x00\x07\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(text)


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
