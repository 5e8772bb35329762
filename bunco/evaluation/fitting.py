"""Fit the models of the sensational score, with scikit-learn.

Used by ``training/``, which writes what ships, and by the study, which trains on one origin
to test on another: both through the same functions.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bunco.evaluation.headlines import Labelled
from bunco.text.cues import NAMES, SHAPES, counts
from bunco.text.language import Language
from bunco.text.sensational import LIMIT
from bunco.text.terms import spanish_terms, spanish_tokens
from bunco.text.weighing import UNIT, Weights, log_odds, scorer_of
from bunco.text.wording import wording

FloatArray: TypeAlias = NDArray[np.float64]
_AT = {name: at for at, name in enumerate(NAMES)}


class Settings(Struct, frozen=True):
    """How a model is fitted; the values are chosen in ``training/README.md``."""

    language: Language
    common: int
    """Words and marks that become sorts of their own."""
    rare: int
    """Terms in fewer texts are left out."""
    freedom: float
    """C of the logistic regression: the inverse of its L2 penalty."""
    term_scale: float
    """How large a term is beside a cue: smaller ones are penalised more."""
    families: Sequence[str] = NAMES
    plain_weight: float = 20_000.0
    """What all talk, titles and agencies' headlines count together."""


MARKS = ("exclamation", "ellipsis")
"""Left out of English: one source has lost them, and in the other a few channels decide what
they mean."""

ENGLISH = Settings(
    "english",
    common=0,
    rare=0,
    freedom=0.03,
    term_scale=0.0,
    families=tuple(name for name in NAMES if name not in MARKS),
    plain_weight=40_000.0,
)
SPANISH = Settings("spanish", common=400, rare=3, freedom=0.06, term_scale=0.25, plain_weight=500.0)
OTHER = Settings("other", common=0, rare=0, freedom=0.03, term_scale=0.0, families=SHAPES)

CORPUS_WEIGHT = 10_000.0
"""What a source counts, however large it is."""

_ROUNDS = 1000


def auc(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Give the area under the ROC curve: the chance that a one scores above a zero."""
    return float(roc_auc_score(labels, scores))


def fit(settings: Settings, sources: Sequence[Labelled], plain: Sequence[str]) -> Weights:
    """Fit a model to sources of equal weight, and texts that are taken for not sensational."""
    texts = [text[:LIMIT] for source in sources for text in source.texts]
    learnt = len(texts)
    texts += [text[:LIMIT] for text in plain]
    labels = [label for source in sources for label in source.labels] + [0] * len(plain)
    weights = [CORPUS_WEIGHT / len(source.texts) for source in sources for _ in source.texts]
    weights += [settings.plain_weight / len(plain) for _ in plain]
    common = _common(settings, [source.texts for source in sources])
    table, terms, scales = _table(settings, texts, frozenset(common), learnt)
    model = LogisticRegression(C=settings.freedom, max_iter=_ROUNDS)
    model.fit(table, labels, sample_weight=np.array(weights) / np.mean(weights))
    found = model.coef_[0]
    kept = len(settings.families)
    return Weights(
        round(float(model.intercept_[0]), 4),
        {
            name: round(float(weight), 4)
            for name, weight in zip(settings.families, found[:kept], strict=True)
        },
        tuple(sorted(common)),
        {
            term: hundredths
            for term, weight in zip(terms, found[kept:] * scales, strict=True)
            if (hundredths := round(float(weight) * UNIT))
        },
    )


def logits(weights: Weights, language: Language, texts: Sequence[str]) -> list[float]:
    """Give the log odds of each text, through the very code that ships."""
    scorer = scorer_of(weights, language)
    cut = [text[:LIMIT] for text in texts]
    return [log_odds(text, wording(text).split(), scorer) for text in cut]


def calibrated(
    weights: Weights, found: Sequence[float], labels: Sequence[int], counts_for: Sequence[float]
) -> Weights:
    """Give the weights scaled and shifted so that odds of texts not trained on fit the labels.

    Source: Platt, Probabilistic outputs for support vector machines, 1999.

    Args:
        weights: the model.
        found: log odds of texts, by models that were not trained on them.
        labels: of those texts.
        counts_for: how much each text counts.
    """
    model = LogisticRegression(C=np.inf, max_iter=_ROUNDS)
    model.fit(np.array(found)[:, None], labels, sample_weight=counts_for)
    factor, shift = float(model.coef_[0][0]), float(model.intercept_[0])
    return Weights(
        round(weights.bias * factor + shift, 4),
        {name: round(weight * factor, 4) for name, weight in weights.cues.items()},
        weights.common,
        {
            term: scaled
            for term, weight in weights.terms.items()
            if (scaled := round(weight * factor))
        },
    )


def _common(settings: Settings, groups: Sequence[Sequence[str]]) -> list[str]:
    """Give the words and marks that are common in every source; labels are not looked at."""
    if not settings.common:
        return []
    shares = []
    for texts in groups:
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(_words(text[:LIMIT]))
        shares.append({word: count / len(texts) for word, count in seen.items()})
    everywhere = set(shares[0]).intersection(*shares[1:])
    order = sorted(everywhere, key=lambda word: (-min(share[word] for share in shares), word))
    return sorted(order[: settings.common])


def _words(text: str) -> set[str]:
    return {token for token in spanish_tokens(text)[0] if not token[0].isupper()}


def _table(
    settings: Settings, texts: Sequence[str], common: frozenset[str], learnt: int
) -> tuple[csr_matrix, list[str], FloatArray]:
    """Give cues and terms of the texts as rows, the terms' names, and what each is scaled by.

    Talk brings no terms of its own: only the first ``learnt`` texts do.
    """
    cues = csr_matrix([_cues(text, settings.families) for text in texts])
    if not settings.common:
        return cues, [], np.zeros(0)
    found = [
        [term if isinstance(term, str) else " ".join(term) for term in spanish_terms(text, common)]
        for text in texts
    ]
    counter = CountVectorizer(analyzer=list, min_df=settings.rare, binary=True)
    counter.fit(found[:learnt])
    present = counter.transform(found).astype(float)
    terms = [str(term) for term in counter.get_feature_names_out()]
    scales = _scales(settings, terms, present[:learnt])
    return hstack([cues, present @ diags(scales)]).tocsr(), terms, scales


def _scales(settings: Settings, terms: Sequence[str], present: csr_matrix) -> FloatArray:
    seen = np.asarray(present.sum(axis=0)).ravel()
    rarity = np.log((1 + present.shape[0]) / (1 + seen))
    by_hand = np.array([len(term) > 1 and term[0] in "#<" and " " not in term for term in terms])
    return np.where(by_hand, 1.0, settings.term_scale * rarity)


def _cues(text: str, families: Sequence[str]) -> list[float]:
    found = counts(text, wording(text).split())
    return [float(found.get(_AT[name], 0)) for name in families]
