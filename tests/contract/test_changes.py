"""What became of findings, followed by a mark: nothing is missed, whoever wrote it."""

from datetime import timedelta

import pytest

from bunco.errors import UsageError
from bunco.model import Batch, Change, Finding, Removal, Verdict
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from tests.builders import NOON, a_finding
from tests.contract.stores import HOUR, MINUTE, quoting, stored

AUTHOR = "web:example.org"


def followed(store: Store, after: str, limit: int = 500) -> tuple[list[Change], str]:
    """Give all changes since a mark, page by page, and the mark at the end."""
    rows: list[Change] = []
    while True:
        page = store.changes(after, limit=limit)
        rows += page.rows
        after = page.after
        if not page.rows:
            return rows, after


def numbered(number: int, **changes: object) -> Finding:
    return a_finding(**({"id": f"f{number}", "reason": f"Number {number}."} | changes))


def said(finding: Finding, judged: str = "spam", minute: int = 0) -> Verdict:
    return Verdict(
        judged=judged,  # type: ignore[arg-type]  # a word of Judged
        finding=finding.id,
        author=finding.subject,
        at=NOON + minute * MINUTE,
        by="ann",
    )


def test_a_new_store_has_no_changes_and_a_mark(store: Store) -> None:
    page = store.changes(store.changes_mark())

    assert page.rows == ()
    assert page.after


def test_a_mark_of_before_the_first_batch_is_good_after_it(store: Store) -> None:
    mark = store.changes_mark()
    finding = numbered(1)

    store.commit(Batch(findings=(finding,)))

    assert store.changes(mark).rows == (Change(id="f1", finding=finding),)


def test_changes_come_in_the_order_of_writing_not_of_event_time(store: Store) -> None:
    mark = store.changes_mark()

    store.commit(Batch(findings=(numbered(1, last_at=NOON + HOUR),)))
    store.commit(Batch(findings=(numbered(2, first_at=NOON - HOUR, last_at=NOON),)))

    assert [row.id for row in store.changes(mark).rows] == ["f1", "f2"]


def test_what_was_seen_is_not_given_again(store: Store) -> None:
    store.commit(Batch(findings=(numbered(1),)))
    mark = store.changes_mark()

    store.commit(Batch(findings=(numbered(2),)))

    rows, end = followed(store, mark)
    assert [row.id for row in rows] == ["f2"]
    assert store.changes(end).rows == ()


def test_an_update_while_reading_is_given_after_what_was_read(store: Store) -> None:
    mark = store.changes_mark()
    store.commit(Batch(findings=(numbered(1), numbered(2), numbered(3))))

    first = store.changes(mark, limit=2)
    grown = numbered(1, score=0.9)
    store.commit(Batch(findings=(grown,)))
    rest, _ = followed(store, first.after, limit=1)

    assert [row.id for row in first.rows] == ["f1", "f2"]
    assert rest == [
        Change(id="f3", finding=numbered(3)),
        Change(id="f1", finding=grown),
    ]


def test_pages_of_one_row_give_all_rows(store: Store) -> None:
    mark = store.changes_mark()
    store.commit(Batch(findings=tuple(map(numbered, range(5)))))

    rows, _ = followed(store, mark, limit=1)

    assert [row.id for row in rows] == [f"f{number}" for number in range(5)]


def test_a_verdict_is_a_change_of_its_finding(store: Store) -> None:
    finding = numbered(1)
    store.commit(Batch(findings=(finding,)))
    mark = store.changes_mark()

    store.commit(Batch(verdicts=(said(finding),)))

    rows, _ = followed(store, mark)
    assert rows[-1].finding is not None
    assert rows[-1].finding.verdict == said(finding)


def test_a_verdict_is_a_change_of_the_findings_it_quiets(store: Store) -> None:
    judged, quieted = numbered(1), numbered(2, quieted_by="f1")
    store.commit(Batch(findings=(judged, quieted)))
    mark = store.changes_mark()

    store.commit(Batch(verdicts=(said(judged),)))

    rows, _ = followed(store, mark)
    assert {row.id: row.finding and row.finding.quiet for row in rows} == {
        "f1": False,
        "f2": False,
    }


def test_a_finding_whose_text_was_erased_is_a_change(store: Store) -> None:
    store.commit(Batch(posts=(stored(1),), findings=(quoting(1, id="f1"),)))
    mark = store.changes_mark()

    store.commit(Batch(removals=(Removal(removed="post", id="web:example.org/1"),)))

    rows, _ = followed(store, mark)
    assert rows[-1].finding is not None
    assert rows[-1].finding.quotes == ()


def test_a_finding_that_was_removed_is_a_change_without_a_finding(store: Store) -> None:
    store.commit(Batch(findings=(numbered(1), numbered(2, subject="web:other.example"))))
    mark = store.changes_mark()

    store.commit(Batch(removals=(Removal(removed="author", author=AUTHOR),)))

    rows, _ = followed(store, mark)
    assert rows == [Change(id="f1", finding=None)]
    assert [one.id for one in store.findings(FindingQuery()).rows] == ["f2"]
    assert store.finding_ids("f") == ["f2"]
    assert store.stats().findings == store.count_findings(FindingQuery()) == 1


def test_a_removal_is_given_to_one_who_saw_the_finding_on_an_earlier_page(store: Store) -> None:
    mark = store.changes_mark()
    store.commit(Batch(findings=(numbered(1), numbered(2))))
    first = store.changes(mark, limit=1)

    store.commit(Batch(removals=(Removal(removed="author", author=AUTHOR),)))
    rows, _ = followed(store, first.after)

    assert Change(id="f1", finding=None) in rows
    assert all(row.finding is None for row in rows)


def test_numbers_go_on_after_the_latest_findings_were_removed(store: Store) -> None:
    store.commit(Batch(findings=(numbered(1),)))
    store.commit(Batch(findings=(numbered(2, subject="web:other.example"),)))
    mark = store.changes_mark()

    store.commit(Batch(removals=(Removal(removed="author", author="web:other.example"),)))
    store.commit(Batch(findings=(numbered(3),)))

    rows, _ = followed(store, mark)
    assert [row.id for row in rows] == ["f2", "f3"]


def test_from_the_first_on_every_finding_is_given_once(store: Store) -> None:
    store.commit(Batch(findings=(numbered(1), numbered(2))))
    store.commit(Batch(findings=(numbered(1, score=0.8),)))

    rows, _ = followed(store, "")

    assert [row.id for row in rows if row.finding] == ["f2", "f1"]


@pytest.mark.parametrize("mark", ["x", "WzEsMl0", "WyJhYmNkIiwzXQ", "WyJhYmNkIiwtM10"])
def test_a_mark_of_another_store_is_refused(store: Store, mark: str) -> None:
    store.commit(Batch(findings=(numbered(1),)))

    with pytest.raises(UsageError):
        store.changes(mark)


# -- filters and counts of the pages


def test_findings_are_narrowed_to_severities_and_detectors(store: Store) -> None:
    scores = {"low": 0.49, "medium": 0.5, "loud": 0.79, "high": 0.8}
    store.commit(
        Batch(
            findings=tuple(
                a_finding(id=name, score=score, detector="bursts" if name == "loud" else "repeats")
                for name, score in scores.items()
            )
        )
    )

    def found(query: FindingQuery) -> set[str]:
        rows = store.findings(query).rows
        assert store.count_findings(query) == len(rows)
        return {row.id for row in rows}

    assert found(FindingQuery(severities=("medium",))) == {"medium", "loud"}
    assert found(FindingQuery(severities=("low", "high"))) == {"low", "high"}
    assert found(FindingQuery(detectors=("bursts", "crossposts"))) == {"loud"}
    assert found(FindingQuery(detectors=("bursts", "repeats"), severities=("high",))) == {"high"}
    assert found(FindingQuery(detectors=("it's",))) == set()


def test_minutes_count_posts_and_findings_where_they_are(store: Store) -> None:
    times = (0, 0.5, 0.99, 1, 61)
    store.commit(
        Batch(
            posts=tuple(
                stored(at, posted_at=NOON + minutes * MINUTE, source="ab"[at % 2])
                for at, minutes in enumerate(times)
            ),
            findings=(numbered(1), numbered(2), numbered(3, detector="bursts")),
        )
    )

    posts = store.minutes("posts", since=NOON, until=NOON + 2 * HOUR)
    findings = store.minutes("findings", since=NOON - HOUR, until=NOON + 2 * HOUR)

    assert [(one.at, one.key, one.count) for one in posts] == [
        (NOON, "", 3),
        (NOON + MINUTE, "", 1),
        (NOON + 61 * MINUTE, "", 1),
    ]
    assert [(one.at, one.key, one.count) for one in findings] == [
        (numbered(1).first_at, "bursts", 1),
        (numbered(1).first_at, "repeats", 2),
    ]


def test_minutes_at_the_ends_of_a_period_are_whole(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(at, minute=at) for at in range(4))))
    half = MINUTE / 2

    posts = store.minutes("posts", since=NOON + MINUTE + half, until=NOON + 2 * MINUTE + half)

    assert [one.at for one in posts] == [NOON + MINUTE, NOON + 2 * MINUTE]


def test_minutes_of_more_than_a_week_are_refused(store: Store) -> None:
    with pytest.raises(UsageError):
        store.minutes("posts", since=NOON, until=NOON + timedelta(days=7, minutes=1))
