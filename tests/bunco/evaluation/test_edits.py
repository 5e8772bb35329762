"""The edits that measure repeats: each changes the headline, in its own way."""

from random import Random

import pytest

from bunco.evaluation.edits import EDITS, edited, tracked
from bunco.text.address import canonical
from bunco.text.wording import wording

TITLE = "Council approves new cycle lanes along the river, after months of talks"


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_changes_the_headline_the_same_way_each_time(edit: str) -> None:
    first = [edited(TITLE, edit, Random(seed)) for seed in range(30)]

    assert first == [edited(TITLE, edit, Random(seed)) for seed in range(30)]
    assert TITLE not in first


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("title", ["One", "Two words", "市议会批准新建自行车道", "A b c d e"])
def test_every_edit_works_on_any_headline(edit: str, title: str) -> None:
    assert all(edited(title, edit, Random(seed)) for seed in range(10))


def test_there_are_twelve_edits() -> None:
    assert len(set(EDITS)) == len(EDITS) == 12


@pytest.mark.parametrize(("edit", "changed"), [("one word", 1), ("two words", 2)])
def test_so_many_words_are_changed(edit: str, changed: int) -> None:
    before = TITLE.split()

    for seed in range(30):
        after = edited(TITLE, edit, Random(seed)).split()
        assert sum(a != b for a, b in zip(before, after, strict=True)) == changed


def test_letters_only_look_alike() -> None:
    disguised = edited(TITLE, "letters", Random(1))

    assert not disguised.isascii()
    assert wording(disguised) == wording(TITLE)


def test_a_tracked_link_leads_to_the_same_page() -> None:
    for link in ("https://example.org/a", "https://example.org/a?id=7"):
        assert canonical(tracked(link, Random(1))) == link
