"""Headlines and pairs of headlines from the data, as the studies of repeats use them."""

import csv
import gzip
from collections.abc import Iterator
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from bunco.errors import UsageError
from bunco.evaluation.data import file_in
from bunco.text.wording import wording

NEAR_DUPLICATE = "near_dup"
_UNCLEAR = "ambiguous"
_LABELS = "headline_labels.tsv"
_SOURCES = {
    "ira": "timelines/ira_dev.jsonl.gz",
    "honeypot2010": "timelines/honeypot2010_dev.jsonl.gz",
    "fakefollowers": "timelines/fakefollowers_dev.jsonl.gz",
    "health_outlets": "timelines/health_outlets_dev.jsonl.gz",
    "hackernews": "timelines/hackernews_20k.jsonl.gz",
    "uci": "neardup/uci_news_aggregator.jsonl.gz",
}
_REAL = ("uci", "health_outlets", "hackernews")
"""Sources of headlines that people wrote to be read."""
_SEED = 12


class Pair(Struct, frozen=True):
    """Two wordings, and what a person said of them."""

    a: str
    b: str
    label: str

    @property
    def is_same(self) -> bool:
        """Say whether the person called them one headline."""
        return self.label == NEAR_DUPLICATE


class _Row(Struct, frozen=True):
    text: str | None = None
    title: str | None = None
    story: str = ""


class _Annotated(Struct, frozen=True):
    a: str
    b: str
    label: str


class Headline(Struct, frozen=True):
    """One real headline as published, and the event it is about where that is known."""

    text: str
    source: str
    story: str


def annotated_pairs(data: Path) -> list[Pair]:
    """Give the annotated pairs of the data, the unclear ones left out."""
    decoder = msgspec.json.Decoder(_Annotated)
    with gzip.open(file_in(data, "neardup/gold_pairs_dev.jsonl.gz"), "rb") as lines:
        return [_pair(row.a, row.b, row.label) for row in map(decoder.decode, lines) if _clear(row)]


def further_pairs(data: Path) -> list[Pair]:
    """Give the pairs that were annotated for this study, the unclear ones left out.

    They were drawn from the same sources and over the same range of likeness as the pairs of
    the data, none of which is among them, and annotated before any method judged them. The labels
    are kept by hashes of the texts (``headline_labels.tsv``).

    Raises:
        UsageError: the data is another than the one they were drawn from.
    """
    with (files("bunco.evaluation") / _LABELS).open(encoding="ascii") as file:
        labels = [row for row in csv.reader(file, delimiter="\t") if row[3] != _UNCLEAR]
    wanted = {key for row in labels for key in row[1:3]}
    found: dict[str, str] = {}
    for source in sorted({row[0] for row in labels}):
        for headline in _read(data, source):
            if (key := _key(headline.text)) in wanted:
                found[key] = headline.text
    if missing := wanted - found.keys():
        raise UsageError(f"{len(missing)} of the annotated texts are not in {data}")
    return [_pair(found[a], found[b], label) for _, a, b, label in labels]


def real_headlines(data: Path, most: int) -> list[Headline]:
    """Give as many different headlines of each of three sources, drawn at a fixed seed.

    Left out: what quotes or answers somebody (it begins with RT or @).
    """
    chosen: list[Headline] = []
    for source in _REAL:
        different = {one.text: one for one in _read(data, source) if _is_own(one.text)}
        pool = [different[text] for text in sorted(different)]
        chance = Random(_SEED)  # noqa: S311  # draws headlines, no secret
        chosen += chance.sample(pool, min(most, len(pool)))
    return chosen


def _read(data: Path, source: str) -> Iterator[Headline]:
    decoder = msgspec.json.Decoder(_Row)
    with gzip.open(file_in(data, _SOURCES[source]), "rb") as lines:
        for row in map(decoder.decode, lines):
            if text := row.text or row.title:
                yield Headline(text, source, row.story)


def _pair(a: str, b: str, label: str) -> Pair:
    return Pair(wording(a), wording(b), label)


def _clear(row: _Annotated) -> bool:
    return row.label != _UNCLEAR


def _is_own(text: str) -> bool:
    return not text.startswith(("RT ", "@"))


def _key(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
