import csv
import gzip
import json
import time
from importlib import resources
from itertools import pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.sensational import EXPLAINED, chance, judge, judge_many, score_many, sensational
from bunco.text.wording import wording
from tests.shared_data import shared

LOUD = [
    "10 Shocking Secrets Doctors Don't Want You To Know",
    "You won't believe what happened next",
    "This one weird trick melts belly fat overnight",
    "17 Things Only People Who Love Coffee Will Understand",
    "She quit her job and now makes $900 a day from home, here's how you can too!!!",
    "7 secretos que nadie te contó sobre las dietas",
    "TOP 10 MOST INSANE MOMENTS CAUGHT ON CAMERA",
    "The real reason why NASA never returned to the Moon",
    "What the government doesn't want you to know about vaccines",
    "Scientists shocked by what they found under the ice",
]

CALM = [
    "Council approves new cycle lanes along the river",
    "Fed official says weak data caused by weather, should not slow taper",
    "3 killed, 12 injured as train derails near Lyon",
    "El Gobierno aprueba los presupuestos para el próximo año",
    "Bundestag beschließt Haushalt für das kommende Jahr",
    "Совет одобрил новые велосипедные дорожки",
    "",
]

TALK = [
    "ok see you at seven then, bring the kids",
    "I can't believe how tired I am. Are you home yet?",
    "@ann lol yes you should come too",
    "Happy birthday dear, love you so much! See you tomorrow.",
    "thanks, I'll call you later",
]


@pytest.mark.parametrize("headline", LOUD)
def test_a_loud_headline_scores_high_and_says_why(headline: str) -> None:
    judgement = judge(headline)

    assert judgement.score >= 0.5
    assert judgement.phrases


@pytest.mark.parametrize("text", [*CALM, *TALK])
def test_news_and_talk_score_low(text: str) -> None:
    assert judge(text).score < 0.5


def test_a_calm_headline_has_no_phrases() -> None:
    judgement = judge(CALM[0])

    assert judgement.score < 0.1
    assert judgement.phrases == ()


def test_louder_is_graded_higher() -> None:
    mild, louder, loudest = (
        judge(text).score
        for text in (
            "Secret behind the new bridge",
            "The shocking secret behind the new bridge",
            "9 Shocking Secrets You Must Know About The New Bridge!!!",
        )
    )

    assert mild < louder < loudest


def test_phrases_name_their_cue_and_stand_where_they_say() -> None:
    headline = "😱 12 Amazing Things You’ll Never Guess — Don't Miss It!!!"

    phrases = judge(headline).phrases

    assert {"hyperbole", "you"} <= {phrase.cue for phrase in phrases}
    for phrase in phrases:
        assert headline[phrase.start : phrase.end] == phrase.text
        assert phrase.weight > 0


@given(st.lists(st.sampled_from([*LOUD, "news", "you", "😱", "…", "é", "'", "12", "\u200b"])))
def test_phrases_never_overlap(parts: list[str]) -> None:
    headline = " ".join(parts)

    phrases = judge(headline).phrases

    assert all(phrase.text == headline[phrase.start : phrase.end] for phrase in phrases)
    assert all(a.end <= b.start for a, b in pairwise(phrases))


@given(st.text(max_size=400))
def test_any_text_is_judged_within_bounds(text: str) -> None:
    judgement = judge(text)

    assert 0 <= judgement.score <= 1
    assert judgement == judge(text)
    assert judgement.score == sensational(text, wording(text))
    assert not judgement.phrases or judgement.score >= EXPLAINED


def test_many_are_judged_in_order() -> None:
    assert judge_many([LOUD[0], CALM[0]]) == [judge(LOUD[0]), judge(CALM[0])]
    assert score_many([LOUD[0], CALM[0]]) == [judge(LOUD[0]).score, judge(CALM[0]).score]


@pytest.mark.parametrize(
    ("headline", "cue", "text"),
    [
        ("El insólito gesto de Messi que nadie esperaba", "curiosity gap", "insólito"),
        ("El insólito gesto de Messi que nadie esperaba", "vague", "gesto"),
        ("Siete trucos para dormir mejor que no conocías", "list", "trucos"),
        ("Siete trucos para dormir mejor que no conocías", "you", "conocías"),
    ],
)
def test_a_spanish_headline_says_which_words_made_it(headline: str, cue: str, text: str) -> None:
    judgement = judge(headline)

    assert judgement.score >= EXPLAINED
    assert any(phrase.cue == cue and text in phrase.text.lower() for phrase in judgement.phrases), (
        judgement
    )


def test_a_promise_in_common_words_is_explained_by_its_wording() -> None:
    judgement = judge("What it is like to be the one who does all of this")

    assert judgement.score >= EXPLAINED
    assert all(
        phrase.text and phrase.weight > 0 and phrase.start < phrase.end
        for phrase in judgement.phrases
    )
    assert judgement.phrases


def test_knowledge_that_is_held_back_is_named() -> None:
    judgement = judge("This is what they don't want you to see about your water")

    assert any(phrase.cue == "forbidden knowledge" for phrase in judgement.phrases)


@pytest.mark.parametrize(
    ("calmer", "louder"),
    [
        ("The bridge opens in June", "This bridge will change how you see June"),
        ("Ten die in flood", "10 things you should know before the flood"),
        ("Minister resigns over emails", "You won't believe why this minister resigned"),
        ("El ministro dimite por los correos", "Por qué dimite el ministro: lo que debes saber"),
        ("La policía detiene a dos hombres", "El insólito motivo de la policía para detenerte"),
    ],
)
def test_what_sells_scores_above_what_tells(calmer: str, louder: str) -> None:
    assert judge(calmer).score < judge(louder).score


def test_a_huge_text_costs_little() -> None:
    began = time.perf_counter()

    judge("you " * 250_000)
    judge("!" * 1_000_000)

    assert time.perf_counter() - began < 0.5


def test_the_model_is_small() -> None:
    model = resources.files("bunco.text") / "sensational.json"

    assert len(model.read_bytes()) < 600_000


def test_scores_rank_as_sources_and_people_do() -> None:
    with gzip.open(shared("clickbait/youtube_titles_dev.csv.gz"), "rt", newline="") as lines:
        english = [(row["text"], row["label"] == "1") for row in csv.DictReader(lines)]
    with gzip.open(shared("clickbait/ta1c_es_validation.csv.gz"), "rt", newline="") as lines:
        spanish = [(row["Teaser Text"], row["Tag Value"] != "No") for row in csv.DictReader(lines)]

    assert _auc(english) >= 0.90
    assert _auc(spanish) >= 0.89


def test_few_conversational_posts_score_half_or_more() -> None:
    with gzip.open(shared("timelines/humans_dev.jsonl.gz"), "rt") as lines:
        people = [json.loads(line)["text"] for line in lines][::23]
    with gzip.open(shared("pitch/sms_spam.csv.gz"), "rt", newline="") as lines:
        chat = [row["text"] for row in csv.DictReader(lines) if row["label"] == "0"]

    assert _share_high(people) <= 0.02
    assert _share_high(chat) <= 0.05


def _share_high(texts: list[str]) -> float:
    return sum(judge(text).score >= 0.5 for text in texts) / len(texts)


def _auc(labelled: list[tuple[str, bool]]) -> float:
    ones = [judge(text).score for text, label in labelled if label]
    zeros = [judge(text).score for text, label in labelled if not label]
    wins = sum((one > zero) + (one == zero) / 2 for one in ones for zero in zeros)
    return wins / (len(ones) * len(zeros))


@given(st.floats(-40, 40))
def test_a_chance_is_rounded_as_round_does(logit: float) -> None:
    assert chance(logit) == round(1 / (1 + exp(-logit)), 3)
