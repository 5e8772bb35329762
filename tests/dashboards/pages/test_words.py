"""Times, numbers and addresses as people read them."""

from datetime import timedelta

import pytest

from dashboards.pages.words import (
    author_address,
    decimal,
    is_web,
    listed,
    outside,
    plural,
    relative,
    span,
    when,
)
from tests.builders import NOON


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=2), "now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=90), "3 months ago"),
        (timedelta(days=800), "2 y ago"),
        (timedelta(minutes=-10), "in 10 min"),
    ],
)
def test_a_time_is_told_in_one_unit(ago: timedelta, told: str) -> None:
    assert relative(NOON - ago, NOON) == told


def test_a_time_holds_its_moment_for_the_browser() -> None:
    assert when(NOON, NOON) == (
        '<time datetime="2026-03-02T12:00:00Z" title="2026-03-02 12:00:00 UTC">now</time>'
    )
    assert "never" in when(None, NOON)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", "http://", "x"]
)
def test_only_the_web_becomes_a_link(url: str) -> None:
    assert not is_web(url)
    assert outside(url, "original") is None


def test_a_link_out_tells_nothing_of_us() -> None:
    link = outside('https://example.org/?a="b"', "original")

    assert link is not None
    assert 'rel="noopener noreferrer"' in link
    assert 'referrerpolicy="no-referrer"' in link
    assert 'href="https://example.org/?a=&quot;b&quot;"' in link


def test_an_authors_address_survives_any_name() -> None:
    assert author_address("web:a/b?c&d#e") == "/author?id=web%3Aa%2Fb%3Fc%26d%23e"


def test_numbers_tell_as_much_as_one_can_read() -> None:
    assert [decimal(n) for n in (12345.6, 12.34, 3.0, 0.0432)] == ["12,346", "12.3", "3", "0.043"]
    assert (plural(1, "post"), plural(2000, "post")) == ("1 post", "2,000 posts")
    assert plural(2, "reply", "replies") == "2 replies"
    assert span(timedelta(minutes=90)) == "1 h"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
