"""What verdicts quiet, from post to store, in any batch size."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bunco.model import Batch, Delivery, Finding, Item, Pattern, Post, Removal, Verdict
from bunco.options import PipelineOptions
from bunco.ports.detectors import Detector
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Store
from bunco.stores import memory
from processors import judging
from processors.detectors import bursts, repeats
from processors.embedded import Embedded
from tests.builders import NOON, a_finding, a_post, a_verdict

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANN, BOB = "web:ann.example", "web:bob.example"
TRICK = "The one trick that doctors never tell you about sleep"
EDITED = "🔥 The one TRICK doctors never tell you about your sleep"
BREAD = "How my grandmother baked bread without flour or an oven"
SIZES = [1, 2, 5, 1000]


def said(title: str, start: timedelta, count: int = 3, author: str = ANN) -> list[Post]:
    """Give posts that publish a headline so often, ten minutes apart."""
    name = f"{author}/{start // MINUTE}/{title[:9]}"
    return [
        a_post(start + n * 10 * MINUTE, id=f"{name}/{n}", author=author, title=title, url="")
        for n in range(count)
    ]


def burst(start: timedelta, count: int, author: str = ANN) -> list[Post]:
    """Give posts that come a quarter of a minute apart and have nothing in common."""
    return [
        a_post(
            start + n * MINUTE / 4,
            id=f"{author}/b/{start // MINUTE}/{n}",
            author=author,
            title=f"{'qwertyuiopasdfghjklzxcvbnm'[n % 26] * 9} {n * 7919} {n * 104729}",
            url="",
        )
        for n in range(count)
    ]


def run(store: Store, items: Sequence[Item], size: int = 1000) -> None:
    """Run items through the pipeline, so many a batch, the runtime made anew each time."""
    for start in range(0, len(items), size):
        made: list[Detector[Any, Any]] = [
            bursts.make(bursts.Options()),
            repeats.make(repeats.Options()),
        ]
        batch = Delivery(source="s", items=tuple(items[start : start + size]), cursor=b"")
        Embedded(made, store, PipelineOptions()).step([batch])


def after(*items: Item) -> Store:
    """Give a store after these items."""
    store = memory.make(memory.Options())
    run(store, items)
    return store


def findings(store: Store, kind: str = "repeats") -> list[Finding]:
    """Give the findings of a detector, the first first."""
    return list(reversed(store.findings(FindingQuery(detector=kind)).rows))


def verdict(finding: Finding, judged: Any = "fine", at: timedelta = HOUR, **more: Any) -> Verdict:
    """Give a verdict on a finding, as whoever knows its detector makes it."""
    kinds: dict[str, Detector[Any, Any]] = {
        "bursts": bursts.make(bursts.Options()),
        "repeats": repeats.make(repeats.Options()),
    }
    fields: dict[str, Any] = {
        "judged": judged,
        "finding": finding.id,
        "author": finding.subject,
        "detector": finding.detector,
        "first_at": finding.first_at,
        "pattern": kinds[finding.detector].pattern(finding),
    }
    return a_verdict(at, **(fields | more))


FIRST = said(TRICK, timedelta(0))
(JUDGED,) = findings(after(*FIRST))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("later", "quiet"),
    [
        (said(TRICK, 4 * DAY), True),
        (said(EDITED, 4 * DAY), True),
        (said(BREAD, 4 * DAY), False),
        (said(TRICK, 4 * DAY, author=BOB), False),
    ],
    ids=["same", "edited", "another headline", "another author"],
)
def test_a_fine_verdict_quiets_that_headline_of_that_author(
    later: list[Post], quiet: bool, size: int
) -> None:
    store = after(*FIRST)

    run(store, [verdict(JUDGED), *later], size)

    first, *rest = findings(store)
    assert first.id == JUDGED.id
    assert [(one.quiet, one.quieted_by) for one in rest] == [(quiet, JUDGED.id if quiet else "")]
    assert not findings(after(*FIRST, *later))[1].quiet


def test_before_the_verdict_the_finding_is_loud_and_after_it_quiet_as_it_goes_on() -> None:
    store = after(*FIRST)
    before = findings(store)

    run(store, [verdict(JUDGED), *said(TRICK, HOUR, count=1)])

    (finding,) = findings(store)
    assert (before[0].quiet, finding.quiet, finding.numbers["count"]) == (False, True, 4)
    assert finding.quieted_by == finding.id


def test_a_verdict_without_a_pattern_reaches_its_finding_alone() -> None:
    store = after(*FIRST, verdict(JUDGED, pattern=None), *said(TRICK, HOUR, 1))

    run(store, said(TRICK, 4 * DAY))

    assert [one.quiet for one in findings(store)] == [True, False]


@pytest.mark.parametrize("word", ["none", "spam"])
def test_a_later_word_on_the_finding_lifts_the_quiet(word: str) -> None:
    store = after(*FIRST, verdict(JUDGED), verdict(JUDGED, word, 2 * HOUR))

    run(store, said(TRICK, 4 * DAY))

    assert [one.quiet for one in findings(store)] == [False, False]


def test_spam_on_a_later_finding_of_the_pattern_lifts_the_quiet_for_those_to_come() -> None:
    store = after(*FIRST, verdict(JUDGED), *said(TRICK, 4 * DAY))
    second = findings(store)[1]

    run(store, [verdict(second, "spam", 4 * DAY + HOUR), *said(TRICK, 9 * DAY)])

    assert [one.quiet for one in findings(store)] == [True, False, False]


def test_the_spam_taken_back_the_pattern_is_quiet_again() -> None:
    store = after(*FIRST, verdict(JUDGED), *said(TRICK, 4 * DAY))
    second = findings(store)[1]

    run(store, [verdict(second, "spam", 5 * DAY), verdict(second, "none", 6 * DAY)])
    run(store, said(TRICK, 9 * DAY))

    assert [one.quiet for one in findings(store)] == [True, True, True]


def test_verdicts_that_come_in_another_order_come_to_the_same() -> None:
    words = [verdict(JUDGED), verdict(JUDGED, "spam", 2 * HOUR), verdict(JUDGED, "mute", 3 * HOUR)]
    later = said(TRICK, 4 * DAY)

    one, other = after(*FIRST, *words, *later), after(*FIRST, *reversed(words), *later)

    assert one.author_states([ANN]) == other.author_states([ANN])
    assert findings(one) == findings(other)


def test_a_verdict_twice_changes_nothing() -> None:
    store = after(*FIRST, verdict(JUDGED), verdict(JUDGED, "none", 2 * HOUR))
    before = store.author_states([ANN])

    run(store, [verdict(JUDGED), verdict(JUDGED)])

    assert store.author_states([ANN]) == before
    assert len(store.verdicts(VerdictQuery()).rows) == 2


def burst_judged(count: int = 60) -> tuple[list[Post], Finding]:
    posts = burst(timedelta(0), count)
    (finding,) = findings(after(*posts), "bursts")
    return posts, finding


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("count", "quiet"), [(50, True), (60, True), (150, False)])
def test_a_burst_no_larger_than_the_judged_one_is_quiet(count: int, quiet: bool, size: int) -> None:
    posts, judged = burst_judged()
    store = after(*posts)

    run(store, [verdict(judged), *burst(10 * DAY, count)], size)

    assert [one.quiet for one in findings(store, "bursts")] == [True, quiet]


def test_a_burst_that_outgrows_its_own_verdict_is_loud_again() -> None:
    posts, judged = burst_judged()
    store = after(*posts, verdict(judged, at=15 * MINUTE))
    before = findings(store, "bursts")[0].quiet

    run(store, burst(16 * MINUTE, 60))

    (finding,) = findings(store, "bursts")
    assert (before, finding.quiet) == (True, False)
    assert finding.outgrew == verdict(judged, at=15 * MINUTE).id
    run(store, [verdict(finding, at=HOUR)])
    assert findings(store, "bursts")[0].quiet


def test_a_fine_headline_of_another_detector_quiets_no_repeats() -> None:
    said_there = verdict(JUDGED, detector="crossposts")

    store = after(*FIRST, said_there, *said(TRICK, 4 * DAY))

    assert [one.quiet for one in findings(store)] == [True, False]


def test_a_fine_burst_quiets_no_headline() -> None:
    posts, judged = burst_judged()

    store = after(*posts, verdict(judged), *said(TRICK, 4 * DAY))

    assert [one.quiet for one in findings(store)] == [False]


@pytest.mark.parametrize(
    ("until", "quiet"),
    [(None, True), (NOON + 5 * DAY, True), (NOON + 4 * DAY + 20 * MINUTE, False)],
)
def test_mute_quiets_all_findings_of_the_author_that_end_before_its_end(
    until: Any, quiet: bool
) -> None:
    store = after(*FIRST, verdict(JUDGED, "mute", until=until))

    run(store, [*said(BREAD, 4 * DAY), *said(BREAD, 4 * DAY, author=BOB)])

    quieted = {one.subject: (one.quiet, one.quieted_by) for one in findings(store)[1:]}
    assert quieted == {ANN: (quiet, JUDGED.id if quiet else ""), BOB: (False, "")}


def test_a_muted_finding_that_goes_on_after_the_end_is_loud() -> None:
    muted = verdict(JUDGED, "mute", until=NOON + 30 * MINUTE)
    store = after(*FIRST, muted)
    before = findings(store)[0].quiet

    run(store, said(TRICK, HOUR, count=1))

    assert (before, findings(store)[0].quiet) == (True, False)


def test_quiet_findings_are_in_histories_and_not_in_rankings() -> None:
    store = after(*FIRST, verdict(JUDGED), *said(TRICK, 4 * DAY))

    shown = [entry.finding for entry in store.history(ANN).rows if entry.finding]

    assert len(shown) == 2
    assert store.authors() == []


# -- removals


def test_a_removed_post_takes_its_headline_out_of_the_state() -> None:
    store = after(*FIRST, verdict(JUDGED))

    run(store, [Removal(removed="post", id=post.id) for post in FIRST])
    run(store, said(TRICK, 4 * DAY))

    assert not findings(store)[1].quiet
    run(store, [Removal(removed="post", id=post.id) for post in said(TRICK, 4 * DAY)])
    assert b"trick" not in store.author_states([ANN])[ANN]


@pytest.mark.parametrize("size", SIZES)
def test_a_verdict_that_comes_after_the_removal_of_its_post_brings_no_words(size: int) -> None:
    store = after(*FIRST)
    gone = [Removal(removed="post", id=post.id) for post in FIRST]

    run(store, [*gone, verdict(JUDGED)], size)

    assert b"trick" not in store.author_states([ANN])[ANN]
    (kept,) = store.verdicts(VerdictQuery()).rows
    assert kept.pattern == Pattern()


@pytest.mark.parametrize("size", SIZES)
def test_a_removed_author_takes_the_verdicts_on_what_is_gone(size: int) -> None:
    later = said(BREAD, 4 * DAY)
    second = findings(after(*FIRST, *later))[1]
    store = after(*FIRST, *later, verdict(JUDGED), verdict(second, at=5 * DAY))
    gone = Removal(removed="author", author=ANN, at=NOON + DAY)

    run(
        store,
        [gone, verdict(JUDGED, at=6 * DAY), *said(TRICK, 9 * DAY), *said(BREAD, 9 * DAY)],
        size,
    )

    quiet = {one.quotes[0].text: one.quiet for one in findings(store) if one.id != second.id}
    assert quiet == {TRICK: False, BREAD: True}
    assert [one.finding for one in store.verdicts(VerdictQuery()).rows] == [second.id]


# -- the bound


def test_so_many_judged_findings_of_an_author_are_remembered() -> None:
    said_of = [
        a_verdict(n * MINUTE, judged=word, finding=f"f{n}", pattern=None)
        for n, word in enumerate(["fine", "spam", "mute", "none"] * judging.MOST)
    ]

    kept: list[judging.Judgement] = []
    for one in said_of:
        kept = judging.judged(kept, one, {})

    assert len(kept) == judging.MOST
    assert {one.judged for one in kept} == {"fine", "mute"}
    assert [one.at_ms for one in kept] == sorted(one.at_ms for one in kept)
    assert kept[-1].finding == f"f{len(said_of) - 2}"


def test_what_comes_from_outside_is_cut() -> None:
    numbers = {f"n{n}": 1.0 for n in range(50)} | {"a" * 41: 1.0}

    kept = judging.judgement(a_verdict(pattern=Pattern(text="x" * 9999, numbers=numbers)))

    assert (len(kept.pattern.text), len(kept.pattern.numbers)) == (300, 8)
    assert "a" * 41 not in kept.pattern.numbers


def test_a_verdict_on_a_detector_that_is_not_here_is_kept() -> None:
    store = after(*FIRST, a_verdict(finding="x", author=ANN, detector="crossposts"))

    run(store, said(TRICK, 4 * DAY))

    assert [one.quiet for one in findings(store)] == [False, False]
    store.commit(Batch(findings=(a_finding(id="x", subject=ANN, detector="crossposts"),)))
    assert [one.quiet for one in findings(store, "crossposts")] == [True]


class Defective(repeats.Repeats):
    """A detector that cannot hold patterns against each other."""

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Fail."""
        raise ValueError(f"{judged.text} or {found.text}?")


def test_a_verdict_that_fails_is_set_aside_and_the_rest_goes_on() -> None:
    store = after(*FIRST)
    like = verdict(JUDGED, "spam", 2 * HOUR)
    words = [verdict(JUDGED), a_verdict(3 * HOUR, judged="spam", author=ANN, finding="other")]
    runtime = Embedded([Defective(repeats.Options())], store, PipelineOptions())

    step = runtime.step([Delivery(source="s", items=(*words, like), cursor=b"")])

    (letter,) = store.dead().rows
    assert (step.dead, letter.origin, letter.author) == (1, "judge:repeats", ANN)
    assert len(store.verdicts(VerdictQuery()).rows) == 3
