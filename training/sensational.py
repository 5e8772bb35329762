"""Train the weights of ``bunco.text.sensational``.

    python -m training.sensational --data DIR            says what it would write
    python -m training.sensational --data DIR --write    also writes the model

Needs scikit-learn (the extra ``evaluate``). The same data and versions give the same weights.
How well they do is measured by ``bunco evaluate sensational``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace
from sklearn.model_selection import StratifiedGroupKFold

from bunco.evaluation.fitting import (
    ENGLISH,
    OTHER,
    SPANISH,
    Settings,
    calibrated,
    fit,
    logits,
)
from bunco.evaluation.headlines import Corpora, Labelled, corpora
from bunco.text import sensational
from bunco.text.sensational import Models
from bunco.text.weighing import Weights

SENSATIONAL_SHARE = 1 / 6
"""How many headlines are taken to be sensational when the score is calibrated. Source: ours,
the largest of 1/4, 1/5, 1/6, 1/7 with which no sort of talk held out comes to .5 more often than
one time in fifty (``training/README.md``)."""

FOLDS = 4

MOST_WEIGHT = 3.0
"""No cue decides alone. Source: ours."""

BY_HAND = {
    "shouting": 0.6,
    "loud word": 0.6,
    "money claim": 1.2,
    "miracle claim": 1.2,
    "urgency": 0.9,
    "forbidden knowledge": 1.2,
}
MARKS_BY_HAND = {"exclamation": 0.3, "emoji": 0.2, "ellipsis": 0.2}
"""The same for marks, but in Spanish, where people's labels tell. Source: ours."""


def main() -> None:
    """Train and, when asked, write the model."""
    parser = argparse.ArgumentParser(description="Train the sensational model.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    models = trained(corpora(asked.data))
    encoded = msgspec.json.format(msgspec.json.encode(models), indent=0) + b"\n"
    for name in Models.__struct_fields__:
        weights: Weights = getattr(models, name)
        print(f"{name}: bias {weights.bias}, {len(weights.terms)} terms, cues")
        print("   ", ", ".join(f"{cue} {weight}" for cue, weight in weights.cues.items()))
    print(f"{len(encoded):,} bytes")
    if asked.write:
        Path(sensational.__file__).with_name("sensational.json").write_bytes(encoded)


def trained(data: Corpora) -> Models:
    """Give the models made from all corpora."""
    english = [data.outlets, data.channels]
    return Models(
        english=_finished(ENGLISH, english, data.plain),
        spanish=_finished(SPANISH, [data.spanish], data.spanish_plain),
        other=_finished(OTHER, [*english, data.spanish], data.plain),
    )


def _finished(settings: Settings, sources: Sequence[Labelled], plain: Sequence[str]) -> Weights:
    """Fit, calibrate on what was held out, and see to the cues that are set by hand."""
    whole = fit(settings, sources, plain)
    found, labels, weights = _held_out(settings, sources, plain)
    model = calibrated(whole, found, labels, weights)
    cues = {name: min(weight, MOST_WEIGHT) for name, weight in model.cues.items()}
    least = BY_HAND if settings.language == "spanish" else BY_HAND | MARKS_BY_HAND
    by_hand = {name: max(cues.get(name, 0.0), weight) for name, weight in least.items()}
    return replace(model, cues=cues | by_hand)


def _held_out(
    settings: Settings, sources: Sequence[Labelled], plain: Sequence[str]
) -> tuple[list[float], list[int], list[float]]:
    """Give log odds of all texts by models that saw neither them nor others of their channel."""
    parts = [_folds(source) for source in sources]
    found: list[float] = []
    labels: list[int] = []
    weights: list[float] = []
    for fold in range(FOLDS):
        model = fit(
            settings,
            [
                source.part([at for at, part in enumerate(own) if part != fold])
                for source, own in zip(sources, parts, strict=True)
            ],
            [text for at, text in enumerate(plain) if at % FOLDS != fold],
        )
        for source, own in zip(sources, parts, strict=True):
            tested = source.part([at for at, part in enumerate(own) if part == fold])
            found += logits(model, settings.language, tested.texts)
            labels += tested.labels
            weights += _shares(settings, source, tested.labels, len(sources))
        found += logits(model, settings.language, plain[fold::FOLDS])
        labels += [0] * len(plain[fold::FOLDS])
        weights += [(1 - SENSATIONAL_SHARE) / 2 / len(plain) for _ in plain[fold::FOLDS]]
    return found, labels, weights


def _folds(source: Labelled) -> list[int]:
    folds = [0] * len(source.texts)
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1)
    for fold, (_, tested) in enumerate(splitter.split(source.texts, source.labels, source.units)):
        for at in tested:
            folds[at] = fold
    return folds


def _shares(
    settings: Settings, source: Labelled, labels: Sequence[int], sources: int
) -> list[float]:
    """Weigh headlines to their shares in life, half of all that is not sensational being talk.

    Outlets and channels come half and half, so they are weighed; people's labels stand.
    """
    if settings.language == "spanish":
        return [1 / len(source.labels)] * len(labels)
    ones = sum(source.labels)
    one = SENSATIONAL_SHARE / sources / ones
    zero = (1 - SENSATIONAL_SHARE) / 2 / sources / (len(source.labels) - ones)
    return [one if label else zero for label in labels]


if __name__ == "__main__":
    main()
