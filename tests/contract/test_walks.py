"""Posts to be played again: every kind of store gives them in the order they came."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from bunco.model import Batch, Enriched, Post, Removal, to_ms
from bunco.ports.stores import Store
from tests.builders import NOON
from tests.contract.stores import MINUTE, stored

AUTHOR = "web:example.org"
OTHER = "web:a.example"
POST_9 = "web:example.org/9"


def walked(store: Store, **asked: Any) -> dict[str, list[str]]:
    """Give the ids of a walk by author; each author must come once, in one stretch."""
    posts = [post for piece in store.walk(**asked) for post in piece]
    stretches = [(name, [post.id for post in of]) for name, of in groupby(posts, _author)]
    by_author = dict(stretches)
    assert len(by_author) == len(stretches), "an author came twice"
    return by_author


def _author(post: Post) -> str:
    return post.author


def arriving(number: int, came: int, minute: int, **changes: Any) -> Enriched:
    """Give a post of ``minute`` past noon that came ``came`` minutes past midnight."""
    seen = NOON + timedelta(hours=12) + came * MINUTE
    enriched = stored(number, minute, seen_at=seen, **changes)
    return replace(enriched, seen_ms=to_ms(seen))


def test_a_walk_gives_posts_in_order_of_arrival_author_by_author(store: Store) -> None:
    store.commit(
        Batch(posts=(arriving(1, 0, 5), arriving(9, 1, 1, author=OTHER), arriving(3, 2, 9)))
    )
    store.commit(Batch(posts=(arriving(2, 3, -60 * 24 * 40), arriving(8, 4, 0, author=OTHER))))

    found = walked(store)

    assert found == {
        AUTHOR: [f"web:example.org/{number}" for number in (1, 3, 2)],
        OTHER: [f"web:example.org/{number}" for number in (9, 8)],
    }


def test_a_walk_keeps_the_order_of_posts_that_came_at_one_moment(store: Store) -> None:
    numbers = [5, 3, 9, 1, 7, 2]
    store.commit(Batch(posts=tuple(arriving(number, 0, -number) for number in numbers[:4])))
    store.commit(Batch(posts=tuple(arriving(number, 0, -number) for number in numbers[4:])))

    found = walked(store, most=2)

    assert found == {AUTHOR: [f"web:example.org/{number}" for number in numbers]}


def test_a_walk_keeps_to_its_period_and_its_author(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(6))))
    store.commit(Batch(posts=(stored(9, 3, author=OTHER),)))

    within = walked(store, since=NOON + 2 * MINUTE, until=NOON + 4 * MINUTE)
    theirs = walked(store, author=OTHER)
    nobody = walked(store, author="web:nobody.example")

    assert within == {AUTHOR: ["web:example.org/2", "web:example.org/3"], OTHER: [POST_9]}
    assert theirs == {OTHER: [POST_9]}
    assert nobody == {}


def test_a_walk_comes_in_pieces_and_gives_the_posts_as_they_went_in(store: Store) -> None:
    posts = [
        stored(n, n, text=f"number {n}", links=(f"https://example.org/{n}",)) for n in range(7)
    ]
    store.commit(Batch(posts=tuple(posts)))

    pieces = list(store.walk(most=3))

    assert [len(piece) for piece in pieces] == [3, 3, 1]
    assert [post for piece in pieces for post in piece] == [one.post for one in posts]


def test_a_walk_leaves_out_what_comes_in_and_what_goes_meanwhile(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(4))))
    walk = store.walk(most=2)

    first = next(walk)
    store.commit(Batch(posts=(stored(8, 8), stored(9, 9, author=OTHER))))
    rest = [post.id for piece in walk for post in piece]

    assert [post.id for post in first] == ["web:example.org/0", "web:example.org/1"]
    assert rest == ["web:example.org/2", "web:example.org/3"]


def test_a_walk_has_nothing_of_what_was_removed(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(3))))
    store.commit(Batch(removals=(Removal(removed="post", id="web:example.org/1"),)))

    assert walked(store) == {AUTHOR: ["web:example.org/0", "web:example.org/2"]}


def test_a_walk_that_is_left_early_can_be_closed(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(3))))
    walk = store.walk(most=1)
    next(walk)

    walk.close()

    assert store.stats().posts == 3


def test_a_walk_goes_through_a_thousand_authors_once_each(store: Store) -> None:
    posts = [stored(n, n % 7, author=f"web:a{n % 1100}.example") for n in range(1500)]
    store.commit(Batch(posts=tuple(posts)))

    found = walked(store, most=700)

    assert len(found) == 1100
    assert found["web:a399.example"] == ["web:example.org/399", "web:example.org/1499"]
    assert sum(map(len, found.values())) == 1500
