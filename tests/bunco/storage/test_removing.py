import pytest

from bunco.model import dead_letter
from bunco.storage.removing import is_gone, naming


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"id": "hn:1"}', True),
        (b'{"id": "hn:12"}', False),
        (b'{"id": "xhn:1"}', False),
        (b'{"id": "web:a/\xc3\xa9"}', True),
        (b'{"id": "web:a/\\u00e9"}', True),
        (b'{"id": "web:a\\/\\u00e9"}', True),
        (b'{"author": "web:a"}', True),
        (b'{"author": "web:a/b"}', False),
        (b"", False),
    ],
)
def test_a_letter_names_an_id_however_json_spells_it(body: bytes, *, found: bool) -> None:
    is_theirs = naming(["hn:1", "web:a/é"], ["web:a"])

    assert is_theirs(dead_letter("origin", "reason", body)) is found


def test_a_letter_of_a_removed_author_is_theirs_whatever_it_holds() -> None:
    assert naming([], ["web:a"])(dead_letter("origin", "reason", b"?", author="web:a"))


@pytest.mark.parametrize(
    ("gone", "expected"),
    [({}, False), ({"a": None}, True), ({"a": 5}, True), ({"a": 4}, False), ({"b": None}, False)],
)
def test_gone_is_up_to_a_moment_or_for_good(gone: dict[str, int | None], *, expected: bool) -> None:
    assert is_gone(gone, "a", 5) is expected
