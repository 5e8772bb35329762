from datetime import timedelta

from bunco.model import RepeatedHeadline
from dashboards.views.repeated import merged
from tests.builders import NOON

LANES = "Council approves new cycle lanes along the river"


def a_repeated(headline: str, posts: int, **authors: int) -> RepeatedHeadline:
    return RepeatedHeadline(
        headline=headline,
        post=f"hn:{headline[:4]}{posts}",
        posts=posts,
        authors={f"web:{name}.example": count for name, count in authors.items()},
        first_at=NOON - posts * timedelta(minutes=1),
        last_at=NOON + posts * timedelta(minutes=1),
    )


def test_near_copies_are_one_headline() -> None:
    first = a_repeated(LANES, 5, a=3, b=2)
    edited = a_repeated("BREAKING: Council approves new cycle lanes along river", 3, b=2, c=1)
    other = a_repeated("Library opens on Sundays from March on, says mayor", 6, d=6)

    both, alone = merged([edited, first, other])

    assert (both.headline, both.posts) == (LANES, 8)
    assert list(both.authors.items()) == [
        ("web:b.example", 4),
        ("web:a.example", 3),
        ("web:c.example", 1),
    ]
    assert (both.first_at, both.last_at, both.post) == (first.first_at, first.last_at, first.post)
    assert alone == other


def test_numbers_of_a_series_stay_apart() -> None:
    series = [a_repeated(f"Winning numbers of the lottery draw {day} March", 2) for day in (1, 2)]

    assert merged(series) == series


def test_short_headlines_are_one_only_when_they_are_the_same() -> None:
    short = [a_repeated("Live now", 4), a_repeated("Live tomorrow", 3)]

    assert merged(short) == short


def test_no_headlines_stay_none() -> None:
    assert merged([]) == []
