import pytest

from bunco.text.cues import MOST, NAMES, counts, places
from bunco.text.wording import wording


def families(headline: str) -> dict[str, int]:
    found = counts(headline, wording(headline).split())
    return {NAMES[family]: count for family, count in found.items()}


@pytest.mark.parametrize(
    ("headline", "family"),
    [
        ("7 ways to cook rice", "numbered list"),
        ("Top 10 goals of the season", "numbered list"),
        ("Las 5 claves del partido", "numbered list"),
        ("21 Jump Street", "number first"),
        ("3 killed in crash", "number early"),
        ("2026 budgets are out", None),
        ("Apple 3 million short of target", "number early"),
        ("Why trains are late", "promise"),
        ("BUY THE BEST ONES", "shouting"),
        ("Police find WEAPONS in SECRET room", "loud word"),
        ("NATO meets", None),
        ("Really?", "question"),
        ("¡Gol!", "exclamation"),
        ("And then…", "ellipsis"),
        ("Fire 🔥", "emoji"),
        ("First. Second", "sentences"),
        ("It is over.", "full stop"),
        ("cc @ann", "mention"),
        ("They won't believe it", "curiosity gap"),
        ("They believe it", None),
    ],
)
def test_cues_are_counted_by_family(headline: str, family: str | None) -> None:
    found = families(headline)

    if family:
        assert found[family] >= 1
    else:
        assert found == {}


def test_more_than_the_most_count_no_more() -> None:
    assert families("amazing amazing amazing amazing!!!!") == {
        "hyperbole": MOST,
        "exclamation": MOST,
    }


def test_places_and_counts_see_the_same_words() -> None:
    headline = "You won’t believe these 9 amazing tricks"

    placed = {NAMES[cue.family] for cue in places(headline, range(len(NAMES)))}

    assert placed == set(families(headline)) - {"number early"}
