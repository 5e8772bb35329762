import msgspec
import pytest
from msgspec import Struct

from processors.remembered import Remembered


class Told(Struct, array_like=True):
    post: str


unpack = msgspec.msgpack.Decoder(Told).decode


def remembered(*times: int) -> Remembered:
    kept = Remembered()
    for at_ms in times:
        kept.remember(at_ms, Told(f"p{at_ms}"))
    return kept


def posts(kept: Remembered) -> list[str]:
    return [unpack(packed).post for packed in kept.packed]


@pytest.mark.parametrize(
    ("times", "most", "oldest", "left"),
    [
        ([1, 2, 3], 3, 0, [1, 2, 3]),
        ([1, 2, 3], 2, 0, [2, 3]),
        ([1, 2, 3], 9, 3, [3]),
        ([1, 2, 3], 9, 2, [2, 3]),
        ([1, 2, 3], 9, 4, [3]),  # the latest to arrive stays, however old it is
        ([5, 1, 6], 9, 2, [5, 1, 6]),  # one that came late goes with those before it
        ([5, 1, 6], 9, 6, [6]),
        ([], 9, 6, []),
    ],
)
def test_what_arrived_first_is_forgotten_first(
    times: list[int], most: int, oldest: int, left: list[int]
) -> None:
    kept = remembered(*times)

    kept.keep(most, oldest)

    assert kept.times == left
    assert posts(kept) == [f"p{at_ms}" for at_ms in left]


def test_all_that_is_remembered_of_a_post_is_forgotten() -> None:
    kept = remembered(1, 2, 3, 2)

    kept.forget("p2", unpack)

    assert kept.times == [1, 3]
    assert posts(kept) == ["p1", "p3"]
    assert len(kept) == 2
