"""Posts of strangers go in and come out whole, and harm nothing on the way."""

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from tests.dashboards.house import House, push, repeats

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "bidi": "\u202egpj.exe\u202c \u2066reversed\u2069 \u200f",
    "nul": "one\x00two\x00\x01\x1b[31m",
    "long": "w" * 900_000,
    "stacked": "Z" + "\u0334" * 500,
    "lines": "a\r\nSet-Cookie: b=c\r\n\r\ndata: {}\n\nevent: evil",
    "format": "%s {0} ${jndi:ldap://evil} {{7*7}}",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_comes_out_as_it_went_in(open_house: House, name: str) -> None:
    text, author = HOSTILE[name], f"web:hostile-{name}.example"
    posts = repeats(4, author=author)[:3]
    fields: dict[str, Any] = {"text": text, "place": text[:200], "author_name": text[:200]}
    if name != "long":
        fields["title"] = text
    with open_house.asking() as client:
        pushed = push(client, [replace(post, **fields) for post in posts])
        found = client.get("/api/v1/post", params={"id": f"{author}/1"})
        history = client.get("/api/v1/author/history", params={"id": author})
        exported = client.get("/api/v1/author/export", params={"id": author, "format": "csv"})
        search = client.get("/api/v1/search", params={"words": text[:900]})
        headline = client.get("/api/v1/headline/copies", params={"headline": text[:900]})

    assert pushed.status_code == 200, pushed.text[:300]
    assert found.json()["text"] == text
    assert history.status_code == 200
    csv.field_size_limit(1 << 21)
    assert len(list(csv.DictReader(io.StringIO(exported.text)))) == 3
    assert search.status_code in {200, 422}
    assert headline.status_code in {200, 422}
    for answer in (found, history, search, headline):
        assert answer.headers["content-type"].startswith("application/")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "path",
    [
        "/findings?words={}",
        "/findings?author={}",
        "/findings?place={}&source={}",
        "/findings/{}",
        "/author?id={}",
        "/authors/find?part={}",
        "/search?words={}",
        "/post?id={}",
        "/headline/near?headline={}",
        "/sources/log?name={}",
        "/verdicts?by={}&finding={}",
        "/findings?after={}",
    ],
)
def test_hostile_questions_get_an_answer(open_house: House, name: str, path: str) -> None:
    with open_house.asking() as client:
        answer = client.get("/api/v1" + path.replace("{}", quote(HOSTILE[name][:3000], safe="")))

    assert answer.status_code in {200, 404, 422}, answer.text[:200]
    assert answer.headers["content-type"] in {"application/json", "application/problem+json"}
