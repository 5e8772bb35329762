import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.plain import plain


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("no markup  at\nall", "no markup at all"),
        ("bread &amp; butter &#8217;n&#x27; tea", "bread & butter ’n' tea"),
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two<br/>three", "one two three"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("in<b>side</b> a <i>w</i>ord", "inside a word"),
        ("<script>x()</script>a<style>b{}</style>", "a"),
        ("a<!-- hidden -->b", "ab"),
        ("<title>t</title>body", "body"),
        ("&lt;b&gt; stays text", "<b> stays text"),
        ("3 < 5 and 7 > 2", "3 < 5 and 7 > 2"),
        ("<p>never closed <b>at all", "never closed at all"),
        ("", ""),
        ("<img src=x alt=y>", ""),
        ("<td>a</td><td>b</td>", "a b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_html_becomes_one_line_of_text(html: str, expected: str) -> None:
    assert plain(html) == expected


@given(st.text())
def test_any_text_is_survived(html: str) -> None:
    text = plain("<p>" + html)

    assert text == " ".join(text.split())


@pytest.mark.parametrize(
    "html",
    ["<b>" * 200_000, "<" * 1_000_000, "\x00<p>\x00", "<p>\ud800</p>", "&" * 1_000_000],
    ids=["deep", "open", "nul", "lone surrogate", "ampersands"],
)
def test_hostile_html_costs_little(html: str) -> None:
    began = time.perf_counter()

    plain(html)

    assert time.perf_counter() - began < 3
