from hypothesis import given
from hypothesis import strategies as st

from bunco.text.sketch import alike, like, sketch

SOME = "council approves new cycle lanes along the river"
TEXTS = st.lists(st.sampled_from(SOME.split()), max_size=8).map(" ".join)


def test_a_sketch_stays_what_it_was_when_it_was_stored() -> None:
    assert sketch("") == 0
    assert sketch("a") == 1 << 118 | 1 << 281
    assert [at for at in range(512) if sketch("привет мир") >> at & 1] == [
        5,
        17,
        55,
        65,
        88,
        103,
        128,
        135,
        201,
        209,
        331,
        340,
        381,
        394,
        397,
        404,
        405,
        434,
        442,
        456,
    ]


@given(TEXTS, st.lists(TEXTS, max_size=6))
def test_like_gives_those_that_are_alike(text: str, others: list[str]) -> None:
    kept = [sketch(other) for other in others]

    found = like(sketch(text), [one.to_bytes(64, "little") for one in kept])

    assert found == [at for at, one in enumerate(kept) if alike(sketch(text), one)]
