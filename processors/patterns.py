"""What findings are about, and when a later one is no more than one that was judged.

The rules that detectors share; ``pattern`` and ``covers`` of a detector name the one it goes by.
Source: docs/decisions/0016-verdicts.md.
"""

from math import isfinite, nan, sqrt

from bunco.model import Finding, Number, Pattern
from bunco.text import similarity
from bunco.text.wording import wording

_SPREADS = 2.0
"""A burst that comes again may be so many standard deviations of a Poisson count larger: one
in forty is larger by chance."""
_MOST_MARGIN = 0.5
"""The most that a margin can be: bursts of few posts would else cover their double."""
_SIZES = ("count", "window_count", "window_s", "log10_chance")


def headline_pattern(finding: Finding) -> Pattern:
    """Give the headline a finding is about: that of its first quote."""
    if not finding.quotes:
        return Pattern()
    quote = finding.quotes[0]
    return Pattern(text=quote.text, post=quote.post)


def is_same_headline(judged: Pattern, found: Pattern) -> bool:
    """Tell whether two patterns have the same headline, edits aside."""
    if not judged.text or not found.text:
        return False
    return similarity.same(wording(judged.text), wording(found.text))


def burst_pattern(finding: Finding) -> Pattern:
    """Give the size of a burst: its posts, and its least likely window with its chance."""
    sizes = {name: _number(finding.numbers.get(name)) for name in _SIZES}
    return Pattern(numbers={name: size for name, size in sizes.items() if isfinite(size)})


def is_no_larger_burst(judged: Pattern, found: Pattern) -> bool:
    """Tell whether a burst has hardly more posts than the judged one, and is no denser.

    Denser is one whose least likely window is shorter, unless it is hardly less likely. The
    chance alone would not do: as an author's usual rate falls, the same doing gets less likely.

    The same doing counts a little more or less each time. The margin is two standard deviations
    of the judged window's count, at most a half: 6 posts cover up to 9, 100 up to 120. The
    logarithm of the chance falls about in proportion to the count, hence the same share there.
    """
    if not judged.numbers.keys() & found.numbers.keys() >= set(_SIZES):
        return False
    was, now = judged.numbers, found.numbers
    share = 1 + min(_MOST_MARGIN, _SPREADS / sqrt(max(1.0, was["window_count"])))
    return now["count"] <= share * was["count"] and (
        now["window_s"] >= was["window_s"] or now["log10_chance"] >= share * was["log10_chance"]
    )


def _number(value: Number | None) -> float:
    return float(value) if isinstance(value, int | float) else nan
