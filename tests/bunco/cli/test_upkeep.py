"""Forgetting, and what was set aside."""

import json

import pytest

from bunco.wiring import open_store_at
from tests.bunco.cli.shell import typed


def _letters() -> list[dict[str, str]]:
    return [json.loads(line) for line in typed("dead", "--json").stdout.splitlines()]


def test_nothing_is_forgotten_without_a_yes(store: str) -> None:
    result = typed("forget", "web:deals.example")

    assert result.exit_code == 2
    assert "2 posts and 1 findings; say --yes" in result.stderr
    assert typed("history", "web:deals.example", "--store", store).exit_code == 0


@pytest.mark.usefixtures("store")
def test_an_author_is_forgotten_with_everything() -> None:
    result = typed("forget", "web:deals.example", "--yes")

    assert result.exit_code == 0
    assert "Erased web:deals.example" in result.stderr
    history = typed("history", "web:deals.example")
    assert history.exit_code == 1
    assert "was forgotten" in history.stderr
    assert typed("search", "trick").stdout == ""


@pytest.mark.usefixtures("store")
def test_dead_letters_are_listed_with_their_reasons() -> None:
    for words in (["dead"], ["dead", "list"]):
        result = typed(*words)

        assert result.exit_code == 0
        assert "posts.jsonl:7" in result.stdout
        assert "not JSON" in result.stdout
    assert _letters()[0]["body"] == "{oops"


def test_a_dead_letter_that_fails_again_stays(store: str) -> None:
    result = typed("dead", "replay", "--all", "--store", store)

    assert result.exit_code == 1
    assert "0 went through, 1 failed again" in result.stderr
    assert len(_letters()) == 1


@pytest.mark.usefixtures("store")
def test_dead_letters_are_dropped_by_id() -> None:
    (letter,) = _letters()

    result = typed("dead", "drop", letter["id"])

    assert "1 dead letters dropped" in result.stderr
    assert _letters() == []


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("words", [["drop"], ["replay"], ["drop", "no-such-id"]])
def test_letters_have_to_be_named(words: list[str]) -> None:
    assert typed("dead", *words).exit_code == 2
    assert len(_letters()) == 1


def test_a_forgotten_author_is_gone_from_the_file(store: str) -> None:
    typed("forget", "web:deals.example", "--yes")

    opened = open_store_at(store)
    assert opened.author("web:deals.example") is None
    opened.close()
