"""The source over IMAP, against a real dovecot on loopback and its faults."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bunco.errors import SourceError
from bunco.model import Delivery, Post
from bunco.ports.sources import SourceTools
from bunco.values import Duration, Secret, Size
from ingest.sources.alert_mail import AlertMailSource, Options
from ingest.unreachable import NoWeb
from tests.fakes import FakeClock
from tests.ingest.mail.dovecot import PASSWORD, Dovecot, Proxy, make_certificate, running
from tests.ingest.mail.mails import A_LIST, RIVER, Story, a_google_alert, a_mail, with_results

ARRIVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def servers() -> Iterator[Dovecot]:
    with running() as server:
        yield server


@pytest.fixture
def server(servers: Dovecot) -> Iterator[Dovecot]:
    """Give the server with an empty inbox."""
    yield servers
    for path in servers.maildir().rglob("*"):
        if path.is_file():
            path.unlink()


def a_source(server: Dovecot, **options: Any) -> AlertMailSource:
    known: dict[str, Any] = {
        "host": "localhost",
        "port": server.tls_port,
        "username": "ann",
        "password": Secret(PASSWORD),
        "ca_file": str(server.ca_file),
        "timeout": Duration(seconds=10),
        "follow": False,
    }
    tools = SourceTools(name="mails", clock=FakeClock(), web=NoWeb())
    return AlertMailSource(Options(**(known | options)), tools)


@asynccontextmanager
async def opened(server: Dovecot, **options: Any) -> AsyncIterator[AlertMailSource]:
    source = a_source(server, **options)
    try:
        yield source
    finally:
        await source.close()


async def drained(
    source: AlertMailSource, cursor: bytes = b"", *, failures: int = 0
) -> tuple[list[Delivery], bytes, list[str]]:
    """Read until there is nothing more, which costs a follower one wait; after a failure again."""
    deliveries: list[Delivery] = []
    reasons: list[str] = []
    for _ in range(500):
        try:
            delivery = await source.read(cursor)
        except SourceError as error:
            reasons.append(error.reason)
            if len(reasons) > failures:
                raise
            continue
        deliveries.append(delivery)
        cursor = delivery.cursor
        if delivery.outcome == "unchanged":
            return deliveries, cursor, reasons
    raise AssertionError("it never ends")


def posts(deliveries: list[Delivery]) -> list[Post]:
    return [item for one in deliveries for item in one.items if isinstance(item, Post)]


def titles(deliveries: list[Delivery]) -> list[str]:
    return [post.title for post in posts(deliveries)]


def a_story(number: int) -> Story:
    return Story(f"Story {number} of the day", f"https://a.example/{number}", "A")


def an_alert(number: int, **headers: Any) -> bytes:
    return a_google_alert(a_story(number), number=number, **headers)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_mails_are_read_over_every_sort_of_line(server: Dovecot, security: str) -> None:
    server.deliver(a_google_alert(RIVER))
    server.deliver(a_mail())
    port = server.tls_port if security == "tls" else server.port

    async def read() -> list[Delivery]:
        async with opened(server, security=security, port=port) as source:
            return (await drained(source))[0]

    deliveries = asyncio.run(read())

    (post,) = posts(deliveries)
    assert (post.title, post.author, post.seen_at) == (
        "River rises in Ulm", "web:swp.example", ARRIVED,
    )  # fmt: skip
    assert deliveries[0].note == "mails: 1 alert, 1 ordinary, 1 unverified"


def test_nothing_is_marked_as_read_or_changed(server: Dovecot) -> None:
    server.deliver(a_google_alert(RIVER))

    async def read() -> bytes:
        async with Proxy(server.port, []) as proxy:
            async with opened(server, security="none", port=proxy.port) as source:
                await drained(source)
            return b"".join(proxy.said)

    said = asyncio.run(read())

    assert server.flags() == set()
    assert b"EXAMINE" in said
    assert b"BODY.PEEK[]" in said
    assert not any(word in said for word in (b"SELECT", b"BODY[", b"STORE", b"EXPUNGE", b"MOVE"))


def test_of_an_ordinary_mail_only_the_headers_cross_the_line(server: Dovecot) -> None:
    server.deliver(a_mail(text="the secret of the tea\n" * 1000))

    async def read() -> list[bytes]:
        async with Proxy(server.port, []) as proxy:
            heard = proxy.listen()
            async with opened(server, security="none", port=proxy.port) as source:
                await drained(source)
            return heard

    heard = b"".join(asyncio.run(read()))

    assert b"Lunch on Friday?" in heard
    assert b"the secret of the tea" not in heard


def test_a_thousand_mails_are_given_once_each_and_in_order(server: Dovecot) -> None:
    ordinary = a_mail(number=0)
    for number in range(1000):
        server.deliver(ordinary if number % 5 else an_alert(number))

    async def read() -> list[Delivery]:
        async with opened(server) as source:
            return (await drained(source))[0]

    deliveries = asyncio.run(read())

    assert titles(deliveries) == [a_story(number).title for number in range(0, 1000, 5)]
    assert len(deliveries) == 21
    assert max(len(one.cursor) for one in deliveries) < 26 << 10


def test_a_flood_of_large_mails_is_held_in_pieces(server: Dovecot) -> None:
    for number in range(30):
        server.deliver(an_alert(number) + b"x" * 1_000_000)

    async def read() -> tuple[list[Delivery], int]:
        tracemalloc.start()
        deliveries: list[Delivery] = []
        while not deliveries or not deliveries[-1].ended:
            async with opened(server) as source:  # as if it were killed after each reading
                deliveries.append(await source.read(deliveries[-1].cursor if deliveries else b""))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return deliveries, peak

    deliveries, peak = asyncio.run(read())

    assert titles(deliveries) == [a_story(number).title for number in range(30)]
    assert peak < 30_000_000  # all of them are 30 MB, held twice while they are read


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
@pytest.mark.parametrize("breaks", [[3000], [9000, 9000], [40, 700, 2500, 5000, 20_000, 60_000]])
def test_a_line_that_breaks_at_any_byte_loses_and_doubles_nothing(
    server: Dovecot, breaks: list[int], security: str
) -> None:
    port = server.tls_port if security == "tls" else server.port
    for number in range(30):
        server.deliver(an_alert(number))
    expected = [a_story(number).title for number in range(30)]

    async def read() -> tuple[list[Delivery], list[str], int]:
        async with Proxy(port, list(breaks)) as proxy:
            async with opened(server, security=security, port=proxy.port, batch=4) as source:
                deliveries, _, reasons = await drained(source, failures=len(breaks))
            return deliveries, reasons, proxy.broken

    deliveries, reasons, broken = asyncio.run(read())

    assert titles(deliveries) == expected
    assert broken == len(reasons) == len(breaks)
    assert all("broke off" in reason or "no TLS connection" in reason for reason in reasons)


def test_a_new_mail_is_told_of_at_once(server: Dovecot) -> None:
    server.deliver(an_alert(1))

    async def read() -> tuple[list[Delivery], float]:
        async with opened(server, follow=True) as source:
            first = await source.read(b"")
            waiting = asyncio.create_task(source.read(first.cursor))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            started = asyncio.get_running_loop().time()
            server.deliver(an_alert(2))
            after = await asyncio.wait_for(waiting, 10)
            took = asyncio.get_running_loop().time() - started
            return [first, after], took

    deliveries, took = asyncio.run(read())

    assert titles(deliveries) == [a_story(1).title, a_story(2).title]
    assert took < 5


def test_a_waiting_source_answers_when_its_time_is_over(server: Dovecot) -> None:
    async def read() -> Delivery:
        async with opened(server, follow=True, idle=Duration(seconds=1)) as source:
            first = await source.read(b"")
            return await source.read(first.cursor)

    delivery = asyncio.run(read())

    assert (delivery.outcome, delivery.items, delivery.wait.total_seconds()) == ("unchanged", (), 0)


def test_a_reading_can_be_cancelled_while_it_waits(server: Dovecot) -> None:
    async def read() -> list[Delivery]:
        async with opened(server, follow=True) as source:
            first = await source.read(b"")
            waiting = asyncio.create_task(source.read(first.cursor))
            await asyncio.sleep(0.2)
            waiting.cancel()
            await asyncio.wait({waiting}, timeout=1)
            assert waiting.cancelled()
            server.deliver(an_alert(3))
            return [await source.read(first.cursor)]

    assert titles(asyncio.run(read())) == [a_story(3).title]


def test_a_server_that_tells_nothing_is_asked_again() -> None:
    with running(capability="IMAP4rev1 SASL-IR AUTH=PLAIN") as server:

        async def read() -> list[Delivery]:
            async with opened(server, follow=True) as source:
                deliveries, cursor, _ = await drained(source)
                server.deliver(an_alert(4))
                return [*deliveries, await source.read(cursor)]

        *_, empty, full = asyncio.run(read())

    assert empty.wait.total_seconds() == 60
    assert titles([full]) == [a_story(4).title]


def test_mails_under_new_numbers_are_read_again_and_give_nothing_twice(server: Dovecot) -> None:
    for number in range(5):
        server.deliver(an_alert(number))

    async def read() -> tuple[list[Delivery], list[Delivery]]:
        async with opened(server) as source:
            before, cursor, _ = await drained(source)
        server.renumber(keep=2)
        server.deliver(an_alert(9))
        async with opened(server) as source:
            return before, (await drained(source, cursor))[0]

    before, after = asyncio.run(read())

    assert len(titles(before)) == 5
    assert titles(after) == [a_story(9).title]
    assert sum("2 known" in one.note for one in after) == 1, [one.note for one in after]


def test_mails_that_are_moved_away_meanwhile_are_passed_over(server: Dovecot) -> None:
    paths = [server.deliver(an_alert(number)) for number in range(9)]

    async def read() -> list[Delivery]:
        async with opened(server, batch=3) as source:
            first = await source.read(b"")
            for path in (server.maildir() / part / paths[4].name for part in ("new", "cur")):
                for found in path.parent.glob(f"{path.name}*"):
                    found.unlink()
            return [first, *(await drained(source, first.cursor))[0]]

    found = titles(asyncio.run(read()))

    assert found == [a_story(number).title for number in range(9) if number != 4]


def test_a_mail_that_comes_back_is_known(server: Dovecot) -> None:
    raw = an_alert(1)
    server.deliver(raw)

    async def read() -> list[Delivery]:
        async with opened(server) as source:
            _, cursor, _ = await drained(source)
            server.deliver(b"X-Moved: twice\n" + raw)
            return (await drained(source, cursor))[0]

    deliveries = asyncio.run(read())

    assert posts(deliveries) == []
    assert deliveries[0].note == "mails: 1 known"


def test_another_folder_of_any_name_is_read(server: Dovecot) -> None:
    server.deliver(an_alert(5), folder="Entw&APw-rfe")

    async def read() -> list[Delivery]:
        async with opened(server, folder="Entwürfe") as source:
            return (await drained(source))[0]

    assert titles(asyncio.run(read())) == [a_story(5).title]


def test_a_large_mail_is_refused_by_its_size_and_large_letters_are_left_alone(
    server: Dovecot,
) -> None:
    server.deliver(an_alert(1) + b"x" * 30_000)
    server.deliver(a_mail(text="holiday pictures\n" * 3000))
    server.deliver(an_alert(2))

    async def read() -> list[Delivery]:
        async with opened(server, most_bytes=Size(20_000)) as source:
            return (await drained(source))[0]

    (full, _) = asyncio.run(read())

    assert titles([full]) == [a_story(2).title]
    (letter,) = full.dead
    assert letter.origin == "mails: INBOX, UID 1"
    assert "more than 20000 (most_bytes)" in letter.reason
    assert b"Google Alert" in letter.body


def test_the_servers_word_decides_what_is_verified(server: Dovecot) -> None:
    server.deliver(with_results(an_alert(1)))
    server.deliver(an_alert(2))
    server.deliver(a_mail(sender="a@talkwalker.com", html=A_LIST))

    async def read() -> list[Delivery]:
        async with opened(server, authserv="mx.example.net") as source:
            return (await drained(source))[0]

    places = [post.place for post in posts(asyncio.run(read()))]

    assert places[0] == "Google Alert - Ulm"
    assert all(place.endswith(" (unverified)") for place in places[1:])


def failed(server: Dovecot, **options: Any) -> SourceError:
    async def read() -> None:
        async with opened(server, **options) as source:
            await source.read(b"")

    with pytest.raises(SourceError) as caught:
        asyncio.run(read())
    return caught.value


def test_a_wrong_password_is_said_in_words_without_it(server: Dovecot) -> None:
    error = failed(server, password=Secret("wrong tea"))

    assert error.reason.startswith("localhost: ann is not let in: NO [AUTHENTICATIONFAILED]")
    assert error.weight == "hard"
    assert "wrong tea" not in error.reason


def test_a_folder_that_is_not_there_is_said_in_words(server: Dovecot) -> None:
    error = failed(server, folder="Alerts")

    assert error.reason.startswith("localhost: the folder Alerts cannot be read: NO")
    assert error.weight == "hard"


def test_a_certificate_of_nobody_is_not_accepted(server: Dovecot, tmp_path: Path) -> None:
    unknown = failed(server, ca_file="")
    make_certificate(tmp_path, "localhost")
    other = failed(server, ca_file=str(tmp_path / "cert.pem"))
    later = failed(server, ca_file="", security="starttls", port=server.port)

    for error in (unknown, other, later):
        assert "its certificate is not accepted (self-signed certificate)" in error.reason
        assert error.weight == "hard"


def test_a_certificate_of_another_name_is_not_accepted(server: Dovecot) -> None:
    assert "IP address mismatch" in failed(server, host="127.0.0.1").reason


def test_the_wrong_port_is_said_in_words(server: Dovecot) -> None:
    assert "no TLS connection" in failed(server, port=server.port).reason
    assert (
        "does not answer"
        in failed(
            server, security="starttls", port=server.tls_port, timeout=Duration(seconds=1)
        ).reason
    )


def test_a_server_that_starts_anew_is_read_on() -> None:
    with running() as server:
        server.deliver(an_alert(1))

        async def read() -> tuple[list[str], list[str]]:
            async with opened(server, follow=True) as source:
                first = await source.read(b"")
                cursor = first.cursor
                waiting = asyncio.create_task(source.read(cursor))
                await asyncio.sleep(0.3)
                await asyncio.to_thread(server.stop)
                reasons = [str(await asyncio.gather(waiting, return_exceptions=True))]
                with pytest.raises(SourceError) as refused:
                    await source.read(cursor)
                reasons.append(refused.value.reason)
                server.deliver(an_alert(2))
                await asyncio.to_thread(server.start)
                after = await source.read(cursor)
                return titles([first, after]), reasons

        found, reasons = asyncio.run(read())

    assert found == [a_story(1).title, a_story(2).title]
    assert "hung up" in reasons[0] or "broke off" in reasons[0]
    assert reasons[1] == "localhost: no connection (refused)"
