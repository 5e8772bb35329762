"""The headlines and talk that the sensational score is trained and measured on."""

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from msgspec import Struct

from bunco.evaluation.data import file_in
from bunco.text.language import Language, language
from bunco.text.sensational import LIMIT
from bunco.text.wording import wording

_SEED = 5


class Labelled(Struct, frozen=True):
    """Texts, 1 for each that is sensational, else 0, and who each is from."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    units: tuple[str, ...]
    """The channel; the text's own number where the corpus does not tell."""

    def part(self, places: Sequence[int]) -> "Labelled":
        """Give some of them."""
        return Labelled(
            tuple(self.texts[at] for at in places),
            tuple(self.labels[at] for at in places),
            tuple(self.units[at] for at in places),
        )


class Talk(Struct, frozen=True):
    """Posts that nobody sells, each with the account that wrote it."""

    texts: tuple[str, ...]
    units: tuple[str, ...]


class Corpora(Struct, frozen=True):
    """All of them."""

    outlets: Labelled
    """English, labelled by outlet."""
    channels: Labelled
    """English, labelled by channel."""
    spanish: Labelled
    """Labelled by people, for training."""
    spanish_test: Labelled
    """The same, for reporting alone."""
    hungarian: Labelled
    """Labelled by outlet, for reporting alone; each text once."""
    plain: tuple[str, ...]
    """Talk, titles and agencies' headlines that training takes for not sensational."""
    spanish_plain: tuple[str, ...]
    """Talk that is taken for Spanish; some of it is Italian."""
    talk_test: Mapping[str, Talk]
    """Talk by sort; of accounts that training has not seen, where there are accounts."""


def corpora(data: Path) -> Corpora:
    """Read them from the folder of the data.

    Raises:
        UsageError: a file is not there.
    """
    timelines = data / "timelines"
    people, people_test = _halves(_lines(timelines, "humans_dev", "text"))
    others, others_test = _halves(_lines(timelines, "honeypot2010_dev", "text", "legitimate"))
    titles, titles_test = _halves(_lines(timelines, "hackernews_20k", "title"))
    chat, chat_test = _halves(_messages(data))
    agencies, _ = _halves(_lines(data / "neardup", "uci_news_aggregator", "title"))
    return Corpora(
        outlets=_by_source(data, "stop_clickbait"),
        channels=_by_source(data, "youtube_titles_dev"),
        spanish=_by_people(data, "ta1c_es_train"),
        spanish_test=_by_people(data, "ta1c_es_validation"),
        hungarian=_once(_by_source(data, "hu")),
        plain=(
            *_spoken(people, "english")[:2000],
            *_spoken(others, "english")[:3000],
            *chat.texts,
            *titles.texts[:3000],
            *agencies.texts[:3000],
        ),
        spanish_plain=(*_spoken(people, "spanish")[:1500], *_spoken(others, "spanish")),
        talk_test={
            "people": _first(people_test, 5000),
            "people 2010": _first(others_test, 5000),
            "text messages": chat_test,
            "Hacker News titles": _first(titles_test, 5000),
        },
    )


def _by_source(data: Path, name: str) -> Labelled:
    rows = _table(data, f"clickbait/{name}.csv.gz")
    return Labelled(
        tuple(row["text"] for row in rows),
        tuple(int(row["label"]) for row in rows),
        tuple(row.get("channel", str(at)) for at, row in enumerate(rows)),
    )


def _by_people(data: Path, name: str) -> Labelled:
    rows = _table(data, f"clickbait/{name}.csv.gz")
    return Labelled(
        tuple(row["Teaser Text"] for row in rows),
        tuple(int(row["Tag Value"] != "No") for row in rows),
        tuple(map(str, range(len(rows)))),
    )


def _spoken(talk: Talk, wanted: Language) -> list[str]:
    return [
        text
        for text in talk.texts
        if language(wording(text[:LIMIT]).split(), text[:LIMIT]) == wanted
    ]


def _once(corpus: Labelled) -> Labelled:
    first = {text: at for at, text in reversed(list(enumerate(corpus.texts)))}
    return corpus.part(sorted(first.values()))


def _messages(data: Path) -> Talk:
    rows = [row for row in _table(data, "pitch/sms_spam.csv.gz") if row["label"] == "0"]
    return Talk(tuple(row["text"] for row in rows), tuple(map(str, range(len(rows)))))


def _table(data: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(file_in(data, name), "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _lines(folder: Path, name: str, field: str, wanted: str = "") -> Talk:
    with gzip.open(file_in(folder, f"{name}.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if not wanted or row["cls"] == wanted]
    return Talk(
        tuple(row[field] for row in rows),
        tuple(row.get("account") or row["publisher"] for row in rows),
    )


def _halves(talk: Talk) -> tuple[Talk, Talk]:
    """Give the texts of half of the accounts and of the other half, each in chance order."""
    accounts = sorted(set(talk.units))
    chance = Random(_SEED)  # noqa: S311  # seeded, no secret
    chance.shuffle(accounts)
    ours = frozenset(accounts[::2])
    order = list(range(len(talk.texts)))
    chance.shuffle(order)
    return (
        _some(talk, [at for at in order if talk.units[at] in ours]),
        _some(talk, [at for at in order if talk.units[at] not in ours]),
    )


def _first(talk: Talk, count: int) -> Talk:
    return Talk(talk.texts[:count], talk.units[:count])


def _some(talk: Talk, places: Sequence[int]) -> Talk:
    return Talk(tuple(talk.texts[at] for at in places), tuple(talk.units[at] for at in places))
