import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from bunco.errors import SourceError
from bunco.ports.web import Fetched, Manner
from bunco.values import Duration, Size
from ingest.http import HttpWeb
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.server import FEED, Names, a_web, serving


async def _fetched(web: HttpWeb, url: str, **headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await web.fetch(url, headers=named, allow_private=True)


async def _refused(web: HttpWeb, url: str, *, allow_private: bool = True) -> SourceError:
    with pytest.raises(SourceError) as error:
        await web.fetch(url, allow_private=allow_private)
    return error.value


def _refusal(given: play.Play, **options: Any) -> SourceError:
    async def ask() -> SourceError:
        async with serving({"/feed": given}) as server, a_web(**options) as web:
            return await _refused(web, server.url("/feed?token=hidden"))

    return asyncio.run(ask())


def test_a_document_comes_with_lower_case_headers() -> None:
    async def ask() -> Fetched:
        async with serving({"/feed": play.document(etag='"a"')}) as server, a_web() as web:
            return await _fetched(web, server.url("/feed"))

    fetched = asyncio.run(ask())

    assert fetched.status == 200
    assert fetched.body == FEED
    assert fetched.headers["etag"] == '"a"'
    assert fetched.permanent_url == fetched.url


def test_not_modified_is_an_answer_not_an_error() -> None:
    async def ask() -> Fetched:
        async with serving({"/feed": play.document(etag='"a"')}) as server, a_web() as web:
            return await _fetched(web, server.url("/feed"), If_None_Match='"a"')

    fetched = asyncio.run(ask())

    assert (fetched.status, fetched.body) == (304, b"")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_document_is_opened(encoding: str) -> None:
    async def ask() -> Fetched:
        plays = {"/feed": play.compressed(FEED, encoding)}
        async with serving(plays) as server, a_web() as web:
            return await _fetched(web, server.url("/feed"))

    assert asyncio.run(ask()).body == FEED


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_refused(encoding: str) -> None:
    bomb = play.compressed(b"\0" * (8 << 20), encoding)

    error = _refusal(bomb, most_bytes=Size(1 << 20))

    assert error.weight == "hard"
    assert "after decompression" in error.reason


def test_an_endless_body_is_cut_at_the_limit() -> None:
    error = _refusal(play.endless(), most_bytes=Size(1 << 20))

    assert "sent more than 1048576 bytes" in error.reason


def test_a_slow_drip_ends_with_the_timeout() -> None:
    error = _refusal(play.dripping(0.02), timeout=Duration(milliseconds=200))

    assert error.weight == "soft"
    assert "no whole answer within 0.2 s" in error.reason


def test_a_body_shorter_than_promised_is_cut_off() -> None:
    error = _refusal(play.truncated(FEED))

    assert error.reason == "127.0.0.1: the answer was cut off"
    assert error.weight == "soft"


@pytest.mark.parametrize(
    ("status", "weight"),
    [(401, "hard"), (403, "hard"), (404, "soft"), (410, "hard"), (500, "soft"), (503, "soft")],
)
def test_a_status_weighs_by_its_class(status: int, weight: str) -> None:
    error = _refusal(play.status(status))

    assert error.weight == weight
    assert str(status) in error.reason
    assert "hidden" not in error.reason


def test_too_many_requests_brings_the_wait_asked_for() -> None:
    error = _refusal(play.status(429, Retry_After="120"))

    assert error.weight == "soft"
    assert error.retry_after == timedelta(minutes=2)


def test_a_retry_date_counts_from_the_clock() -> None:
    clock = FakeClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))

    error = _refusal(play.status(503, Retry_After="Mon, 02 Mar 2026 12:05:00 GMT"), clock=clock)

    assert error.retry_after == timedelta(minutes=5)


def test_a_forbidden_at_reddit_is_a_rate_limit() -> None:
    async def ask() -> SourceError:
        names = Names(www_reddit_com=["127.0.0.1"])
        async with serving({"/.rss": play.status(403)}) as server, a_web(resolver=names) as web:
            return await _refused(web, server.url("/.rss", "www.reddit.com"))

    error = asyncio.run(ask())

    assert error.weight == "soft"
    assert error.retry_after == timedelta(minutes=1)


def test_permanent_redirects_are_remembered_until_a_temporary_one() -> None:
    plays = {
        "/a": play.redirect("/b", 301),
        "/b": play.redirect("/c", 308),
        "/c": play.redirect("/d", 302),
        "/d": play.redirect("/e", 301),
        "/e": play.document(),
    }

    async def ask() -> tuple[Fetched, str, str]:
        async with serving(plays) as server, a_web() as web:
            return await _fetched(web, server.url("/a")), server.url("/c"), server.url("/e")

    fetched, permanent, last = asyncio.run(ask())

    assert fetched.permanent_url == permanent
    assert fetched.url == last


def test_an_address_stays_as_it_was_given_where_nothing_moved() -> None:
    async def ask() -> tuple[str, str]:
        async with serving({"/": play.document()}) as server, a_web() as web:
            given = server.url("").upper().replace("HTTP", "http") + "#top"
            return given, (await _fetched(web, given)).permanent_url

    given, permanent = asyncio.run(ask())

    assert permanent == given


def test_a_redirect_loop_ends() -> None:
    error = _refusal(play.redirect("/feed", 301))

    assert error.reason == "127.0.0.1 redirects more than 5 times"
    assert error.weight == "hard"


def test_headers_that_may_be_secret_stay_at_their_host() -> None:
    async def ask() -> dict[str, str]:
        names = Names(other_example=["127.0.0.1"])
        async with serving({"/there": play.document()}) as server, a_web(resolver=names) as web:
            server.plays["/here"] = play.redirect(server.url("/there", "other.example"))
            await _fetched(web, server.url("/here"), Authorization="secret", Accept="text/xml")
            return server.headers()

    headers = asyncio.run(ask())

    assert "authorization" not in headers
    assert headers["accept"] == "text/xml"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[::]"],
)
def test_the_machine_itself_is_refused_however_it_is_written(host: str) -> None:
    async def ask() -> tuple[SourceError, int]:
        async with serving({"/": play.document()}) as server, a_web() as web:
            error = await _refused(web, server.url("/", host), allow_private=False)
            return error, len(server.asked)

    error, asked = asyncio.run(ask())

    assert "is not a public address" in error.reason
    assert "allow_private" in error.reason
    assert asked == 0


def test_a_name_that_changes_its_address_is_refused_when_it_turns_private() -> None:
    async def ask() -> list[str]:
        names = Names(rebinding_example=["192.0.2.1", "127.0.0.1"])
        options: dict[str, Any] = {"resolver": names, "timeout": Duration(milliseconds=300)}
        async with serving({"/": play.document()}) as server, a_web(**options) as web:
            url = server.url("/", "rebinding.example")
            return [(await _refused(web, url, allow_private=False)).reason for _ in range(2)]

    first, second = asyncio.run(ask())

    assert "192.0.2.1 is not a public address" in first  # a documentation network, RFC 5737
    assert "127.0.0.1 is not a public address" in second


@pytest.mark.parametrize("target", ["127.0.0.1:1", "169.254.169.254", "[fe80::1]", "10.0.0.1"])
def test_a_public_page_cannot_redirect_to_a_private_one(target: str) -> None:
    async def ask() -> SourceError:
        async with serving() as server, a_web() as web:
            server.plays["/"] = play.redirect(f"http://{target}/latest/meta-data")
            hop = await web._request(  # the first hop stands for a public page
                URL(server.url("/")), {}, allow_private=True
            )
            return await _refused(web, hop.location, allow_private=False)

    assert "is not a public address" in asyncio.run(ask()).reason


def test_a_private_connection_is_not_lent_to_a_public_fetch() -> None:
    async def ask() -> SourceError:
        async with serving({"/": play.document()}) as server, a_web() as web:
            await _fetched(web, server.url("/"))
            return await _refused(web, server.url("/"), allow_private=False)

    assert "is not a public address" in asyncio.run(ask()).reason


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "gopher:x", "x", ""])
def test_only_the_web_is_read(url: str) -> None:
    async def ask() -> SourceError:
        async with a_web() as web:
            return await _refused(web, url)

    assert asyncio.run(ask()).weight == "hard"


def test_an_overlong_address_is_refused() -> None:
    async def ask() -> SourceError:
        async with a_web() as web:
            return await _refused(web, "http://127.0.0.1/" + "a" * 2048)

    assert "longer than 2048" in asyncio.run(ask()).reason


def test_a_redirect_to_a_file_is_refused() -> None:
    error = _refusal(play.redirect("file:///etc/passwd"))

    assert "only http:// and https://" in error.reason


def test_a_number_for_a_host_is_refused() -> None:
    async def ask() -> SourceError:
        async with a_web() as web:
            return await _refused(web, "http://2130706433/")

    assert asyncio.run(ask()).weight == "hard"


def test_what_is_no_http_is_refused() -> None:
    async def ask() -> SourceError:
        async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, a_web() as web:
            return await _refused(web, f"http://127.0.0.1:{port}/")

    error = asyncio.run(ask())

    assert error.reason == "127.0.0.1: the answer is no valid HTTP"
    assert error.weight == "hard"


def test_a_closed_port_is_a_soft_failure() -> None:
    async def ask() -> SourceError:
        async with serving() as server:
            url = server.url("/")
        async with a_web() as web:
            return await _refused(web, url)

    error = asyncio.run(ask())

    assert error.weight == "soft"
    assert "127.0.0.1: no connection" in error.reason


def test_an_unknown_name_is_said_in_words() -> None:
    async def ask() -> SourceError:
        async with a_web(resolver=Names()) as web:
            return await _refused(web, "http://nowhere.example/")

    error = asyncio.run(ask())

    assert error.reason == "nowhere.example: no such host name"
    assert error.weight == "soft"


def test_a_server_without_tls_is_said_in_words() -> None:
    async def ask() -> SourceError:
        async with serving({"/": play.document()}) as server, a_web() as web:
            return await _refused(web, server.url("/").replace("http:", "https:"))

    assert "127.0.0.1: the TLS connection failed" in asyncio.run(ask()).reason


def test_no_cookie_is_kept() -> None:
    async def ask() -> dict[str, str]:
        plays = {"/": play.document(Set_Cookie="id=1")}
        async with serving(plays) as server, a_web() as web:
            await _fetched(web, server.url("/"))
            await _fetched(web, server.url("/"))
            return server.headers()

    assert "cookie" not in asyncio.run(ask())


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    async def ask() -> Fetched:
        async with serving({"/": play.document()}) as server, a_web() as web:
            return await _fetched(web, server.url("/"))

    assert asyncio.run(ask()).status == 200


def test_requests_to_one_host_start_apart() -> None:
    async def ask() -> float:
        names = Names(slow_example=["127.0.0.1"])
        options: dict[str, Any] = {"resolver": names, "host_spacing": Duration(milliseconds=100)}
        async with serving({"/": play.document()}) as server, a_web(**options) as web:
            url = server.url("/", "slow.example")
            loop = asyncio.get_running_loop()
            started = loop.time()
            await asyncio.gather(*(_fetched(web, url) for _ in range(4)))
            return loop.time() - started

    assert asyncio.run(ask()) >= 0.3


def test_an_api_may_be_asked_at_its_own_pace() -> None:
    async def ask() -> float:
        names = Names(quick_example=["127.0.0.1"])
        options: dict[str, Any] = {"resolver": names, "host_spacing": Duration(seconds=5)}
        manner = Manner(spacing=timedelta(milliseconds=50))
        async with serving({"/": play.document()}) as server, a_web(**options) as web:
            url = server.url("/", "quick.example")
            loop = asyncio.get_running_loop()
            started = loop.time()
            for _ in range(3):
                await web.fetch(url, allow_private=True, manner=manner)
            return loop.time() - started

    assert 0.1 <= asyncio.run(ask()) < 2


def test_a_status_that_is_an_answer_comes_with_its_body() -> None:
    async def ask() -> Fetched:
        async with serving() as server, a_web() as web:
            manner = Manner(takes=frozenset({404}))
            return await web.fetch(server.url("/gone"), allow_private=True, manner=manner)

    fetched = asyncio.run(ask())

    assert (fetched.status, fetched.body) == (404, b"nothing")


def test_a_form_is_posted() -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        kind = request.headers["Content-Type"]
        return web.Response(body=f"{request.method} {kind} ".encode() + await request.read())

    async def ask() -> Fetched:
        async with serving({"/": echo}) as server, a_web() as fetcher:
            manner = Manner(form=b"grant_type=client_credentials")
            return await fetcher.fetch(server.url("/"), allow_private=True, manner=manner)

    assert asyncio.run(ask()).body == (
        b"POST application/x-www-form-urlencoded grant_type=client_credentials"
    )


def test_a_form_follows_no_redirect() -> None:
    async def ask() -> SourceError:
        async with serving({"/": play.redirect("/elsewhere", 307)}) as server, a_web() as fetcher:
            manner = Manner(form=b"secret=1")
            with pytest.raises(SourceError) as error:
                await fetcher.fetch(server.url("/"), allow_private=True, manner=manner)
            assert len(server.asked) == 1
            return error.value

    assert "redirects what was sent to it" in asyncio.run(ask()).reason
