"""The study of cross-posts on a handful of made-up rows."""

import gzip
import json
from pathlib import Path

import pytest

from bunco.evaluation import crosspost_pairs
from bunco.evaluation.crosspost_pairs import Row, pairs
from bunco.evaluation.disguises import DISGUISES
from bunco.evaluation.studies.crossposts import STUDY
from bunco.text.address import canonical

ROWS = [
    ("1", "Council approves new cycle lanes", "https://news.example/a?utm_source=x", "a"),
    ("2", "Cycle lanes at last", "http://www.news.example/a", "a"),
    ("3", "Am I doing this right?", "https://pic.example/1.jpg", "b"),
    ("4", "am i doing this RIGHT", "https://pic.example/2.jpg", "c"),
    ("5", "Something else altogether", "https://news.example/b", "d"),
    ("6", "Something else altogether", "https://short.example/q", "d"),
]


def rows() -> list[Row]:
    return [Row(name, title, url, url.split("/")[2], group) for name, title, url, group in ROWS]


def test_pairs_are_those_of_a_group_and_those_that_look_like_it() -> None:
    found = {(pair.one.id, pair.other.id): pair.is_true for pair in pairs(rows())}

    assert {ids for ids, is_true in found.items() if is_true} == {("1", "2"), ("5", "6")}
    assert found["3", "4"] is False
    assert found["1", "5"] is False


def test_pairs_are_the_same_each_time_and_each_is_there_once() -> None:
    found = [(pair.one.id, pair.other.id) for pair in pairs(rows())]

    assert found == [(pair.one.id, pair.other.id) for pair in pairs(rows())]
    assert len({frozenset(ids) for ids in found}) == len(found)


def test_a_large_group_is_paired_up_to_its_bound() -> None:
    many = [
        Row(str(n), f"title {n}", f"https://a.example/{n}", "a.example", "g") for n in range(30)
    ]

    found = [pair for pair in pairs(many) if pair.is_true]

    assert len(found) == crosspost_pairs.MOST * (crosspost_pairs.MOST - 1) // 2


def test_the_study_tells_precision_and_recall_of_what_ships_first(tmp_path: Path) -> None:
    (tmp_path / "crosspost").mkdir()
    with gzip.open(tmp_path / "crosspost/reddit_dev.jsonl.gz", "wt") as file:
        for row in rows():
            names = {"id": row.id, "title": row.title, "url": row.url}
            print(json.dumps(names | {"domain": row.domain, "group": row.group}), file=file)

    result = STUDY.run(tmp_path, lambda _: None)

    precision, recall = result.figures[:2]
    assert (precision.value, precision.goal.aim) == (1.0, 0.99)
    assert (recall.value, recall.goal.aim) == (0.5, 0.98)
    assert result.curves[0].marked["shipped"] == (0.5, 1.0)


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_the_address_and_not_the_page(name: str) -> None:
    for url in ("https://www.news.example/2026/a-storm?id=7", "http://news.example/b/"):
        disguised = DISGUISES[name](url)

        assert disguised != url
        assert canonical(disguised) == canonical(url)
