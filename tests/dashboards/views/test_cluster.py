"""A headline with everybody who published it."""

from datetime import timedelta
from typing import Any

from bunco.model import StoredPost
from dashboards.views.cluster import cluster
from tests.builders import a_post

HEADLINE = "This one odd trick makes all your plumbers furious today"


def _stored(number: int, **changes: Any) -> StoredPost:
    post = a_post(timedelta(minutes=number), id=f"p{number}", title=HEADLINE)
    return StoredPost(
        post=a_post(
            timedelta(minutes=number), **({"id": f"p{number}", "title": HEADLINE} | changes)
        ),
        headline=post.title,
    )


def test_copies_stand_from_first_to_last_with_how_much_later_they_came() -> None:
    found = cluster(HEADLINE, [_stored(9, author="web:b"), _stored(2, author="web:a")], [])

    assert found is not None
    assert [copy.found.post.id for copy in found.copies] == ["p2", "p9"]
    assert [copy.after for copy in found.copies] == [timedelta(0), timedelta(minutes=7)]
    assert found.authors == (("web:a", 1), ("web:b", 1))


def test_near_copies_are_taken_in_and_other_headlines_are_not() -> None:
    near = _stored(3, title=HEADLINE.replace("plumbers", "dentists"))
    other = _stored(4, title="Council approves new cycle lanes along the river")

    found = cluster(HEADLINE, [_stored(1)], [near, other])

    assert found is not None
    assert [copy.found.post.id for copy in found.copies] == ["p1", "p3"]
    assert found.wordings == 2
    assert any(span.text == "dentists" for span in found.copies[1].spans)


def test_who_published_most_comes_first_and_places_in_the_order_it_reached_them() -> None:
    copies = [
        _stored(1, author="web:a", place="z"),
        _stored(2, author="web:b", place="y"),
        _stored(3, author="web:b", place="z"),
    ]

    found = cluster(HEADLINE, copies, [])

    assert found is not None
    assert found.authors == (("web:b", 2), ("web:a", 1))
    assert found.places == ("z", "y")
    assert found.last_at - found.first_at == timedelta(minutes=2)


def test_a_headline_of_nobody_is_no_cluster() -> None:
    assert cluster(HEADLINE, [], []) is None
