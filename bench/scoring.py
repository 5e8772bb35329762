"""Measure how many headlines a second one core scores, next to a fixed reference.

The reference is what no scorer can do without, in the plainest form: lower case, one
``findall`` for words, one look-up for each. What counts is the ratio of processor times within
one run; headlines a second follow from the machine.

    python -m bench.scoring [--data DIR] [--runs 5]
"""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

from bunco.evaluation.data import data_folder
from bunco.evaluation.headlines import corpora
from bunco.text.sensational import judge_many, score_many, sensational
from bunco.text.wording import wording

_WORD = re.compile(r"\w+")
_KNOWN = {"the": 1, "you": 2, "this": 3}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the sensational score's speed.")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    found = corpora(data_folder(asked.data))
    print("microseconds a headline of one core; × the reference; headlines a second")
    for name, texts in (
        ("English headlines", found.outlets.texts),
        ("video titles", found.channels.texts),
        ("Hacker News titles", found.talk_test["Hacker News titles"].texts),
        ("Spanish teasers", found.spanish_test.texts),
    ):
        _measure(name, texts[:4000], asked.runs)


def _measure(name: str, texts: Sequence[str], runs: int) -> None:
    wordings = [wording(text) for text in texts]
    works: dict[str, Callable[[], object]] = {
        "reference": lambda: [_reference(text) for text in texts],
        "wording": lambda: [wording(text) for text in texts],
        "score_many": lambda: score_many(texts),
        "score, wording known": lambda: list(map(sensational, texts, wordings)),
        "judge_many": lambda: judge_many(texts),
    }
    best = dict.fromkeys(works, float("inf"))
    for _ in range(runs):
        for work, run in works.items():
            began = process_time()
            run()
            best[work] = min(best[work], (process_time() - began) / len(texts))
    for work, seconds in best.items():
        ratio = seconds / best["reference"]
        print(f"{name:20} {work:22} {seconds * 1e6:6.1f} {ratio:6.1f} {1 / seconds:10,.0f}")


def _reference(text: str) -> int:
    return sum(_KNOWN.get(word, 0) for word in _WORD.findall(text.lower()))


if __name__ == "__main__":
    main()
