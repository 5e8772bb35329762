from datetime import timedelta
from math import inf, nan

import pytest

from bunco.errors import UsageError
from bunco.model import Batch, Poll, Removal, SourceState, dead_letter
from bunco.storage.keeping import finite, hours, points, storable
from tests.builders import NOON, a_finding
from tests.contract.stores import quoting, stored

HALF = "half \ud83d"
SAFE = "half ���"


def test_every_text_of_a_batch_is_made_safe() -> None:
    batch = Batch(
        posts=(stored(title=HALF, links=(HALF,)),),
        removals=(Removal(removed="post", id=HALF),),
        findings=(quoting(text=HALF, numbers={HALF: HALF}),),
        author_states={HALF: b"\xff"},
        sources=(SourceState(source="a", cursor=b"\xff", next_at=NOON, error=HALF),),
        polls=(Poll(source="a", at=NOON, outcome="read", note=HALF),),
        dead=(dead_letter("a", "b", b"\xff", author="c"),),
    )

    safe = storable(batch)

    assert "\ud83d" not in repr(safe)
    assert safe.posts[0].post.links == (SAFE,)
    assert safe.posts[0].headline == SAFE
    assert safe.findings[0].quotes[0].text == SAFE
    assert safe.author_states == {SAFE: b"\xff"}
    assert safe.sources[0].cursor == b"\xff"
    assert safe.polls[0].at == NOON
    assert safe.dead == batch.dead


def test_a_batch_without_such_text_stays_equal() -> None:
    batch = Batch(posts=(stored(),), findings=(quoting(),), author_states={"web:a": b"x"})

    assert storable(batch) == batch


def test_numbers_that_are_none_become_words() -> None:
    odd = a_finding(score=inf, sensational=nan, numbers={"x": nan, "y": 2.5, "z": "w"})

    found = finite(odd)

    assert (found.score, found.sensational) == (1.0, 0.0)
    assert found.numbers == {"x": "nan", "y": 2.5, "z": "w"}


def test_points_sum_alike_in_any_order() -> None:
    assert points(0.1) + points(0.2) + points(0.3) == points(0.3) + points(0.2) + points(0.1)


def test_a_step_is_whole_hours() -> None:
    assert hours(timedelta(days=1)) == 24
    with pytest.raises(UsageError):
        hours(timedelta(minutes=61))
