from datetime import datetime, timedelta

import pytest

from bunco import codec
from bunco.model import DeadLetter, dead_letter, to_ms
from bunco.storage.letters import is_cut, mentions
from tests.builders import NOON, a_finding, a_post

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "web:a/\xc3\xa9"}',
        b'{"id": "web:a/\\u00e9"}',
        b'{"id": "web:a\\/\\u00e9"}',
        b'[{"text": "said \\"so\\"", "id": "web:a/\xc3\xa9", "cut',
        b'stray " quote {"id": "web:a/\xc3\xa9"}',
        b'{"reply_to": "web:a/\xc3\xa9"',
    ],
)
def test_an_id_is_found_however_json_spells_it(body: bytes) -> None:
    found = mentions(dead_letter("origin", "reason", body))

    assert "web:a/é" in found.posts
    assert found.is_gone({"web:a/é"}, {})
    assert not found.is_gone({"web:a"}, {})


def test_authors_are_found_in_posts_and_findings_and_beside_them() -> None:
    body = codec.encode(a_post(author="web:a")) + codec.encode(a_finding(subject="web:b"))

    assert mentions(dead_letter("o", "r", body, author="web:c")).authors == {
        "web:a",
        "web:b",
        "web:c",
    }


def test_an_author_of_whom_a_text_speaks_is_none() -> None:
    body = codec.encode(a_post(author="web:a", text='{"author":"web:b"}'))

    assert mentions(dead_letter("o", "r", body)).authors == {"web:a"}


@pytest.mark.parametrize(
    ("letter", "at"),
    [
        (dead_letter("o", "r", codec.encode(a_post()), at=NOON + HOUR), NOON),
        (dead_letter("o", "r", codec.encode(a_finding()), at=None), a_finding().first_at),
        (dead_letter("o", "r", b'{"posted_at":"soon"}', at=NOON + HOUR), NOON + HOUR),
        (dead_letter("o", "r", b'{"posted_at":"2026-03-02T12:00:00"}', at=NOON), NOON),
        (dead_letter("o", "r", b'{"posted_at":"2026-03-02T12:00:00Z', at=NOON + HOUR), NOON),
        (dead_letter("o", "r", b"?"), None),
    ],
)
def test_the_time_is_the_one_of_the_post_or_of_setting_it_aside(
    letter: DeadLetter, at: datetime | None
) -> None:
    assert mentions(letter).first_ms == (None if at is None else to_ms(at))


@pytest.mark.parametrize("body", [b'\\"' * 32_768, b'"author":"' * 6000, b'"\\' * 32_767])
def test_an_odd_body_is_read_in_no_time(body: bytes) -> None:
    found = mentions(dead_letter("o", "r", body))

    assert found.first_ms is None


def test_a_body_of_64_kib_was_cut() -> None:
    bodies = [dead_letter("o", "r", b"x" * size).body for size in (65_535, 65_537, 100_000)]

    assert [is_cut(body) for body in bodies] == [False, True, True]
