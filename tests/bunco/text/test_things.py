"""When two posts put the same thing before people: cases and bounds."""

import pytest

from bunco.text.things import is_known, is_own, own_key, same_thing, target, thing

TRICK = "This one weird trick melts belly fat while you sleep"
EDITED = "BREAKING: This one weird trick melts belly fat while you sleep!!!"
PAGE = "https://shop.example/offer/77"


@pytest.mark.parametrize(
    ("a", "a_url", "b", "b_url", "expected"),
    [
        ("One", PAGE, "Another", "http://www.shop.example/offer/77/?utm_id=1", True),
        ("", PAGE, "", PAGE, True),
        (TRICK, "", EDITED, "", True),
        (TRICK, PAGE, EDITED, "", True),
        (TRICK, "https://bit.ly/1", EDITED, "https://bit.ly/2", True),
        (TRICK, "https://bit.ly/1", EDITED, PAGE, True),
        (TRICK, PAGE, TRICK, "https://other.example/1", True),
        (TRICK, PAGE, EDITED, "https://other.example/1", False),
        (TRICK, PAGE, f"{TRICK} tonight", "https://other.example/1", False),
        ("Am I doing this right?", PAGE, "Am I doing this right?", f"{PAGE}8", False),
        ("Amazing", "", "Amazing", "", False),
        ("One", "https://bit.ly/1", "Another", "https://bit.ly/2", False),
        ("", "", "", "", False),
        ("One", "", "Another", PAGE, False),
    ],
)  # fmt: skip
def test_things_are_the_same_by_their_link_else_by_their_text(
    a: str, a_url: str, b: str, b_url: str, expected: bool
) -> None:
    one, other = thing(a, a_url), thing(b, b_url)

    assert same_thing(one, other) is expected
    assert same_thing(other, one) is expected


def test_keys_tell_what_is_known() -> None:
    assert is_known(thing("", PAGE).link)
    assert not is_known(thing("", "https://bit.ly/1").link)
    assert not is_known(own_key(PAGE))
    assert not is_known(thing("").link)


OWN = "https://reddit.com/comments/abc"


@pytest.mark.parametrize(
    ("links", "left"),
    [
        (("https://reddit.com/user/ann", PAGE), PAGE),
        (("https://reddit.com/r/deals", "https://reddit.com/u/ann", PAGE), PAGE),
        (("https://reddit.com", PAGE), PAGE),
        (("https://other.example/user/ann",), "https://other.example/user/ann"),
        (("https://reddit.com/comments/xyz",), "https://reddit.com/comments/xyz"),
        (("https://other.example", PAGE), "https://other.example"),
    ],
)
def test_what_a_forum_links_beneath_every_post_is_passed_over(
    links: tuple[str, ...], left: str
) -> None:
    assert target(links, OWN) == thing("", left).link


def test_nothing_or_too_much_is_no_target() -> None:
    assert target((), OWN) == 0
    assert target(("https://reddit.com/user/ann",), OWN) == 0
    assert target(tuple(f"{PAGE}/{n}" for n in range(4))) == 0
    assert target(tuple(f"{PAGE}/{n}" for n in range(3))) != 0


def test_a_post_that_points_at_itself_alone_says_so() -> None:
    assert target((OWN,), OWN) == own_key(OWN)
    assert is_own(own_key(OWN))
    assert not is_own(target((PAGE,), OWN))
    assert own_key("") == 0
