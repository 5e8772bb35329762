"""What the API gives: the records of the model, in pages, with tags, and problems in one form."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bunco.cli.reading import finding_fields, post_fields
from tests.builders import NOON
from tests.dashboards.house import House, as_json, push, repeats

AUTHOR = "web:deals.example"


@pytest.fixture
def client(open_house: House) -> Iterator[httpx.Client]:
    with open_house.asking(headers={"Accept": "application/json"}) as one:
        yield one


def given(client: httpx.Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_findings_have_the_fields_of_the_command_line(
    open_house: House, client: httpx.Client
) -> None:
    (row, *_) = given(client, "/findings", author=AUTHOR)["rows"]

    stored = open_house.store.finding(row["id"])

    assert stored is not None
    assert row == json.loads(json.dumps(finding_fields(stored)))
    assert given(client, f"/findings/{row['id']}") == row


def test_posts_have_the_fields_of_the_wire_form(open_house: House, client: httpx.Client) -> None:
    row = given(client, "/post", id=f"{AUTHOR}/1")

    stored = open_house.store.post(f"{AUTHOR}/1")

    assert stored is not None
    assert post_fields(stored).items() <= row.items()
    assert row["source"] == "api"


def test_filters_narrow_and_are_counted(client: httpx.Client) -> None:
    repeats_only = given(client, "/findings", detector="repeats", author=AUTHOR)["rows"]
    none = given(client, "/findings", author="web:nobody")["rows"]
    count = given(client, "/findings/count", detector="repeats", author=AUTHOR)

    assert {row["detector"] for row in repeats_only} == {"repeats"}
    assert none == []
    assert count["count"] == len(repeats_only)
    high = given(client, "/findings", severity=["high", "medium"], author=AUTHOR)["rows"]
    assert {row["severity"] for row in high} <= {"high", "medium"}


def test_pages_follow_each_other_to_the_end(client: httpx.Client) -> None:
    whole = given(client, "/author/history", id=AUTHOR)["rows"]

    pieces, after = [], ""
    while True:
        page = given(client, "/author/history", id=AUTHOR, limit=3, after=after)
        pieces += page["rows"]
        after = page["after"]
        if not after:
            break

    assert pieces == whole
    assert len(whole) > 6


def test_what_one_has_already_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/api/v1/author", params={"id": AUTHOR})

    again = client.get(
        "/api/v1/author", params={"id": AUTHOR}, headers={"If-None-Match": first.headers["etag"]}
    )
    other = client.get(
        "/api/v1/author", params={"id": AUTHOR}, headers={"If-None-Match": 'W/"other"'}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"


def test_everything_about_authors_and_headlines_is_there(client: httpx.Client) -> None:
    ranked = given(client, "/authors")["rows"]
    found = given(client, "/authors/find", part="DEALS")["rows"]
    headlines = given(client, "/headlines")["rows"]
    copies = given(client, "/headline/copies", headline=headlines[0]["headline"])["rows"]
    words = given(client, "/search", words="weird trick")["rows"]
    stats = given(client, "/stats")
    hours = given(client, "/counts", what="posts", since=str(NOON.isoformat()), step_hours=24)
    minutes = given(
        client,
        "/counts/minutes",
        what="posts",
        since=NOON.isoformat(),
        until=(NOON + timedelta(hours=1)).isoformat(),
    )

    assert AUTHOR in {row["author"] for row in ranked}
    assert AUTHOR in {row["author"] for row in found}
    assert headlines[0]["posts"] >= 6
    assert len(copies) == headlines[0]["posts"]
    assert len(words) >= 6
    assert stats["posts"] >= 6
    assert sum(row["count"] for row in hours["rows"]) >= 6
    assert sum(row["count"] for row in minutes["rows"]) >= 6


def test_an_export_holds_all_and_carries_nothing_out(client: httpx.Client) -> None:
    author = "web:formula.example"
    posts = repeats(4, author=author, text='=HYPERLINK("http://evil.example")')
    push(client, posts).raise_for_status()

    whole = given(client, "/author/export", id=author)
    text = client.get("/api/v1/author/export", params={"id": author, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(text.text.lstrip("\ufeff"))))

    assert whole["author"]["author"] == author
    assert len([one for one in whole["entries"] if one["post"]]) == 4
    assert {row["id"] for row in rows} == {post.id for post in posts}
    assert all(row["text"].startswith("'=") for row in rows)
    assert text.headers["content-disposition"].startswith('attachment; filename="web_formula')


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/findings/none", 404),
        ("/author?id=web:nobody", 404),
        ("/author", 422),
        ("/author/export?id=web:nobody", 404),
        ("/post?id=none", 404),
        ("/findings?limit=0", 422),
        ("/findings?limit=501", 422),
        ("/findings?least_score=2", 422),
        ("/findings?after=nonsense", 422),
        ("/findings?since=yesterday", 422),
        ("/findings?since=0001-01-01T00:00:00%2B14:00", 422),
        ("/findings?verdict=bad", 422),
        ("/counts?what=cats", 422),
        ("/counts?what=posts&since=1970-01-01", 422),
        ("/counts?what=posts&until=0001-01-01T00:00:00Z", 422),
        ("/counts/minutes?what=posts&since=1970-01-01", 422),
        ("/sources/log?name=none", 404),
        ("/search", 422),
        ("/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_told_as_a_problem(
    client: httpx.Client, path: str, status: int
) -> None:
    answer = client.get(f"/api/v1{path}")

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_posts_come_in_as_one_object_an_array_or_lines(client: httpx.Client) -> None:
    one, two, three, four = repeats(4, author="web:forms.example")
    lines = as_json([three])[1:-1] + b"\n\n" + as_json([four])[1:-1] + b"\n"

    answers = [
        client.post("/api/v1/posts", content=body, headers={"Content-Type": kind})
        for body, kind in (
            (as_json([one])[1:-1], "application/json"),
            (as_json([two, two]), "application/json; charset=utf-8"),
            (lines, "application/x-ndjson"),
        )
    ]

    assert [answer.json() for answer in answers] == [{"taken": 1}, {"taken": 2}, {"taken": 2}]
    assert given(client, "/author", id="web:forms.example")["posts"] == 4


def test_posts_that_came_before_change_nothing(client: httpx.Client) -> None:
    posts = repeats(5, author="web:again.example")
    push(client, posts)
    before = given(client, "/findings", author="web:again.example")

    push(client, posts).raise_for_status()

    assert given(client, "/findings", author="web:again.example") == before
    assert given(client, "/author", id="web:again.example")["posts"] == 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"{}",
        b"[1]",
        b"nonsense",
        b'[{"id":"a"}]',
        b'{"judged":"spam","finding":"f","author":"web:a","at":"2026-01-01T00:00:00Z"}',
        b'{"id":"a","author":"web:a","posted_at":"2026-01-01T00:00:00Z","title":"\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_posts_that_are_wrong_are_refused_whole(client: httpx.Client, body: bytes) -> None:
    before = given(client, "/stats")["posts"]
    good = as_json(repeats(1, author="web:half.example"))[1:-1]
    whole = b"[" + good + b"," + body + b"]"

    for content in (body, whole):
        answer = client.post(
            "/api/v1/posts", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, answer.text[:200]
        assert answer.json()["errors"]

    assert given(client, "/stats")["posts"] == before


def test_too_many_posts_at_once_are_refused(client: httpx.Client) -> None:
    lines = as_json(repeats(1))[1:-1] + b"\n"

    answer = client.post(
        "/api/v1/posts", content=lines * 5001, headers={"Content-Type": "application/x-ndjson"}
    )

    assert answer.status_code == 422


def test_the_configuration_is_shown_without_its_secrets(client: httpx.Client) -> None:
    shown = given(client, "/settings")

    assert shown["runs_pipeline"] is True
    assert shown["settings"]["dashboard"]["port"] == 0
    assert shown["settings"]["sources"][0]["name"] == "file"


def test_metrics_have_no_word_of_strangers(client: httpx.Client) -> None:
    client.get("/api/v1/stranger-words-in-a-path")
    client.request("STRANGE", "/api/v1/stats")
    given(client, "/author", id=AUTHOR)

    text = client.get("/metrics").text

    assert 'route="/api/v1/author",status="200"' in text
    assert "stranger" not in text.lower()
    assert "deals" not in text
    assert 'bunco_sources{health="ok"} ' in text
    assert "bunco_run_posts " in text


def test_health_and_readiness_are_told(client: httpx.Client) -> None:
    assert client.get("/healthz").text == "alive\n"
    assert client.get("/readyz").text == "ready\n"
