"""All documents of the shared data: read as feedparser reads them, or refused with a reason."""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bunco.errors import BadInput
from bunco.model import Post
from bunco.text.address import unwrapped
from bunco.text.plain import plain
from ingest.sources.rss import parse
from tests.builders import NOON
from tests.shared_data import shared

SEEN_AT = NOON.replace(year=2030)
"""After all dates in them."""


def _documents() -> list[Path]:
    paths = sorted(shared("feeds").rglob("*"))
    return [path for path in paths if path.is_file() and path.name != "MANIFEST.csv"]


def _differences(post: Post, expected: dict[str, Any]) -> Iterator[str]:
    """Name the fields that are not as feedparser has them.

    feedparser gives titles as HTML and texts as they stand; ours are plain text on one line,
    so both go through the same step. Links of Google Alerts are opened by us.
    """
    wanted = {key: " ".join((value or "").split()) for key, value in expected.items()}
    if post.title not in {wanted["title"], plain(wanted["title"])}:
        yield "title"
    if post.url not in {wanted["link"], unwrapped(wanted["link"])}:
        yield "link"
    if not post.id.endswith(wanted["id"]):
        yield "id"
    published = "" if post.undated else post.posted_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if published != wanted["published"]:
        yield "date"
    if post.author_name != wanted["author"]:
        yield "author"


def test_no_document_breaks_the_parser_and_each_refusal_has_a_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reasons: Counter[str] = Counter()
    read = 0
    for path in _documents():
        try:
            parse(path.read_bytes(), url="https://example.org/feed", seen_at=SEEN_AT)
        except BadInput as error:
            reasons[str(error).partition(":")[0].partition(";")[0]] += 1
        else:
            read += 1

    with capsys.disabled():
        print(f"\n{read} documents read, {reasons.total()} refused: {dict(reasons)}")  # noqa: T201
    assert read >= 590
    assert all(len(reason) > 10 for reason in reasons)


def test_entries_are_as_feedparser_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    lines = gzip.decompress(shared("feeds_expected_feedparser.jsonl.gz").read_bytes()).splitlines()
    wrong: Counter[str] = Counter()
    total = 0
    for expected in map(msgspec.json.decode, lines):
        total += len(expected["entries"])
        try:
            document = (shared("feeds") / expected["path"]).read_bytes()
            items = parse(document, url="", seen_at=SEEN_AT).items
        except BadInput:
            wrong["refused"] += len(expected["entries"])
            continue
        posts = [item for item in items if isinstance(item, Post)]
        for number, entry in enumerate(expected["entries"]):
            if number >= len(posts):
                wrong["missing"] += 1
            elif differences := list(_differences(posts[number], entry)):
                wrong[differences[0]] += 1

    equal = 1 - wrong.total() / total
    with capsys.disabled():
        print(f"\n{equal:.2%} of {total} entries equal; not: {dict(wrong)}")  # noqa: T201
    assert equal >= 0.98
