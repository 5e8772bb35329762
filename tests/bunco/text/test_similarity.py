import gzip
import json
import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.text.similarity import (
    SAME,
    compare,
    grams,
    maybe_same,
    same,
    sameness,
    similarity,
)
from bunco.text.wording import wording
from tests.shared_data import shared

TITLE = "Council approves new cycle lanes along the river after months of talks"

EDITS = {
    "nothing": TITLE,
    "case": TITLE.upper(),
    "emoji": f"🚲🔥 {TITLE} 👏",
    "punctuation": TITLE.replace(" ", " - ", 1) + "!!!",
    "look-alikes": TITLE.replace("o", "о").replace("e", "е"),
    "one word changed": TITLE.replace("months", "weeks"),
    "prefix": f"BREAKING: {TITLE}",
    "suffix": f"{TITLE} (must read)",
    "hashtag": f"{TITLE} #cycling #news",
    "truncated": TITLE[:50] + "...",
    "halves swapped": "along the river after months of talks council approves new cycle lanes",
    "misspelt": TITLE.replace("approves", "aproves").replace("cycle", "cylce"),
    "address": f"{TITLE} https://example.org/1",
}


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS.keys())
def test_an_edited_text_is_the_same(edited: str) -> None:
    assert compare(TITLE, edited).same
    assert compare(TITLE, edited).similarity >= SAME


OTHERS = {
    "another story": "Mayor opens the new library in the old town after a long delay",
    "same words, other news": "Council rejects plan for a car park beside the old river bridge",
    "nothing": "",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_another_text_is_not_the_same(other: str) -> None:
    assert not compare(TITLE, other).same
    assert compare(TITLE, other).similarity < SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Winning numbers of the Daily 4 Evening", "Winning numbers of the Daily 4 Morning"),
        ("The latest news about cats from purrly", "The latest news about shares from dealerly"),
        ("#WhenYouForget farting", "#WhenYouForget vomiting"),
    ],
)  # fmt: skip
def test_short_texts_of_one_mould_are_not_the_same(a: str, b: str) -> None:
    assert not compare(a, b).same


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Good morning everyone", "good morning, EVERYONE!", True),
        ("Good morning everyone", "Good morning everybody", False),
        ("ok", "ok", False),
        ("", "", False),
        ("Now on air, in two", "Now on air, in six", False),
        ("市议会批准新建自行车道", "市议会批准新建自行车道!", True),
        ("市议会批准沿河新建自行车道", "市议会批准沿河新建自行车道了", True),
        ("市议会批准新建自行车道", "总统今天访问了邻国首都", False),
        ("你好吗", "你好呀", False),
    ],
)
def test_short_texts_are_the_same_only_when_identical(a: str, b: str, expected: bool) -> None:
    assert compare(a, b).same is expected


any_words = st.text(st.sampled_from("abcdeйж中 "), max_size=80).map(wording)


@given(any_words, any_words)
def test_similarity_is_symmetric_and_within_bounds(a: str, b: str) -> None:
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == similarity(b, a)
    assert same(a, b) == same(b, a)


@given(st.text(max_size=300).map(wording))
def test_a_text_is_alike_itself(text: str) -> None:
    assert similarity(text, text) == (1 if text else 0)
    assert maybe_same(grams(text), grams(text))


tokens = st.lists(
    st.text("abcdefghijklmnoprstuvwz0123456789щж中", min_size=1, max_size=10),
    min_size=1,
    max_size=40,
)


@settings(max_examples=400)
@given(tokens, st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_sketch_never_hides_a_pair_that_is_the_same(
    parts: list[str], chance: random.Random, edits: int
) -> None:
    edited = parts.copy()
    for _ in range(edits):
        at = chance.randrange(len(edited))
        edited[at : at + 1] = chance.choice(
            [[], [edited[at], "zusatz"], [edited[at][::-1]], [edited[at] + "x"], [edited[at]] * 2]
        ) or [edited[at]]
    a, b = " ".join(parts), " ".join(edited)

    if similarity(a, b) >= SAME:
        assert maybe_same(grams(a), grams(b))


@given(any_words)
def test_grams_fit_in_512_bits(text: str) -> None:
    assert 0 <= grams(text) < 1 << 512
    assert bool(grams(text)) == bool(text)


def test_grams_are_the_same_in_every_process() -> None:
    code = "from bunco.text.similarity import grams; print(grams('council approves lanes по реке'))"

    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout

    assert int(printed) == grams("council approves lanes по реке")


def test_most_different_headlines_are_told_apart_by_their_sketch() -> None:
    with gzip.open(shared("neardup/uci_news_aggregator.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines][::3]
    chosen = random.Random(1).sample(rows, 400)
    sketches = [grams(wording(row["title"])) for row in chosen]

    let_through = sum(
        maybe_same(sketches[i], sketches[j])
        for i in range(400)
        for j in range(i)
        if chosen[i]["story"] != chosen[j]["story"]
    )

    assert let_through <= 0.002 * 400 * 399 / 2


def test_annotated_pairs_are_judged_as_people_did() -> None:
    with gzip.open(shared("neardup/gold_pairs_dev.jsonl.gz"), "rt") as lines:
        pairs = [json.loads(line) for line in lines]
    outcome = Counter(
        (pair["label"] == "near_dup", compare(pair["a"], pair["b"]).same)
        for pair in pairs
        if pair["label"] != "ambiguous"
    )

    right, wrong, missed = outcome[True, True], outcome[False, True], outcome[True, False]

    assert 2 * right / (2 * right + wrong + missed) >= 0.95
    assert right / (right + wrong) >= 0.97


def test_different_stories_are_never_the_same() -> None:
    with gzip.open(shared("neardup/uci_news_aggregator.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(3).shuffle(rows)

    wrong = [
        (one["title"], other["title"])
        for one, other in pairwise(rows)
        if one["story"] != other["story"] and compare(one["title"], other["title"]).same
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I posted 6 photos on Facebook in my album", "I posted 5 photos on Facebook in my album"),
        ("Tides, winds and weather on the coast: Monday",
         "Tides, winds and weather on the coast: Friday"),
        ("All that happened in the old town and at the harbour, morning edition",
         "All that happened in the old town and at the harbour, evening edition"),
        ("Cool, I got 72.46 so far by doing surveys, can't wait for more, look",
         "Sweet, I made 114.85 so far by doing surveys, can't wait for more, look"),
    ],
)  # fmt: skip
def test_two_of_a_series_are_not_the_same_and_yet_gather(a: str, b: str) -> None:
    assert not compare(a, b).same
    assert sameness(wording(a), wording(b)) > 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Shops close on Monday for a meeting", "Shops close for a meeting"),
        ("3 shot at the old mill in Jackson", "3 shot at the old mill in Jackson, 1 dead"),
        ("Do NOT pay for white teeth! Learn the trick of a mom to turn teeth white for $5",
         "Do NOT pay for white teeth! Learn the trick of a mom to turn teeth white, $10"),
    ],
)  # fmt: skip
def test_a_number_that_is_added_or_changed_in_a_long_text_is_an_edit(a: str, b: str) -> None:
    assert compare(a, b).same


def test_a_text_that_stands_whole_in_another_is_the_same_up_to_twice_its_length() -> None:
    short = "shops in town close on sunday"

    assert compare(short, f"{short} as the council had announced").same
    assert not compare(
        short, f"{short} as the council had announced in the spring of last year"
    ).same
