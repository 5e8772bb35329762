import pytest

from bunco import codec
from bunco.model import SourceState
from bunco.streams.known_sources import Known
from bunco.streams.records import SourceRecord


def _written(cursor: bytes, generation: int) -> bytes:
    state = SourceState(source="a", cursor=cursor)
    return codec.encode(SourceRecord(state=state, generation=generation))


@pytest.mark.parametrize(
    ("log", "cursor"),
    [
        ([(b"1", 1), (b"2", 1)], b"2"),
        ([(b"1", 1), (b"2", 2), (b"3", 1)], b"2"),
        ([(b"1", 2), (b"2", 1), (b"3", 2)], b"3"),
        ([(b"1", 0)], b"1"),
    ],
    ids=["the later one", "a straggler", "a straggler in between", "without generation"],
)
def test_the_highest_generation_counts_then_the_latest(
    log: list[tuple[bytes, int]], cursor: bytes
) -> None:
    known = Known()

    for wrote, generation in log:
        known.see(b"a", _written(wrote, generation))

    assert known.records["a"].state.cursor == cursor


def test_a_record_that_cannot_be_read_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    known = Known()
    known.see(b"a", _written(b"1", 1))

    known.see(b"a", b"no json")
    known.see(b"a", _written(b"2", 9), [("v", b"7")])

    assert known.records["a"].state.cursor == b"1"
    assert capsys.readouterr().out.count("source record unreadable") == 2


def test_an_empty_record_takes_a_source_out() -> None:
    known = Known()
    known.see(b"a", _written(b"1", 1))

    known.see(b"a", None)

    assert not known.records


@pytest.mark.parametrize(("seen", "of_group", "least"), [([], 1, 1), ([7], 1, 8), ([7, 3], 5, 12)])
def test_the_next_generation_is_above_all_seen_and_grows_with_the_group(
    seen: list[int], of_group: int, least: int
) -> None:
    known = Known()
    for number, generation in enumerate(seen):
        known.see(b"%d" % number, _written(b"", generation))

    assert known.next_generation(of_group) == least
