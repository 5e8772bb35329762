"""How often the detectors are right, by what people said of their findings.

store → findings judged spam or fine → precision by detector and severity → figures
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import sqrt
from typing import Literal, TypeAlias

from bunco.evaluation.model import Figure
from bunco.model import Finding, Judged
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store

Word: TypeAlias = Literal["spam", "fine"]

OVERALL = "all"
_RIGHT: Word = "spam"
_WRONG: Word = "fine"
_Z = 1.959964
"""The 97.5 % point of the standard normal distribution."""
_AT_ONCE = 500
_BANDS = ("", "high", "medium", "low")


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Give the ends of the 95 % score interval of a share; NaN for a share of nothing.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]

    Source: Wilson 1927, JASA 22, 209-212; chosen by Brown, Cai & DasGupta 2001, Statistical
    Science 16, 101-133, for small counts.
    """
    if not count:
        return float("nan"), float("nan")
    share, square = hits / count, _Z * _Z
    middle = share + square / (2 * count)
    reach = _Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
    scale = 1 + square / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def precision_figures(store: Store, detectors: Iterable[str] = ()) -> tuple[Figure, ...]:
    """Give how many of the judged findings are spam, by detector and severity, and over all.

    The latest verdict on each finding counts; muted findings and those whose verdict was taken
    back do not. Findings are taken one by one: several of one author are several.

    Args:
        store: is asked for every judged finding.
        detectors: only these; none named: all there are.
    """
    wanted = set(detectors)
    words: Counter[tuple[str, str, Word]] = Counter()
    for word in (_RIGHT, _WRONG):
        for finding in _judged(store, word):
            if not wanted or finding.detector in wanted:
                for name in (finding.detector, OVERALL):
                    words[name, "", word] += 1
                    words[name, finding.severity, word] += 1
    names = sorted({name for name, _, _ in words} - {OVERALL})
    return tuple(
        _figure(name, band, words)
        for name in [*names, *([OVERALL] if len(names) > 1 else [])]
        for band in _BANDS
        if words[name, band, _RIGHT] + words[name, band, _WRONG]
    )


def _figure(name: str, band: str, words: Counter[tuple[str, str, Word]]) -> Figure:
    right, wrong = words[name, band, _RIGHT], words[name, band, _WRONG]
    low, high = wilson(right, right + wrong)
    of = f" of severity {band}" if band else ""
    return Figure(
        detector=name,
        measure=f"precision{of} by verdicts: {right:,} spam, {wrong:,} fine",
        value=right / (right + wrong),
        low=low,
        high=high,
        count=right + wrong,
        unit="findings",
    )


def _judged(store: Store, word: Judged) -> Iterator[Finding]:
    after = ""
    while True:
        page = store.findings(FindingQuery(verdict=word), limit=_AT_ONCE, after=after)
        yield from page.rows
        if not (after := page.after):
            return
