import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bunco.codec import decode_item
from bunco.evaluation.timelines import convert, converted, links
from bunco.model import Post
from tests.shared_data import shared


def a_row(**changes: Any) -> bytes:
    row = {"account": "ann", "ts": "2016-01-01T10:00:00Z", "text": "hello", "cls": "x"}
    return json.dumps(row | changes).encode()


def converted_row(**changes: Any) -> Post:
    (post,) = converted(iter([a_row(**changes)]), "twitter")
    return post


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"text": "news", "rt": 0}, "post"),
        ({"text": "news", "rt": 1}, "repost"),
        ({"text": "RT @bob: news"}, "repost"),
        ({"text": "RT if you agree"}, "post"),
        ({"text": "@bob yes"}, "reply"),
        ({"text": "I said @bob"}, "post"),
    ],
)
def test_the_kind_is_read_from_mark_and_text(changes: dict[str, Any], kind: str) -> None:
    assert converted_row(**changes).kind == kind


def test_links_and_mentions_come_out_of_the_text() -> None:
    post = converted_row(text="@bob see http://example.org/a?b=1. (via @eve) mail a@example.org")

    assert post.links == ("http://example.org/a?b=1",)
    assert post.mentions == ("twitter:bob", "twitter:eve")


def test_what_is_no_whole_link_is_none() -> None:
    assert links("http:// and https://… and http://t.co/a…") == ("http://t.co/a",)


def test_the_same_row_twice_gets_two_ids_and_the_same_ones_each_time() -> None:
    rows = [a_row(), a_row(), a_row(text="other")]

    first = [post.id for post in converted(iter(rows), "twitter")]

    assert len(set(first)) == 3
    assert [post.id for post in converted(iter(rows), "twitter")] == first


def test_rows_are_sorted_by_time_and_empty_ones_left_out() -> None:
    rows = [a_row(ts="2016-01-02T00:00:00Z"), a_row(ts="2016-01-01T00:00:00Z"), a_row(text="")]

    posts = converted(iter(rows), "twitter")

    assert [post.posted_at.day for post in posts] == [1, 2]


def test_unknown_languages_are_left_out() -> None:
    assert converted_row(lang="xx").lang == ""
    assert converted_row(lang="it").lang == "it"


def test_a_submission_has_its_own_id_title_and_link(tmp_path: Path) -> None:
    source = tmp_path / "hackernews_1.jsonl.gz"
    row = {"id": "7", "title": "Tea", "url": "https://example.org/", "account": "ann"}
    source.write_bytes(gzip.compress(json.dumps({**row, "ts": "2016-01-01T10:00:00Z"}).encode()))

    assert convert(source, tmp_path / "out.jsonl") == 1

    post = decode_item((tmp_path / "out.jsonl").read_bytes())
    assert isinstance(post, Post)
    assert (post.id, post.author, post.title) == ("hackernews:7", "hackernews:ann", "Tea")
    assert post.links == ("https://example.org/",)


@pytest.mark.parametrize(
    ("name", "rows"), [("health_outlets_dev", 32_207), ("hackernews_20k", 20_061)]
)
def test_recorded_timelines_convert_whole(tmp_path: Path, name: str, rows: int) -> None:
    source = shared(f"timelines/{name}.jsonl.gz")

    count = convert(source, tmp_path / "out.jsonl")

    items = [decode_item(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    posts = [item for item in items if isinstance(item, Post)]
    assert count == len(posts) == len({post.id for post in posts}) == rows
    assert all(a.posted_at <= b.posted_at for a, b in pairwise(posts))
