import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from bunco.evaluation.headlines import corpora
from bunco.evaluation.model import Result
from bunco.evaluation.studies.sensational import STUDY

LOUD = ("You won't believe what this dog did", "17 secrets that you never knew")
CALM = ("Council approves the budget of the city", "Two die as train leaves the rails")
SPANISH = ("Por qué no debes comer esto", "El Gobierno aprueba la ley de costas")
CHAT = ("ok see you at seven then", "thanks, I am on my way to the station")


def table(path: Path, fields: str, rows: Sequence[tuple[str, ...]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(fields.split(","))
        writer.writerows(rows)


def lines(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a few made-up rows in every file that the study reads."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("clickbait", "timelines", "pitch", "neardup"):
        (folder / name).mkdir()
    chance = Random(3)
    words = ("bridge", "river", "king", "queen", "garden", "market")

    def some(texts: tuple[str, ...]) -> str:
        return f"{chance.choice(texts)} {chance.choice(words)} {chance.choice(words)}"

    labelled = [(some(LOUD if at % 2 else CALM), str(at % 2)) for at in range(120)]
    table(folder / "clickbait/stop_clickbait.csv.gz", "text,label", labelled)
    table(folder / "clickbait/hu.csv.gz", "text,label", [*labelled, *labelled])
    channels = [(*row, f"channel {at % 12}") for at, row in enumerate(labelled)]
    table(folder / "clickbait/youtube_titles_dev.csv.gz", "text,label,channel", channels)
    spanish = [(some(SPANISH[at % 2 :][:1]), "No" if at % 2 else "Clickbait") for at in range(120)]
    for name in ("train", "validation"):
        table(folder / f"clickbait/ta1c_es_{name}.csv.gz", "Teaser Text,Tag Value", spanish)
    table(folder / "pitch/sms_spam.csv.gz", "text,label", [(some(CHAT), "0") for _ in range(60)])
    posts = [
        {"account": f"a{at % 20}", "text": some(CHAT), "cls": "legitimate"} for at in range(120)
    ]
    lines(folder / "timelines/humans_dev.jsonl.gz", posts)
    lines(folder / "timelines/honeypot2010_dev.jsonl.gz", posts)
    titles = [{"account": f"a{at % 20}", "title": some(CALM)} for at in range(120)]
    lines(folder / "timelines/hackernews_20k.jsonl.gz", titles)
    lines(
        folder / "neardup/uci_news_aggregator.jsonl.gz",
        [{"publisher": row["account"], "title": row["title"]} for row in titles],
    )
    return folder


@pytest.fixture(scope="module")
def result(data: Path) -> Result:
    return STUDY.run(data, lambda _: None)


def test_every_goal_of_the_score_has_its_figure(result: Result) -> None:
    held = {figure.measure for figure in result.figures if figure.grade != "context"}

    assert held == {
        "AUC across origins, English, mean of both ways",
        "AUC of Spanish human labels, held out",
        "talk scored 0.5 or more: people",
        "talk scored 0.5 or more: people 2010",
        "talk scored 0.5 or more: text messages",
        "talk scored 0.5 or more: Hacker News titles",
    }
    assert all(f.low <= f.value <= f.high and f.count for f in result.figures)


def test_origins_that_are_alike_carry_over(result: Result) -> None:
    (across,) = (f for f in result.figures if f.measure.endswith("mean of both ways"))

    assert across.value > 0.95


def test_the_study_gives_the_same_each_time(data: Path, result: Result) -> None:
    assert STUDY.run(data, lambda _: None) == result


def test_the_curves_are_named_and_filled(result: Result) -> None:
    assert [curve.name for curve in result.curves] == [
        "sensational-precision-recall",
        "sensational-reliability",
        "sensational-false-alarms",
    ]
    assert all(points for curve in result.curves for points in curve.lines.values())


def test_talk_to_test_on_is_of_accounts_that_training_has_not_seen(data: Path) -> None:
    lines(
        data / "timelines/humans_dev.jsonl.gz",
        [{"account": f"a{at % 20}", "text": f"the words of a{at % 20}"} for at in range(120)],
    )

    texts = corpora(data)

    tested = set(texts.talk_test["people"].texts)
    assert tested
    assert tested.isdisjoint(texts.plain)
    assert len(texts.hungarian.texts) == len(set(texts.hungarian.texts))
