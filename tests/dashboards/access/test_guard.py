"""What the guard refuses, and what it tells a browser."""

from pathlib import Path

import httpx
import pytest

from tests.dashboards.house import House, house, push, repeats

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:8600", "a@b"]
)
def test_an_open_dashboard_answers_to_the_names_of_loopback_alone(
    open_house: House, host: str
) -> None:
    with open_house.asking() as client:
        answer = client.get("/api/v1/findings", headers={"Host": host})

    assert answer.status_code == 421
    assert "rows" not in answer.text


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8600", "LOCALHOST"])
def test_the_names_of_loopback_are_answered_to(open_house: House, host: str) -> None:
    with open_house.asking() as client:
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
    ],
)
def test_a_page_of_another_site_changes_nothing(open_house: House, headers: dict[str, str]) -> None:
    with open_house.asking(headers=headers) as client:
        pushed = push(client, repeats(1, author="web:evil.example"))
        judged = client.post("/api/v1/findings/f1/verdict", content=b"{}", headers=JSON)
        socket = client.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling")
        known = open_house.store.author("web:evil.example")

    assert (pushed.status_code, judged.status_code, socket.status_code) == (403, 403, 403)
    assert known is None


def test_a_form_of_another_site_is_no_body_that_is_taken(open_house: House) -> None:
    with open_house.asking() as client:
        answers = [
            client.post("/api/v1/posts", content=b"{}", headers={"Content-Type": kind})
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
        ]

    assert {answer.status_code for answer in answers} == {415}


def test_our_own_pages_and_programs_change_things(open_house: House) -> None:
    own = open_house.url
    with open_house.asking() as client:
        for headers in ({"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {}):
            client.headers.update(headers)
            assert push(client, repeats(1)).status_code == 200


def test_every_answer_tells_browsers_what_to_hold_to(open_house: House) -> None:
    with open_house.asking() as client:
        answers = [client.get(path) for path in ("/api/v1/stats", "/healthz", "/api/v1/none")]

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


def test_a_body_over_the_limit_is_refused_whatever_it_says_of_its_length(tmp_path: Path) -> None:
    with house(tmp_path, most_bytes="2 KiB") as one, one.asking() as client:
        said = client.post("/api/v1/posts", content=b"[" + b" " * 5000, headers=JSON)
        unsaid = client.post("/api/v1/posts", content=iter([b"[", b" " * 5000]), headers=JSON)
        fits = push(client, repeats(1))

    assert (said.status_code, unsaid.status_code, fits.status_code) == (413, 413, 200)
    assert said.headers["content-type"] == unsaid.headers["content-type"]


@pytest.mark.parametrize("path", ["/api/v1/findings", "/login", "/api/v1/nothing"])
def test_a_wrong_method_is_told_as_a_problem(open_house: House, path: str) -> None:
    with open_house.asking() as client:
        answer = client.put(path)

    assert answer.status_code in {404, 405}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_no_header_of_an_answer_can_be_written_from_outside(open_house: House) -> None:
    author = 'web:evil.example/"\r\nSet-Cookie: a=b\r\n'
    with open_house.asking() as client:
        push(client, repeats(2, author=author)).raise_for_status()

        answer = client.get("/api/v1/author/export", params={"id": author, "format": "csv"})
        back = client.get("/login", params={"next": "/a\r\nSet-Cookie: a=b"})

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-disposition"].count('"') == 2
    assert "set-cookie" not in back.headers


def test_what_a_stranger_says_of_proxies_is_not_believed(open_house: House) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "1"}
    with open_house.asking(headers=headers) as client:
        answer = client.get("/healthz")

    assert "strict-transport-security" not in answer.headers


def test_behind_a_proxy_that_is_trusted_the_name_and_https_are_known(tmp_path: Path) -> None:
    with house(
        tmp_path, base_url="https://bunco.example.org", trusted_proxies=["127.0.0.1"]
    ) as one:
        headers = {"Host": "bunco.example.org", "Origin": "https://bunco.example.org"}
        with one.asking(headers=headers) as client:
            answer = push(client, repeats(1))
            other = client.get("/healthz", headers={"Host": "other.example.org"})

    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert other.status_code == 421


def test_a_thousand_odd_headers_break_nothing(open_house: House) -> None:
    with open_house.asking() as client:
        for name, value in [
            ("Authorization", "Bearer \x80\xff"),
            ("Cookie", "=;;=\x80; bunco_0"),
            ("Content-Length", "-1"),
            ("Last-Event-ID", "\xff" * 100),
            ("If-None-Match", ',,W/"*",*'),
        ]:
            try:
                answer = client.get(
                    "/api/v1/stats", headers=[(name.encode(), value.encode("latin-1"))]
                )
            except httpx.HTTPError:
                continue
            assert answer.status_code < 500
