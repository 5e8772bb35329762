"""Pairs of recorded cross-posts, and of posts that only look like them.

The rows have a group: posts with one group were put into several places. True pairs are all those
within a group (its first twelve posts). The others are the pairs of different groups that a
matcher is most likely to take for one:

- one title: the same letters and digits, whatever case;
- alike titles: the two rarest words in common, as long as at most twelve titles have both;
- one site: the three next ones on the same site in the order of their addresses;
- chance: 20,000 pairs drawn at a fixed seed.

Neither the groups' own way to normalise addresses nor ours goes into the choice.
"""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

MOST = 12
"""Posts of a group or block that are paired with each other."""
_NEXT = 3
_DRAWN = 20_000
_SEED = 2006
_WORD = re.compile(r"\w+")
_NO_LETTER = re.compile(r"[\W_]+")


class Row(Struct, frozen=True):
    """One post."""

    id: str
    title: str
    url: str
    domain: str
    group: str


class Pair(Struct, frozen=True):
    """Two posts, and whether they are one thing put into two places."""

    one: Row
    other: Row

    @property
    def is_true(self) -> bool:
        """Say what the label says."""
        return self.one.group == self.other.group


def read(path: Path) -> list[Row]:
    """Give the rows of the recorded cross-posts."""
    decoder = msgspec.json.Decoder(Row)
    with gzip.open(path, "rb") as lines:
        return [decoder.decode(line) for line in lines]


def pairs(rows: list[Row]) -> list[Pair]:
    """Give the true pairs, then the others, each once; the same ones each time."""
    found: dict[tuple[int, int], None] = {}
    for block in _blocks((row.group for row in rows), most=None):
        found.update(dict.fromkeys(combinations(block[:MOST], 2)))
    for one, other in _lookalikes(rows):
        if rows[one].group != rows[other].group:
            found[min(one, other), max(one, other)] = None
    return [Pair(rows[one], rows[other]) for one, other in found]


def _lookalikes(rows: list[Row]) -> Iterator[tuple[int, int]]:
    for block in _blocks(_NO_LETTER.sub("", row.title.casefold()) for row in rows):
        yield from combinations(block, 2)
    words = [frozenset(_WORD.findall(row.title.casefold())) for row in rows]
    counts = Counter(word for each in words for word in each)
    for block in _blocks(_rarest(each, counts) for each in words):
        yield from combinations(block, 2)
    by_address = sorted(range(len(rows)), key=lambda at: (rows[at].domain, rows[at].url))
    for step in range(1, _NEXT + 1):
        for one, other in zip(by_address, by_address[step:], strict=False):
            if rows[one].domain == rows[other].domain:
                yield one, other
    chance = Random(_SEED)  # noqa: S311  # draws pairs, no secret
    for _ in range(_DRAWN):
        yield chance.randrange(len(rows)), chance.randrange(len(rows))


def _rarest(words: frozenset[str], counts: Counter[str]) -> str:
    """Give the two rarest words that another title has, too; nothing for fewer."""
    shared = sorted((counts[word], word) for word in words if counts[word] > 1)[:2]
    return " ".join(word for _, word in shared) if len(shared) > 1 else ""


def _blocks(keys: Iterable[str], most: int | None = MOST) -> Iterator[list[int]]:
    """Give the indices of those with one key, where there are two or more, up to ``most``."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        if key:
            blocks[key].append(at)
    return (block for block in blocks.values() if 1 < len(block) <= (most or len(block)))
