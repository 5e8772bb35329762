from datetime import timedelta

from bunco import codec
from bunco.model import Poll, Removal, SourceState, dead_letter
from bunco.streams.consuming import Place, Record
from bunco.streams.records import HEADERS, SourceRecord, join_items
from processors.sink.gathering import Gathered
from tests.builders import NOON, a_finding, a_post, a_verdict

POSTS = Place("posts", 3)
FINDINGS = Place("findings", 1)


def record(value: bytes, offset: int = 7, headers: list[tuple[str, bytes]] = HEADERS) -> Record:
    return Record(offset, value, headers)


def gathered(place: Place, *records: Record) -> Gathered:
    made = Gathered()
    made.add(place, records, NOON)
    return made


def test_posts_removals_and_verdicts_keep_the_order_of_their_record() -> None:
    removal = Removal(removed="post", id="web:example.org/1", author="web:example.org")
    value = join_items([codec.encode(item) for item in (a_post(), a_verdict(), removal)])

    part = gathered(POSTS, record(value)).parts[POSTS]

    assert [type(item).__name__ for item in part.items] == ["Enriched", "Verdict", "Removal"]
    assert part.count == 3
    assert part.after == 8


def test_a_lone_post_without_version_is_taken() -> None:
    part = gathered(POSTS, record(codec.encode(a_post()), headers=[])).parts[POSTS]

    assert len(part.items) == 1


def test_broken_posts_are_left_to_the_processor() -> None:
    value = join_items([b'{"id": 1}', codec.encode(a_post())])

    made = gathered(POSTS, record(value, 1), record(b"no json", 2), record(b"[]", 3, [("v", b"9")]))

    assert len(made.parts[POSTS].items) == 1
    assert made.parts[POSTS].dead == []
    assert made.offsets() == {POSTS: 4}


def test_a_broken_finding_is_set_aside_with_its_place_and_the_rest_goes_on() -> None:
    made = gathered(FINDINGS, record(b"{", 4), record(codec.encode(a_finding()), 5))

    (letter,) = made.parts[FINDINGS].dead
    assert letter.origin == "findings:1:4"
    assert letter.body == b"{"
    assert letter.at == NOON
    assert list(made.parts[FINDINGS].findings) == ["f1"]


def test_a_finding_of_another_version_is_set_aside() -> None:
    made = gathered(FINDINGS, record(codec.encode(a_finding()), headers=[("v", b"2")]))

    (letter,) = made.parts[FINDINGS].dead
    assert "version 2" in letter.reason


def test_of_a_finding_its_latest_form_stays() -> None:
    forms = [record(codec.encode(a_finding(score=score)), n) for n, score in enumerate((0.5, 0.9))]

    made = gathered(FINDINGS, *forms)

    assert made.parts[FINDINGS].findings["f1"].score == 0.9
    assert made.count == 2


def test_sources_are_taken_and_the_word_that_one_is_gone_is_skipped() -> None:
    place = Place("sources", 0)
    about = SourceRecord(
        state=SourceState(source="hn"), poll=Poll(source="hn", at=NOON, outcome="read")
    )

    made = gathered(place, record(codec.encode(about), 1), record(b"", 2), record(b"{", 3))

    assert made.parts[place].sources == [about]
    assert [letter.origin for letter in made.parts[place].dead] == ["sources:0:3"]
    assert made.offsets() == {place: 4}


def test_dead_letters_are_taken_as_they_are() -> None:
    place = Place("dead", 0)
    letter = dead_letter("enrich", "ValueError: no", b"\x00\xff", at=NOON + timedelta(hours=1))

    made = gathered(place, record(codec.encode(letter)))

    assert made.parts[place].dead == [letter]


def test_what_came_of_a_lost_partition_is_forgotten() -> None:
    made = gathered(POSTS, record(codec.encode(a_post())))
    made.add(FINDINGS, [record(codec.encode(a_finding()))], NOON)

    made.drop([POSTS, Place("posts", 0)])

    assert made.count == 1
    assert made.offsets() == {FINDINGS: 8}
