"""What the store is asked on the command line, and how it answers."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bunco.model import Batch
from bunco.wiring import open_store_at
from tests.builders import an_enriched
from tests.bunco.cli.shell import typed

pytestmark = pytest.mark.usefixtures("store")


def _lines(*words: str) -> list[dict[str, Any]]:
    result = typed(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_findings_are_shown_with_their_sentences() -> None:
    result = typed("findings")

    assert result.exit_code == 0
    assert "high   0.92  repeats  web:deals.example" in result.stdout
    assert "Published 9 posts in 10 min." in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_findings_as_json_hold_every_field() -> None:
    latest, _ = _lines("findings")

    assert latest["id"] == "f1"
    assert latest["severity"] == "high"
    assert latest["evidence"] == ["web:deals.example/1", "web:deals.example/2"]
    assert latest["quotes"] == [
        {
            "post": "web:deals.example/1",
            "text": "You won't BELIEVE",
            "at": "2026-03-02T12:00:00Z",
            "place": "r/news",
        }
    ]
    assert {"detector", "subject", "score", "reason", "numbers", "first_at", "last_at"} <= {*latest}


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--detector", "bursts"], ["f2"]),
        (["--author", "web:deals.example"], ["f1"]),
        (["--author", "deals"], ["f1"]),
        (["--min-score", "0.5"], ["f1"]),
        (["--since", "2026-03-02"], ["f1"]),
        (["--until", "2026-03-01T00:00:00Z"], ["f2"]),
        (["--since", "24h"], ["f1"]),
        (["--since", "7d"], ["f1", "f2"]),
        (["--source", "example"], ["f1"]),
        (["--place", "r/news"], ["f1"]),
        (["--limit", "1"], ["f1"]),
        (["--source", "nothing"], []),
    ],
)
def test_options_narrow_the_findings(options: list[str], ids: list[str]) -> None:
    assert [finding["id"] for finding in _lines("findings", *options)] == ids


def test_a_detector_that_is_none_is_told_with_those_there_are() -> None:
    result = typed("findings", "--detector", "gossip")

    assert result.exit_code == 2
    assert "bursts, crossposts, repeats" in result.stderr


def test_a_limit_says_that_there_is_more() -> None:
    result = typed("findings", "--limit", "1")

    assert "The first 1 are shown" in result.stderr


def test_a_history_tells_posts_and_findings_apart() -> None:
    result = typed("history", "web:deals.example")

    assert result.exit_code == 0
    assert "web:deals.example (Daily Deals)" in result.stdout
    assert "2 posts" in result.stdout
    assert "▲ high 0.92 repeats" in result.stdout
    assert "You won't BELIEVE this trick" in result.stdout
    assert result.stdout.index("13:00") < result.stdout.index("12:00  ")


def test_hostile_words_of_a_post_are_shown_harmless() -> None:
    result = typed("history", "web:deals.example")

    assert "\x1b" not in result.stdout
    assert "\\x1b[31m[bold]" in result.stdout.replace("\n", "")


def test_a_history_as_json_holds_posts_and_findings_newest_first() -> None:
    entries = _lines("history", "web:deals.example")

    assert [("finding" in entry, "post" in entry) for entry in entries].count((True, False)) == 1
    assert [entry["at"] for entry in entries] == sorted(
        (entry["at"] for entry in entries), reverse=True
    )
    assert entries[-1]["post"]["id"] == "web:deals.example/1"


def test_an_author_is_found_by_a_part_of_the_name() -> None:
    result = typed("history", "daily d")

    assert result.exit_code == 0
    assert '"daily d" is taken for web:deals.example' in result.stderr


def test_several_authors_that_fit_are_listed() -> None:
    result = typed("history", "example")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "web:deals.example" in result.stderr
    assert "web:news.example" in result.stderr


def test_an_author_who_is_not_there_is_an_answer_in_words() -> None:
    result = typed("history", "nobody")

    assert result.exit_code == 1
    assert 'No author has "nobody"' in result.stderr


def test_authors_are_ranked_worst_first() -> None:
    ranked = _lines("authors")

    assert [author["author"] for author in ranked] == ["web:deals.example", "web:news.example"]


def test_the_ranking_fits_the_screen() -> None:
    result = typed("authors")

    assert result.exit_code == 0
    assert "repeats 1" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_ranking_has_sentences_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")

    assert "Published 9 posts in 10 min." in typed("authors").stdout


def test_posts_are_found_by_words() -> None:
    assert [post["id"] for post in _lines("search", "cycle", "lanes")] == ["web:news.example/1"]
    assert _lines("search", "trick", "--author", "web:news.example") == []
    assert "Council approves new cycle lanes" in typed("search", "council").stdout


def test_finding_nothing_is_no_failure() -> None:
    result = typed("search", "unheard-of")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No post" in result.stderr


@pytest.mark.parametrize("time", ["yesterday", "24", "2026-13-01", "9" * 400 + "d"])
def test_what_is_no_time_is_wrong_use(time: str) -> None:
    result = typed("findings", "--since", time)

    assert result.exit_code == 2
    assert result.stderr.startswith("bunco: ")


def test_a_store_that_is_not_there_is_not_made(folder: Path) -> None:
    for words in (["findings"], ["authors"], ["history", "x"], ["search", "x"], ["dead"]):
        result = typed(*words, "--store", "no.db")

        assert result.exit_code == 2
        assert "no store at no.db" in result.stderr
        assert not (folder / "no.db").exists()


def test_the_configured_store_is_the_default(folder: Path, store: str) -> None:
    (folder / "bunco.toml").write_text('[store]\npath = "other.db"\n')

    assert "no store at other.db" in typed("findings").stderr
    assert typed("findings", "--store", store).exit_code == 0
    assert typed("findings", "--store", f"sqlite:{store}").exit_code == 0


def test_a_history_names_other_accounts_where_the_address_says_so(folder: Path) -> None:
    carried = an_enriched(id="mastodon:1", author="mastodon:news.example@web.brid.gy")
    with closing(open_store_at(str(folder / "bunco.db"))) as opened:
        opened.commit(Batch(posts=(carried,)))

    named = typed("history", "mastodon:news.example@web.brid.gy").stdout
    (folder / "bunco.toml").write_text('[identity]\nnever = ["web"]\n', encoding="utf-8")
    never = typed("history", "mastodon:news.example@web.brid.gy").stdout

    assert "also web:news.example  Bridgy Fed carries that site here" in named
    assert "lemmy:" not in named
    assert "also" not in never
