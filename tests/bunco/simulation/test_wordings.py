"""Ordinary wordings must differ enough, or the stream would plant repeats it does not label."""

from itertools import combinations

import pytest

from bunco.simulation import chatter, lures, news
from bunco.simulation.dice import Dice
from bunco.simulation.edits import EDITS, Edit, edited, tracked
from bunco.simulation.grammar import Grammar

HEADLINE = "Doctors hate this: tired teacher shows the purple drink that ends snoring forever"


def grams(text: str) -> set[str]:
    plain = " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return {plain[at : at + 3] for at in range(len(plain) - 2)}


def likeness(a: set[str], b: set[str]) -> float:
    """Give the Jaccard index of two sets of 3-grams."""
    return len(a & b) / len(a | b)


@pytest.mark.parametrize(
    ("grammar", "most_per_million"),
    [
        (news.ENGLISH, 60),
        (news.SPANISH, 200),
        (news.GERMAN, 200),
        (chatter.POST, 300),
        (chatter.REPLY, 600),
        (chatter.LIVE, 900),
    ],
    ids=["english", "spanish", "german", "post", "reply", "live"],
)
def test_two_ordinary_wordings_are_nearly_never_alike(
    grammar: Grammar, most_per_million: int
) -> None:
    dice = Dice(11)
    sets = [grams(grammar.say(dice)) for _ in range(500)]

    alike = sum(likeness(a, b) >= 0.6 for a, b in combinations(sets, 2))

    assert alike / (500 * 499 / 2) * 1e6 <= most_per_million


@pytest.mark.parametrize("edit", sorted(set(EDITS)))
def test_an_edit_changes_the_headline_but_not_beyond_recognition(edit: Edit) -> None:
    dice = Dice(5)

    changed = [edited(HEADLINE, edit, dice) for _ in range(30)]

    if edit in {"same", "tracking"}:
        assert set(changed) == {HEADLINE}
    else:
        assert HEADLINE not in changed
    if edit != "letters":
        assert min(likeness(grams(HEADLINE), grams(text)) for text in changed) >= 0.6


def test_lookalike_letters_look_alike_and_are_others() -> None:
    changed = edited(HEADLINE, "letters", Dice(1))

    assert len(changed) == len(HEADLINE)
    assert not changed.isascii()


def test_tracking_keeps_the_address_of_the_page() -> None:
    link = tracked("https://glow-today.example/p/1", Dice(1))

    assert link.startswith("https://glow-today.example/p/1?utm_source=")


def test_every_pattern_can_be_said() -> None:
    for grammar in (lures.HEADLINE, lures.PITCH, lures.CHAIN, lures.BODY, news.BELOW):
        dice = Dice(3)

        said = {grammar.say(dice) for _ in range(200)}

        assert len(said) > 100
        assert all(text[0] == text[0].upper() and "{" not in text for text in said)
