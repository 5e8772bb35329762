"""Headlines: which were repeated, who published one, what is nearly the same."""

from datetime import timedelta

import pytest

from bunco.model import Batch, Enriched, Removal
from bunco.ports.stores import Store
from processors.enrich import enrich
from tests.builders import NOON, a_post
from tests.contract.stores import HOUR, MINUTE, paged

LANES = "Council approves new cycle lanes along the river"
TRICK = "One weird trick that doctors do not want you to know"


def published(
    number: int, title: str, minute: float = 0, author: str = "web:a.example"
) -> Enriched:
    return enrich(
        a_post(
            minute * MINUTE,
            id=f"hn:{number:02}",
            title=title,
            author=author,
            url=f"https://a.example/{number}",
        )
    )


def test_headlines_are_counted_over_authors_and_spellings(store: Store) -> None:
    store.commit(
        Batch(
            posts=(
                published(1, LANES, 0),
                published(2, LANES.upper() + "!!", 1, "web:b.example"),
                published(3, LANES, 2, "web:b.example"),
                published(4, TRICK, 3),
                published(5, TRICK, 4),
                published(6, "Something else that was published only once", 5),
            )
        )
    )

    first, second = store.repeated()

    assert (first.headline, first.post, first.posts) == (LANES, "hn:03", 3)
    assert first.authors == {"web:b.example": 2, "web:a.example": 1}
    assert (first.first_at, first.last_at) == (NOON, NOON + 2 * MINUTE)
    assert (second.headline, second.posts) == (TRICK, 2)


def test_repeated_headlines_are_of_the_period_asked_for(store: Store) -> None:
    minutes = (-1, 0, 30, 60)
    store.commit(
        Batch(posts=tuple(published(at, LANES, minute) for at, minute in enumerate(minutes)))
    )

    (found,) = store.repeated(since=NOON, until=NOON + HOUR)

    assert (found.posts, found.first_at, found.last_at) == (2, NOON, NOON + 30 * MINUTE)
    assert store.repeated(since=NOON + MINUTE, until=NOON + HOUR) == []


def test_a_headline_is_counted_over_the_days_of_a_period(store: Store) -> None:
    day = 24 * 60
    minutes = (0, 1, day, 2 * day, 9 * day)
    posts = [published(at, LANES, minute) for at, minute in enumerate(minutes)]
    posts += [published(10 + at, TRICK, minute) for at, minute in enumerate((0, day, 2 * day))]
    store.commit(Batch(posts=tuple(posts)))

    (found,) = store.repeated(since=NOON, until=NOON + timedelta(days=5))

    assert (found.headline, found.posts) == (LANES, 4)


def test_the_most_repeated_come_first_up_to_a_limit(store: Store) -> None:
    texts = ["The first of some headlines here", "A second headline of others", "Third of them all"]
    posts = [
        published(10 * at + copy, text, copy)
        for at, text in enumerate(texts)
        for copy in range(2 + at)
    ]
    store.commit(Batch(posts=tuple(posts)))

    assert [(one.headline, one.posts) for one in store.repeated(limit=2)] == [
        (texts[2], 4),
        (texts[1], 3),
    ]


def test_copies_come_first_to_last_whoever_published_them(store: Store) -> None:
    store.commit(
        Batch(
            posts=(
                published(1, LANES, 3 * 24 * 60),
                published(2, f"{LANES} | The Daily News", 5, "web:b.example"),
                published(4, LANES.upper(), 5),
                published(5, "Council rejects new cycle lanes along the river", 0),
                published(6, LANES, 0),
            )
        )
    )

    found = paged(lambda after: store.copies(LANES.lower(), limit=1, after=after))

    assert [one.post.id for one in found] == ["hn:06", "hn:02", "hn:04", "hn:01"]


def test_near_copies_are_found_and_copies_are_not_among_them(store: Store) -> None:
    near = {
        1: "Council approves new bicycle lanes along the river",
        2: "BREAKING: council approves cycle lanes along river",
        3: "New cycle lanes along the river",
    }
    store.commit(
        Batch(
            posts=(
                *(published(number, text, number) for number, text in near.items()),
                published(8, LANES, 0),
                published(9, TRICK, 0),
            )
        )
    )

    assert sorted(one.post.id for one in store.near(LANES)) == ["hn:01", "hn:02", "hn:03"]
    assert len(store.near(LANES, limit=2)) == 2


@pytest.mark.parametrize("odd", ["", "a", "!!!", '"', "AND OR NOT", "\x00", "\ud800", "x" * 9000])
def test_any_text_may_be_asked_for(store: Store, odd: str) -> None:
    store.commit(Batch(posts=(published(1, LANES),)))

    assert store.copies(odd).rows == ()
    assert list(store.near(odd)) == []


def test_posts_without_a_headline_repeat_none(store: Store) -> None:
    posts = tuple(
        enrich(a_post(id=f"hn:{number}", title="", text="A plain remark, twice", url=""))
        for number in range(2)
    )
    store.commit(Batch(posts=posts))

    assert store.repeated() == []


def test_a_removed_post_is_no_longer_among_the_copies(store: Store) -> None:
    store.commit(Batch(posts=tuple(published(number, LANES, number) for number in range(3))))

    store.commit(Batch(removals=(Removal(removed="post", id="hn:02"),)))

    (found,) = store.repeated()
    assert (found.posts, found.post) == (2, "hn:01")
    assert [one.post.id for one in store.copies(LANES).rows] == ["hn:00", "hn:01"]
    assert store.check() == []


def test_headlines_do_not_depend_on_batches(store: Store) -> None:
    posts = [published(number, (LANES, TRICK)[number % 2], number % 7) for number in range(9)]
    for post in posts:
        store.commit(Batch(posts=(post,)))
        store.commit(Batch(posts=(post,)))

    assert [(one.posts, one.last_at) for one in store.repeated()] == [
        (5, NOON + 6 * MINUTE),
        (4, NOON + 5 * MINUTE),
    ]
    assert len(paged(lambda after: store.copies(LANES, limit=2, after=after))) == 5
