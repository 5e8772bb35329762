"""Verdicts in every kind of store: kept, shown beside findings, and what they keep quiet."""

from datetime import timedelta
from typing import Any

import pytest

from bunco.model import Batch, Finding, Pattern, Removal, Verdict
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Store
from tests.builders import NOON, a_finding, a_verdict
from tests.contract.stores import HOUR, LOUD, answers, paged, quoting, stored

AUTHOR = "web:example.org"
OTHER = "web:other.example"


def judged(store: Store, *verdicts: Verdict) -> None:
    store.commit(Batch(verdicts=verdicts))


def found(store: Store, name: str = "f1") -> Finding:
    finding = store.finding(name)
    assert finding is not None
    return finding


def test_a_verdict_comes_back_as_it_went_in(store: Store) -> None:
    verdict = a_verdict(
        judged="mute",
        until=NOON + timedelta(days=7),
        because="seen <b>it</b> 😀",
        pattern=Pattern(numbers={"count": 12.0, "log10_chance": -4.5}),
    )

    judged(store, verdict)

    assert store.verdicts(VerdictQuery()).rows == (verdict,)


@pytest.mark.parametrize("first", ["finding", "verdict"])
def test_a_finding_shows_its_verdict_whichever_of_them_comes_first(
    store: Store, first: str
) -> None:
    batches = [Batch(findings=(quoting(),)), Batch(verdicts=(a_verdict(),))]

    for batch in batches if first == "finding" else reversed(batches):
        store.commit(batch)

    assert found(store).verdict == a_verdict()
    assert store.findings(FindingQuery()).rows[0].verdict == a_verdict()
    (entry,) = store.history(AUTHOR).rows
    assert entry.finding == found(store)


def test_a_verdict_stays_beside_a_finding_that_goes_on(store: Store) -> None:
    store.commit(Batch(findings=(quoting(),)))
    judged(store, a_verdict())

    store.commit(Batch(findings=(quoting(score=0.9, last_at=NOON + 5 * HOUR),)))

    assert (found(store).score, found(store).verdict) == (0.9, a_verdict())
    assert found(store).quiet


def test_what_was_read_may_be_written_again(store: Store) -> None:
    store.commit(Batch(findings=(quoting(),), verdicts=(a_verdict(),)))
    read = found(store)
    judged(store, a_verdict(5 * HOUR, judged="spam"))

    store.commit(Batch(findings=(read,)))

    assert (found(store).quiet, found(store).verdict) == (
        False,
        a_verdict(5 * HOUR, judged="spam"),
    )


@pytest.mark.parametrize(
    ("words", "quiet"),
    [
        (["spam"], False),
        (["fine"], True),
        (["mute"], True),
        (["fine", "none"], False),
        (["fine", "spam"], False),
        (["spam", "fine"], True),
        (["none", "fine"], True),
    ],
)
def test_the_latest_verdict_counts_and_all_are_kept(
    store: Store, words: list[str], quiet: bool
) -> None:
    said = [a_verdict((hour + 4) * HOUR, judged=word) for hour, word in enumerate(words)]
    store.commit(Batch(findings=(quoting(),)))

    judged(store, *reversed(said))

    assert (found(store).quiet, found(store).verdict) == (quiet, said[-1])
    assert store.verdicts(VerdictQuery(finding="f1")).rows == tuple(reversed(said))


def test_the_same_verdict_twice_changes_nothing(store: Store) -> None:
    store.commit(Batch(findings=(quoting(),), verdicts=(a_verdict(),)))
    judged(store, a_verdict(5 * HOUR, judged="none"))
    before = answers(store)

    judged(store, a_verdict())

    assert answers(store) == before


@pytest.mark.parametrize(
    ("until", "quiet"), [(None, True), (NOON + 3 * HOUR, False), (NOON + 4 * HOUR, True)]
)
def test_a_muted_finding_is_quiet_if_it_ends_before(store: Store, until: Any, quiet: bool) -> None:
    store.commit(Batch(findings=(quoting(last_at=NOON + 3 * HOUR),)))

    judged(store, a_verdict(judged="mute", until=until))

    assert found(store).quiet is quiet


def test_a_finding_that_outgrew_its_verdict_is_loud_until_it_is_judged_again(
    store: Store,
) -> None:
    store.commit(Batch(findings=(quoting(outgrew=a_verdict().id),), verdicts=(a_verdict(),)))
    outgrown = found(store)

    judged(store, a_verdict(6 * HOUR))

    assert (outgrown.quiet, found(store).quiet) == (False, True)


@pytest.mark.parametrize("word", ["none", "spam"])
def test_what_a_verdict_quieted_is_loud_again_when_it_is_replaced(store: Store, word: str) -> None:
    like = a_finding(id="f2", quieted_by="f1", quiet=True)
    store.commit(Batch(findings=(quoting(), like), verdicts=(a_verdict(),)))
    before = found(store, "f2").quiet

    judged(store, a_verdict(6 * HOUR, judged=word))

    assert (before, found(store, "f2").quiet) == (True, False)
    judged(store, a_verdict(7 * HOUR))
    assert found(store, "f2").quiet


def test_a_word_on_the_finding_itself_comes_before_one_on_another(store: Store) -> None:
    like = a_finding(id="f2", quieted_by="f1", quiet=True)
    store.commit(Batch(findings=(quoting(), like), verdicts=(a_verdict(),)))

    judged(store, a_verdict(3 * HOUR, finding="f2", judged="spam"))

    assert not found(store, "f2").quiet


def test_rankings_and_summaries_leave_out_what_is_quiet(store: Store) -> None:
    findings = (
        a_finding(id="f1", score=0.9, reason="the loudest"),
        a_finding(id="f2", score=0.2, reason="the other"),
        a_finding(id="f3", subject=OTHER, score=0.5),
        a_finding(id="f4", subject="web:third.example", quieted_by="f9", quiet=True),
    )
    store.commit(Batch(posts=(stored(),), findings=findings))

    judged(store, a_verdict())

    ranked = store.authors()
    assert [(one.author, one.findings, one.points) for one in ranked] == [
        (OTHER, 1, 0.5),
        (AUTHOR, 1, 0.2),
    ]
    assert store.author(AUTHOR) == ranked[1]
    assert ranked[1].worst == "the other"
    third = store.author("web:third.example")
    assert third is not None
    assert (third.findings, third.detectors) == (0, {})
    assert [one.id for one in store.findings(LOUD).rows] == ["f2", "f3"]


def test_findings_are_found_by_what_was_said_of_them(store: Store) -> None:
    store.commit(Batch(findings=tuple(a_finding(id=f"f{n}") for n in range(1, 7))))

    judged(
        store,
        a_verdict(finding="f1", judged="spam"),
        a_verdict(finding="f2", judged="fine"),
        a_verdict(finding="f3", judged="mute"),
        a_verdict(finding="f4", judged="spam"),
        a_verdict(5 * HOUR, finding="f4", judged="none"),
        a_verdict(finding="f5", judged="fine"),
        a_verdict(5 * HOUR, finding="f5", judged="spam"),
    )

    def ids(word: Any) -> list[str]:
        query = FindingQuery(verdict=word)
        return [one.id for one in paged(lambda after: store.findings(query, limit=1, after=after))]

    assert {word: ids(word) for word in ("spam", "fine", "mute", "none")} == {
        "spam": ["f1", "f5"],
        "fine": ["f2"],
        "mute": ["f3"],
        "none": ["f4", "f6"],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (VerdictQuery(finding="f2"), ["f2"]),
        (VerdictQuery(author=OTHER), ["f3"]),
        (VerdictQuery(detector="bursts"), ["f2"]),
        (VerdictQuery(by="bob"), ["f3", "f2"]),
        (VerdictQuery(judged="spam"), ["f3"]),
        (VerdictQuery(by="bob", judged="fine"), ["f2"]),
        (VerdictQuery(by="nobody"), []),
    ],
)
def test_verdicts_are_found_by_what_they_say(
    store: Store, query: VerdictQuery, expected: list[str]
) -> None:
    judged(
        store,
        a_verdict(HOUR),
        a_verdict(2 * HOUR, finding="f2", detector="bursts", by="bob"),
        a_verdict(3 * HOUR, finding="f3", author=OTHER, by="bob", judged="spam"),
    )

    shown = paged(lambda after: store.verdicts(query, limit=1, after=after))

    assert [one.finding for one in shown] == expected


def test_ids_of_findings_are_found_by_how_they_begin(store: Store) -> None:
    names = ("ab1", "ab2", "abc", "b1")
    store.commit(Batch(findings=tuple(a_finding(id=name) for name in names)))

    assert store.finding_ids("ab") == ["ab1", "ab2", "abc"]
    assert store.finding_ids("ab", limit=2) == ["ab1", "ab2"]
    assert store.finding_ids("abc") == ["abc"]
    assert store.finding_ids("c") == []
    assert store.finding_ids("a*") == []


# -- removals


@pytest.mark.parametrize("removed_first", [True, False])
def test_a_removed_post_takes_its_words_out_of_verdicts(store: Store, removed_first: bool) -> None:
    batches = [
        Batch(verdicts=(a_verdict(),)),
        Batch(removals=(Removal(removed="post", id="web:example.org/1"),)),
    ]
    store.commit(Batch(posts=(stored(),), findings=(quoting(),)))

    for batch in reversed(batches) if removed_first else batches:
        store.commit(batch)

    (verdict,) = store.verdicts(VerdictQuery()).rows
    assert verdict.pattern == Pattern()
    assert (verdict.because, found(store).verdict) == ("the council repeats itself", verdict)
    assert b"cycle lanes" not in answers(store)


def test_a_removed_author_takes_the_verdicts_along(store: Store) -> None:
    store.commit(
        Batch(
            posts=(stored(),),
            findings=(quoting(), a_finding(id="f2", first_at=NOON + 2 * HOUR)),
            verdicts=(
                a_verdict(),
                a_verdict(finding="f2", first_at=NOON + 2 * HOUR),
                a_verdict(finding="f3", author=OTHER),
            ),
        )
    )

    store.commit(Batch(removals=(Removal(removed="author", author=AUTHOR, at=NOON + HOUR),)))
    judged(store, a_verdict(5 * HOUR))

    assert [one.finding for one in store.verdicts(VerdictQuery()).rows] == ["f2", "f3"]
    assert found(store, "f2").verdict is not None


def test_a_commit_from_beside_the_pipeline_is_noticed_though_it_rests_on_a_version(
    store: Store,
) -> None:
    version = store.version()

    store.commit(
        Batch(
            verdicts=(a_verdict(),),
            author_states={AUTHOR: b"new"},
            on_version=version,
            is_beside=True,
        )
    )

    assert store.version() != version
