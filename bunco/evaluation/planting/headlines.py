"""The headlines that are planted: real ones, of two kinds, each planted once or in its place."""

import csv
import gzip
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from bunco.evaluation.data import file_in

_CLICKBAIT = "clickbait/stop_clickbait.csv.gz"
_NEWS = "neardup/uci_news_aggregator.jsonl.gz"

KINDS = ("sensational", "news")
"""Headlines of click-bait outlets, and of newspapers about other things."""


class _Row(Struct):
    title: str


class Headlines:
    """A stock of headlines; none is given twice.

    Args:
        stock: by kind, in the order in which they are given.
    """

    def __init__(self, stock: dict[str, list[str]]) -> None:
        self._stock = stock
        self._given = dict.fromkeys(stock, 0)

    def given(self, kind: str) -> str:
        """Give the next headline of a kind, from the first again after the last."""
        at = self._given[kind]
        self._given[kind] += 1
        return self._stock[kind][at % len(self._stock[kind])]


def headlines(data: Path, seed: int) -> Headlines:
    """Give the headlines of the data in an order of chance.

    Raises:
        UsageError: a file is not there, by its path.
    """
    with gzip.open(file_in(data, _CLICKBAIT), "rt", encoding="utf-8") as rows:
        loud = [row["text"] for row in csv.DictReader(rows) if row["label"] == "1"]
    decode = msgspec.json.Decoder(_Row).decode
    with gzip.open(file_in(data, _NEWS), "rb") as lines:
        news = [decode(line).title for line in lines]
    stock = dict(zip(KINDS, (sorted(set(loud)), sorted(set(news))), strict=True))
    for kind in KINDS:
        Random(seed).shuffle(stock[kind])  # noqa: S311  # no secret
    return Headlines(stock)
