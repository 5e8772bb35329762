"""What a backtest adds up to."""

from datetime import timedelta

from bunco.evaluation.backtest import Outcome, Span
from bunco.evaluation.matching import Difference, Told
from bunco.evaluation.summary import summary
from bunco.evaluation.tally import Tally
from bunco.model import to_ms
from bunco.stores.memory import MemoryStore
from bunco.windows import DAY_MS
from tests.builders import NOON, a_finding
from tests.bunco.evaluation.played import repeated, run_into

START = to_ms(NOON)
DAY = START // DAY_MS


def told(name: str, score: float, day: int = 0) -> Told:
    """Give an episode that opened so many days after the first."""
    return Told(finding=a_finding(id=name, score=score), opened_ms=START + day * DAY_MS)


def outcome(author: str, *found: Difference, days: dict[int, int] | None = None) -> Outcome:
    """Give what the posts of an author came to; a post on each of three days by default."""
    posts = {DAY: 1, DAY + 1: 1, DAY + 2: 1} if days is None else days
    return Outcome(
        author=author,
        posts=sum(posts.values()),
        warming=0,
        span_ms=(min(posts) * DAY_MS, max(posts) * DAY_MS) if posts else None,
        days=posts,
        failed=0,
        differences=found,
    )


def test_findings_count_on_the_side_and_the_day_they_opened() -> None:
    tally = Tally(None, examples=5)
    both = told("a", 0.9)

    tally.add(
        outcome(
            "web:a.example",
            Difference(before=both, after=both),
            Difference(before=told("b", 0.6, day=2)),
            Difference(before=told("c", 0.6, day=0), after=told("c", 0.3, day=1)),
        )
    )

    days = [(day.before, day.after) for day in tally.days()]
    assert days == [
        ({"high": 1, "medium": 1, "low": 0}, {"high": 1, "medium": 0, "low": 0}),
        ({"high": 0, "medium": 0, "low": 0}, {"high": 0, "medium": 0, "low": 1}),
        ({"high": 0, "medium": 1, "low": 0}, {"high": 0, "medium": 0, "low": 0}),
    ]
    assert (tally.total("before"), tally.total("after")) == (3, 2)
    assert tally.changes == {
        ("repeats", "same"): 1,
        ("repeats", "gone"): 1,
        ("repeats", "changed"): 1,
    }


def test_a_side_that_opened_before_the_span_is_not_counted() -> None:
    tally = Tally(START + DAY_MS, examples=5)

    tally.add(
        outcome("web:a.example", Difference(before=told("a", 0.6), after=told("a", 0.6, day=1)))
    )

    assert (tally.total("before"), tally.total("after")) == (0, 1)
    assert tally.with_findings == {"after": 1}


def test_the_loudest_of_each_change_and_the_most_concerned_are_kept() -> None:
    tally = Tally(None, examples=2)

    for number in range(6):
        news = [Difference(after=told(f"{number}{n}", 0.1 * number)) for n in range(number)]
        moved = Difference(before=told(f"m{number}", 0.5), after=told(f"m{number}", 0.1 * number))
        tally.add(outcome(f"web:{number}.example", *news, moved))

    assert [one.shown.id for one in tally.examples["new"]] == ["50", "51"]
    assert [one.shown.id for one in tally.examples["changed"]] == ["m0", "m1"]
    assert tally.examples["gone"] == []
    assert [one.author for one in tally.concerned] == ["web:4.example", "web:5.example"]
    assert tally.concerned[0].changes == {"new": 4, "changed": 1}
    assert tally.concerned[1].changes == {"new": 5}
    assert tally.with_change["new"] == 5


def test_lone_posts_of_other_years_hardly_thin_out_a_day() -> None:
    tally = Tally(None, examples=5)
    years_ago = {DAY - 400 * n: 1 for n in range(1, 5)}
    found = [Difference(before=told(f"{n}", 0.6, day=n // 2)) for n in range(4)]

    tally.add(outcome("web:a.example", *found, days=years_ago | {DAY: 200, DAY + 1: 196}))

    assert tally.per_day("before") == 2 * 396 / 400
    assert [day.posts for day in tally.days()] == [200, 196]


def test_a_day_without_findings_between_two_with_some_is_shown() -> None:
    tally = Tally(None, examples=5)

    tally.add(
        outcome(
            "web:a.example", Difference(after=told("a", 0.6)), Difference(after=told("b", 0.6, 2))
        )
    )

    assert [sum(day.after.values()) for day in tally.days()] == [1, 0, 1]


def test_an_author_without_a_post_in_the_span_is_not_counted() -> None:
    tally = Tally(START, examples=5)

    tally.add(outcome("web:a.example", days={}))

    assert (tally.authors, list(tally.days())) == (0, [])


def test_a_summary_says_what_was_played_and_how_findings_differ() -> None:
    store = MemoryStore()
    run_into(store, repeated("web:a.example", 3, "Council approves new cycle lanes"))
    tally = Tally(None, examples=5)
    tally.add(outcome("web:a.example", Difference(before=told("a", 0.9))))

    found = summary(store, Span(warm_up=timedelta(days=14)), tally, ("repeats.min_count=4",))

    assert found.findings == {"before": 1, "after": 0}
    assert found.per_day == {"before": 0.333, "after": 0.0}
    assert (found.posts, found.missing_posts, found.warm_up_s) == (3, 0, 0)
    assert found.history_from == NOON
    assert found.authors_with == {"new": 0, "gone": 1, "changed": 0}
    (line,) = found.detectors
    assert (line.detector, line.before["high"], line.after["high"], line.gone) == (
        "repeats",
        1,
        0,
        1,
    )


def test_of_nothing_there_is_a_summary_too() -> None:
    found = summary(MemoryStore(), Span(), Tally(None, examples=5), ())

    assert (found.first_at, found.per_day) == (None, {"before": 0, "after": 0})
    assert found.detectors == ()
