"""The corpora that the sensational model is trained and tested on."""

import csv
import gzip
import json
from pathlib import Path
from random import Random
from typing import NamedTuple


class Labelled(NamedTuple):
    """Texts, and 1 for each that is sensational, else 0."""

    texts: list[str]
    labels: list[int]


class Corpora:
    """All of them, read once.

    Args:
        data: the folder that holds ``clickbait/``, ``timelines/`` and ``pitch/``.
    """

    def __init__(self, data: Path) -> None:
        self.outlets = _by_source(data / "clickbait/stop_clickbait.csv.gz")
        self.channels = _by_source(data / "clickbait/youtube_titles_dev.csv.gz")
        self.spanish = _by_people(data / "clickbait/ta1c_es_train.csv.gz")
        self.spanish_test = _by_people(data / "clickbait/ta1c_es_validation.csv.gz")
        people = _lines(data / "timelines/humans_dev.jsonl.gz", "text")
        others = _lines(data / "timelines/honeypot2010_dev.jsonl.gz", "text", cls="legitimate")
        chat = [row["text"] for row in _rows(data / "pitch/sms_spam.csv.gz") if row["label"] == "0"]
        news = _lines(data / "timelines/hackernews_20k.jsonl.gz", "title")
        chance = Random(5)
        for texts in (people, others, chat, news):
            chance.shuffle(texts)
        self.talk = people[:3000] + others[:3000] + chat[:1500] + news[:3000]
        self.talk_test = {
            "people": people[-5000:],
            "people 2010": others[-5000:],
            "text messages": chat[-2500:],
            "Hacker News titles": news[-5000:],
        }


def _by_source(path: Path) -> Labelled:
    rows = _rows(path)
    return Labelled([row["text"] for row in rows], [int(row["label"]) for row in rows])


def _by_people(path: Path) -> Labelled:
    rows = _rows(path)
    return Labelled(
        [row["Teaser Text"] for row in rows], [int(row["Tag Value"] != "No") for row in rows]
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _lines(path: Path, field: str, **wanted: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [
            row[field] for row in rows if all(row[key] == value for key, value in wanted.items())
        ]
