"""Verdicts on the command line: given, shown beside findings, listed, counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from bunco import codec
from bunco.model import Batch
from bunco.wiring import open_store_at
from tests.builders import a_finding, a_post
from tests.bunco.cli.shell import typed

pytestmark = pytest.mark.usefixtures("store")


def lines(*words: str) -> list[dict[str, Any]]:
    result = typed(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def shown(*words: str) -> str:
    result = typed(*words)
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.split())


def test_a_finding_that_is_fine_leaves_lists_and_rankings_and_stays_in_the_history() -> None:
    result = typed("verdict", "f1", "fine", "--because", "their digest [b]", "--by", "ann")

    assert result.exit_code == 0
    assert "Judged fine: repeats of web:deals.example" in result.stderr
    assert [one["id"] for one in lines("findings")] == ["f2"]
    assert [one["id"] for one in lines("findings", "--all")] == ["f1", "f2"]
    assert [one["author"] for one in lines("authors")] == ["web:news.example"]
    assert "fine, ann: their digest [b]" in shown("history", "web:deals.example")
    assert "fine, ann: their digest [b]" in shown("findings", "--all")


def test_findings_as_json_carry_the_verdict() -> None:
    typed("verdict", "f1", "fine", "--because", "their digest", "--by", "ann")

    (finding, other) = lines("findings", "--all")

    verdict = finding["verdict"]
    assert (verdict["judged"], verdict["by"], verdict["because"]) == ("fine", "ann", "their digest")
    assert verdict["pattern"] == {"text": "You won't BELIEVE", "post": "web:deals.example/1"}
    assert finding["quiet"]
    assert (other["verdict"], other["quiet"]) == (None, False)
    (entry,) = [one["finding"] for one in lines("history", "deals") if "finding" in one]
    assert entry["verdict"] == verdict


@pytest.mark.parametrize(
    ("word", "ids"), [("fine", ["f1"]), ("spam", ["f2"]), ("none", []), ("mute", [])]
)
def test_findings_are_narrowed_by_their_verdict(word: str, ids: list[str]) -> None:
    typed("verdict", "f1", "fine")
    typed("verdict", "f2", "spam")

    assert [one["id"] for one in lines("findings", "--verdict", word)] == ids


def test_a_verdict_can_be_taken_back_and_both_are_kept() -> None:
    typed("verdict", "f1", "fine", "--by", "ann")
    typed("verdict", "f1", "none", "--by", "bob")

    assert [one["id"] for one in lines("findings")] == ["f1", "f2"]
    assert [(one["judged"], one["by"]) for one in lines("verdicts")] == [
        ("none", "bob"),
        ("fine", "ann"),
    ]
    assert "none, bob" in shown("history", "web:deals.example")


def test_the_login_stands_for_the_name_that_was_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "carol")

    typed("verdict", "f1", "spam")
    typed("verdict", "f2", "spam", "--by", "")

    assert {one["finding"]: one.get("by", "") for one in lines("verdicts")} == {
        "f1": "carol",
        "f2": "",
    }


def test_a_muted_author_is_quiet_for_so_long() -> None:
    result = typed("verdict", "f1", "mute", "--for", "30d")

    assert "quiet until" in result.stderr
    (verdict,) = lines("verdicts")
    assert verdict["until"][:10] > verdict["at"][:10]
    assert [one["id"] for one in lines("findings")] == ["f2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["f1", "good"], "'good' is no verdict"),
        (["f1", "fine", "--for", "7d"], "--for goes with mute only"),
        (["f1", "mute", "--for", "long"], "no length of time"),
        (["f1", "mute", "--for", "999999999d"], "--for"),
        (["f1", "fine", "--because", "x" * 2001], "2,000 characters"),
        (["f", "fine"], "begins the ids of 2 findings"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(words: list[str], said: str) -> None:
    result = typed("verdict", *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert lines("verdicts") == []


def test_a_finding_is_named_by_how_its_id_begins(store: str) -> None:
    opened = open_store_at(store)
    opened.commit(Batch(findings=(a_finding(id="0123456789abcdef", subject="web:deals.example"),)))
    opened.close()

    assert typed("verdict", "01234567", "fine").exit_code == 0
    assert "01234567" in shown("findings", "--all")
    missing = typed("verdict", "99", "fine")
    assert missing.exit_code == 1
    assert 'begins with "99"' in missing.stderr
    assert typed("verdict", "", "fine").exit_code == 1


def test_verdicts_are_listed_with_finding_person_and_reason() -> None:
    typed("verdict", "f1", "mute", "--by", "ann", "--because", "too much")
    typed("verdict", "f2", "spam", "--by", "bob")

    text = shown("verdicts")

    assert "f1 repeats web:deals.example mute until" in text
    assert ", ann: too much" in text
    assert "Published 9 posts in 10 min." in text


@pytest.mark.parametrize(
    ("options", "findings"),
    [
        (["--finding", "f1"], ["f1"]),
        (["--author", "news"], ["f2"]),
        (["--detector", "repeats"], ["f1"]),
        (["--by", "bob"], ["f2"]),
        (["--verdict", "spam"], ["f2"]),
        (["--limit", "1"], ["f2"]),
        (["--by", "nobody"], []),
    ],
)
def test_verdicts_are_narrowed(options: list[str], findings: list[str]) -> None:
    typed("verdict", "f1", "fine", "--by", "ann")
    typed("verdict", "f2", "spam", "--by", "bob")

    assert [one["finding"] for one in lines("verdicts", *options)] == findings


def test_a_fine_headline_is_quiet_when_it_comes_again_in_a_replay(folder: Path, store: str) -> None:
    file = folder / "posts.jsonl"

    def replayed(day: int, count: int = 3) -> None:
        posts = [
            a_post(
                id=f"web:x/{day}/{n}", url="", posted_at=a_post().posted_at.replace(day=day, hour=n)
            )
            for n in range(count)
        ]
        with file.open("ab") as out:
            out.writelines(codec.encode(post) + b"\n" for post in posts)
        assert typed("replay", str(file), "--store", store).exit_code == 0

    replayed(5)
    (first,) = lines("findings", "--author", "web:example.org")
    typed("verdict", first["id"], "fine")
    replayed(15)

    assert lines("findings", "--author", "web:example.org") == []
    again, _ = lines("findings", "--author", "web:example.org", "--all")
    assert again["quieted_by"] == first["id"]
    assert f"quiet, as {first['id'][:8]} was judged" in shown("history", "web:example.org")


def test_evaluate_tells_the_precision_by_verdicts() -> None:
    typed("verdict", "f1", "spam")
    typed("verdict", "f2", "fine")

    rows = lines("evaluate", "--verdicts")

    assert {
        row["detector"]: (row["value"], row["count"]) for row in rows if "of" not in row["measure"]
    } == {
        "all": (0.5, 2),
        "bursts": (0.0, 1),
        "repeats": (1.0, 1),
    }
    assert "bursts" not in shown("evaluate", "repeats", "--verdicts")
    assert "verdicts: 1 spam, 0 fine" in shown("evaluate", "repeats", "--verdicts")


def test_evaluate_says_when_nothing_was_judged() -> None:
    result = typed("evaluate", "--verdicts")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No finding was judged" in result.stderr
