from ingest.streams.aside import Aside
from tests.builders import NOON


def test_a_flood_of_garbage_is_kept_in_part_and_counted() -> None:
    aside = Aside("jet", NOON, most=2)

    for number in range(5):
        aside.put(f"message {number}", "no JSON", b"x%d" % number)

    assert [letter.origin for letter in aside.letters] == ["jet: message 0", "jet: message 1"]
    assert aside.letters[0].reason == "no JSON"
    assert aside.letters[0].source == "jet"
    assert aside.note == "3 more could not be read"


def test_what_is_little_is_kept_whole_without_a_note() -> None:
    aside = Aside("jet", NOON)
    aside.put("message 1", "no JSON", b"x")

    assert (len(aside.letters), aside.note) == (1, "")
