import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.errors import BadInput
from ingest.mail.mime import Mail, read
from ingest.mail.words import header
from tests.ingest.mail.mails import RIVER, a_google_alert, a_mail


def a_read(raw: bytes, most_parts: int = 50) -> Mail:
    return read(raw, most_parts=most_parts)


def test_headers_are_read_as_people_read_them() -> None:
    mail = a_read(
        b"From: =?utf-8?b?SsO8cmdlbiBNw7xsbGVy?= <Juergen@Example.ORG>\r\n"
        b"Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n =?utf-8?q?_aus_Ulm?=\r\n"
        b"Date: Mon, 2 Mar 2026 13:00:00 +0200\r\nList-Id: News <News.Example.org>\r\n\r\nx"
    )

    assert (mail.sender_name, mail.sender) == ("Jürgen Müller", "juergen@example.org")
    assert mail.subject == "Grüße aus Ulm"
    assert mail.sent == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert mail.list_id == "news.example.org"


def test_bytes_beyond_ascii_in_headers_are_read() -> None:
    assert a_read("Subject: Grüße\n\nx".encode()).subject == "Grüße"
    assert a_read("Subject: Grüße\n\nx".encode("latin-1")).subject == "Grüße"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "x-unknown", "idna", "zlib", '"'])
def test_any_charset_gives_text(charset: str) -> None:
    raw = f"Content-Type: text/plain; charset={charset}\n\nGr\xfc\xdfe".encode("latin-1")

    assert a_read(raw).text.startswith("Gr")


def test_japanese_of_seven_bits_is_read_by_its_charset() -> None:
    raw = b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + "お茶".encode("iso-2022-jp")

    assert a_read(raw).text == "お茶"


def test_halves_of_signs_become_whole_ones() -> None:
    text = a_read(b"Content-Type: text/plain; charset=utf-7\n\n+2AA- tea").text

    assert text == "? tea"
    assert header("=?utf-7?q?+2AA-?=") == "?"


def test_flowed_text_is_joined() -> None:
    raw = b"Content-Type: text/plain; format=flowed; delsp=yes\n\nhttps://a.example/lo \nng\n"

    assert a_read(raw).text == "https://a.example/long\n"


def test_attachments_and_mails_inside_are_not_read() -> None:
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\n\n'
        b"--b\nContent-Disposition: attachment\nContent-Type: text/plain\n\nattached\n"
        b"--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\nUEsDBA==\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: in\nContent-Type: text/html\n\n<p>in\n"
        b"--b\nContent-Type: text/plain\n\nread me\n--b--\n"
    )

    mail = a_read(raw)

    assert (mail.text.strip(), mail.html) == ("read me", "")


def test_parts_beyond_the_limit_are_not_looked_at() -> None:
    parts = b"".join(b"--b\nContent-Type: image/png\n\nx\n" for _ in range(9))
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b\n\nlast\n--b--\n"

    assert a_read(raw).text == "last"
    assert not a_read(raw, most_parts=5).text


def test_parts_nested_without_end_are_refused_in_words() -> None:
    raw = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000)
    )

    with pytest.raises(BadInput, match="nested too deep"):
        a_read(raw)


def test_an_empty_mail_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="empty"):
        a_read(b"\r\n")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/plain" + b"; a=b" * 200_000,
        b"Content-Type: text/plain; " + b'a=";' * 250_000,
        b"Content-Type: text/plain" + b"".join(b"; a*%d=b" % n for n in range(80_000)),
        b"From: " + b"(" * 1_000_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 70_000,
        b"Date: " + b"1 " * 500_000,
        b"Authentication-Results: x; " + b"(" * 1_000_000,
    ],
    ids=["parameters", "quotes", "continued", "parentheses", "encoded words", "date", "results"],
)
def test_a_hostile_header_is_read_in_a_moment(head: bytes) -> None:
    started = time.process_time()

    a_read(head + b"\n\nx")

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Mar 2026 99:00:00 +9999", "Mon, 31 Dec 9999 23:00:00 -1400"]
)
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert a_read(f"Date: {date}\n\nx".encode()).sent is None


@pytest.mark.parametrize(
    ("headers", "is_talk"),
    [
        ({"List_Id": "<a.example>"}, False),
        ({"List_Id": "<a.example>", "List_Post": "NO (announcements)"}, False),
        ({"List_Id": "<a.example>", "List_Post": "<mailto:a@a.example>"}, True),
        ({"List_Id": "<a.example>", "References": "<1@a.example>"}, True),
        ({"List_Unsubscribe": "<https://a.example/u>"}, False),
    ],
)
def test_lists_that_people_write_to_are_talk(headers: dict[str, Any], is_talk: bool) -> None:
    mail = a_read(a_mail(**headers))

    assert (mail.is_bulk, mail.is_talk) == (True, is_talk)


def test_a_copy_by_another_way_has_the_same_mark_and_another_text_has_not() -> None:
    raw = a_google_alert(RIVER)

    assert a_read(b"Received: from a\n" + raw).mark == a_read(raw).mark
    assert a_read(raw[:-300]).mark != a_read(raw).mark


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_no_damage_breaks_the_reading(noise: bytes, at: int) -> None:
    raw = a_google_alert(RIVER)

    with suppress(BadInput):
        a_read(raw[:at] + noise + raw[at + len(noise) :])


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("=?utf-8qb_A \r\n\udce4é"), max_size=60))
def test_no_header_breaks_the_reading(raw: str) -> None:
    assert header(raw).isprintable()
