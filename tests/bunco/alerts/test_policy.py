"""What is told, what waits, and why."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import Alert
from bunco.alerts.memory import HEALTH, RuleMemory
from bunco.alerts.policy import Decided, decide
from bunco.alerts.sightings import Sighting
from bunco.values import Duration
from tests.builders import NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_rule(**changes: Any) -> AlertOptions:
    return replace(AlertOptions(name="all"), **changes)


def seen(finding: str = "f1", growth: int = 1, author: str = "a", **changes: Any) -> Sighting:
    sighting = Sighting(
        id=finding,
        group=f"author {author}",
        growth=f"{growth:06d}",
        closes_at=NOON + timedelta(days=9),
    )
    return replace(sighting, **changes)


def played(
    rule: AlertOptions, steps: Iterable[tuple[timedelta, Sequence[Sighting]]]
) -> list[Decided]:
    memory, told = RuleMemory(), []
    for after, sightings in steps:
        told.append(decide(rule, memory, sightings, NOON + after))
        memory = told[-1].memory
    return told


def alerts(decisions: Iterable[Decided]) -> list[Alert]:
    return [alert for one in decisions for alert in one.alerts]


def test_who_pushes_the_same_thing_is_told_together_in_whatever_order_they_come() -> None:
    rule = a_rule(group_by="campaign")
    one, two, three, four = (
        seen(f"f{number}", author=str(number), things=things)
        for number, things in enumerate((("x",), ("x", "y"), ("y",), ("z",)))
    )

    for batch in permutations([one, two, three, four]):
        told = alerts(played(rule, [(0 * MINUTE, batch), (2 * MINUTE, [])]))
        assert sorted(alert.topics[0].findings for alert in told) == [("f0", "f1", "f2"), ("f3",)]


def test_one_who_joins_a_campaign_later_comes_as_its_follow_up() -> None:
    rule = a_rule(group_by="campaign")
    steps = [
        (0 * HOUR, [seen("f1", author="a", things=("x",))]),
        (HOUR / 2, []),
        (2 * HOUR, [seen("f2", author="b", things=("x",))]),
        (3 * HOUR, [seen("f1", growth=2, author="a", things=("other",))]),
        (9 * HOUR, []),
    ]

    told = alerts(played(rule, steps))

    assert [alert.topics[0].findings for alert in told] == [("f1",), ("f1", "f2")]
    assert len({alert.thread for alert in told}) == 1


def test_first_finding_waits_for_more_and_both_come_in_one_alert() -> None:
    told = played(
        a_rule(),
        [
            (0 * MINUTE, [seen("f1")]),
            (1 * MINUTE, [seen("f2")]),
            (2 * MINUTE, []),
        ],
    )

    assert [len(one.alerts) for one in told] == [0, 0, 1]
    assert told[0].waiting == {"author a": "waits 2 min for more"}
    assert alerts(told)[0].topics[0].findings == ("f1", "f2")
    assert alerts(told)[0].kind == "new"


def test_follow_ups_come_at_most_once_an_hour_and_ever_more_seldom() -> None:
    growing = [(step * MINUTE, [seen(growth=step + 1)]) for step in range(60 * 24)]

    told = alerts(played(a_rule(), growing))

    gaps = [(b.at - a.at) / HOUR for a, b in pairwise(told)]
    assert gaps == [1, 2, 4, 8]
    assert [alert.kind for alert in told] == ["new", *["update"] * 4]


def test_nothing_is_told_again_unless_it_grew() -> None:
    same = [(step * MINUTE, [seen()]) for step in range(600)]

    told = played(a_rule(), same)

    assert len(alerts(told)) == 1
    assert told[-1].notes[0].outcome == "unchanged"


def test_follow_ups_stand_in_the_thread_of_the_first() -> None:
    first, second = alerts(
        played(
            a_rule(),
            [(0 * HOUR, [seen()]), (MINUTE * 3, []), (HOUR, [seen(growth=2)]), (3 * HOUR, [])],
        )
    )

    assert first.thread == second.thread != ""
    assert second.previous == first.id
    assert second.topics[0].before == {"f1": "000001"}


def test_a_new_episode_after_the_interval_is_new() -> None:
    short: dict[str, Any] = {"closes_at": NOON + HOUR}

    told = alerts(
        played(
            a_rule(),
            [
                (0 * HOUR, [seen(**short)]),
                (3 * MINUTE, []),
                (5 * HOUR, []),
                (6 * HOUR, [seen("f2")]),
                (7 * HOUR, []),
            ],
        )
    )

    assert [alert.kind for alert in told] == ["new", "new"]


def test_many_groups_at_once_come_in_one_alert() -> None:
    told = alerts(
        played(
            a_rule(),
            [(0 * HOUR, [seen(f"f{n}", author=f"a{n}") for n in range(200)]), (HOUR, [])],
        )
    )

    assert [alert.kind for alert in told] == ["summary"]
    assert len(told[0].topics) == 200


def test_quiet_hours_hold_and_end_in_one_alert() -> None:
    rule = a_rule(quiet="12:00-14:00")

    told = played(
        rule,
        [
            (0 * HOUR, [seen(f"f{n}", author=f"a{n}") for n in range(5)]),
            (HOUR, []),
            (2 * HOUR, []),
        ],
    )

    assert [len(one.alerts) for one in told] == [0, 0, 1]
    assert told[1].waiting["author a1"] == "quiet hours until 2026-03-02 14:00 UTC"
    assert alerts(told)[0].kind == "summary"


def test_urgent_findings_pass_quiet_hours() -> None:
    rule = a_rule(quiet="12:00-14:00", urgent="high")

    told = alerts(
        played(rule, [(0 * HOUR, [seen(is_urgent=True), seen("f2", author="b")]), (HOUR, [])])
    )

    assert [alert.topics[0].group for alert in told] == ["author a"]


def test_a_digest_comes_at_its_local_time_with_all_in_it() -> None:
    rule = a_rule(digest="daily 15:00", zone="Europe/Berlin")
    steps = [(n * 10 * MINUTE, [seen(f"f{n}", author=f"a{n % 3}")]) for n in range(20)]

    told = alerts(played(rule, steps))

    assert [alert.kind for alert in told] == ["digest"]
    assert told[0].at == NOON + 2 * HOUR
    assert len(told[0].topics) == 3


def test_a_daily_digest_tells_what_grew_every_day() -> None:
    rule = a_rule(digest="daily 15:00")
    steps = [(n * HOUR, [seen(growth=n + 1)]) for n in range(24 * 5)]

    told = alerts(played(rule, steps))

    assert len(told) == 5


def test_the_quota_ends_with_one_word_and_the_next_day_tells_the_rest() -> None:
    rule = a_rule(most_a_day=3, summary_from=100)
    steps = [(n * 10 * MINUTE, [seen(f"f{n}", author=f"a{n}")]) for n in range(60)]

    told = played(rule, [*steps, (13 * HOUR, [])])

    kinds = [alert.kind for alert in alerts(told) if alert.at < NOON + 12 * HOUR]
    assert kinds == ["new", "new", "new", "muted"]
    assert "silent until 00:00" in told[40].waiting["author a10"]
    tomorrow = [alert for alert in alerts(told) if alert.at >= NOON + 12 * HOUR]
    assert tomorrow


def test_what_was_silenced_is_counted_in_the_next_alert() -> None:
    refused: dict[str, Any] = {"refused": "silenced", "reason": "this author is silenced"}

    told = alerts(
        played(
            a_rule(),
            [
                (0 * MINUTE, [seen("f9", author="z", **refused), seen()]),
                (3 * MINUTE, []),
                (4 * MINUTE, [seen("f2", author="b")]),
                (9 * MINUTE, []),
            ],
        )
    )

    assert told[0].held == {"silenced": 1}
    assert told[1].held == {}


def test_a_silence_reaches_what_waits_already() -> None:
    told = played(
        a_rule(),
        [
            (0 * MINUTE, [seen()]),
            (2 * MINUTE, [seen(refused="silenced", reason="this author is silenced")]),
            (9 * MINUTE, []),
        ],
    )

    assert not alerts(told)
    assert told[1].notes[0].outcome == "silenced"


def test_a_closing_note_comes_when_asked_for() -> None:
    short: dict[str, Any] = {"closes_at": NOON + 3 * HOUR}
    steps: list[tuple[timedelta, list[Sighting]]] = [
        (0 * HOUR, [seen(**short)]),
        (3 * MINUTE, []),
        *((n * HOUR, []) for n in range(1, 9)),
    ]

    kinds = {
        wanted: [alert.kind for alert in alerts(played(a_rule(closing_note=wanted), steps))]
        for wanted in (False, True)
    }

    assert kinds == {False: ["new"], True: ["new", "closing"]}


def test_a_removed_finding_is_told_no_more() -> None:
    first = decide(a_rule(), RuleMemory(), [seen()], NOON)

    told = decide(a_rule(), first.memory, [], NOON + HOUR, removed=["f1"])

    assert not told.alerts
    assert not told.memory.groups


def test_a_trouble_is_told_and_its_end_too() -> None:
    trouble = seen("source news", group=HEALTH, closes_at=None, text="news fails")
    first = decide(a_rule(), RuleMemory(), [trouble], NOON)
    second = decide(a_rule(), first.memory, [trouble], NOON + 2 * MINUTE)
    third = decide(a_rule(), second.memory, [], NOON + 2 * HOUR, removed=["source news"])

    fourth = decide(a_rule(), third.memory, [], NOON + 3 * HOUR, removed=["source news"])

    assert second.alerts[0].topics[0].lines == {"source news": "news fails"}
    assert fourth.alerts[0].topics[0].over == ("source news",)
    assert not decide(a_rule(), fourth.memory, [], NOON + 9 * HOUR).memory.groups


def test_order_within_a_batch_makes_no_difference() -> None:
    batch = [seen("f1"), seen("f1", growth=3), seen("f2", author="b"), seen("f3", is_urgent=True)]

    given_memories = {
        repr(decide(a_rule(), RuleMemory(), list(order), NOON)) for order in permutations(batch)
    }

    assert len(given_memories) == 1


SIGHTINGS = st.builds(
    seen,
    finding=st.sampled_from([f"f{n}" for n in range(6)]),
    growth=st.integers(1, 50),
    author=st.just("a"),
    is_urgent=st.booleans(),
    refused=st.sampled_from([None, None, None, "silenced", "judged", "unmatched"]),
).map(lambda one: replace(one, group=f"author {ord(one.id[-1]) % 3}", reason="so it is"))
STEPS = st.lists(
    st.tuples(st.integers(1, 180), st.lists(SIGHTINGS, max_size=5)), min_size=1, max_size=25
)
RULES = st.builds(
    a_rule,
    quiet=st.sampled_from(["", "22:00-07:00"]),
    digest=st.sampled_from(["", "", "daily 08:00"]),
    urgent=st.sampled_from(["", "high"]),
    most_a_day=st.sampled_from([1, 3, 20]),
    summary_from=st.sampled_from([2, 4]),
    closing_note=st.booleans(),
    wait=st.sampled_from([Duration(0), Duration(minutes=2)]),
    zone=st.sampled_from(["UTC", "America/St_Johns"]),
)


def at_times(steps: list[tuple[int, list[Sighting]]]) -> list[tuple[timedelta, list[Sighting]]]:
    minutes, timed = 0, []
    for wait, sightings in steps:
        minutes += wait
        timed.append((minutes * MINUTE, sightings))
    return timed


@given(rule=RULES, steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_one_group_is_never_told_twice_within_its_interval(
    rule: AlertOptions, steps: list[tuple[int, list[Sighting]]]
) -> None:
    last: dict[str, tuple[datetime, float]] = {}

    for one in played(rule, at_times(steps)):
        for alert in one.alerts:
            for topic in alert.topics:
                if topic.group in last:
                    at, interval = last[topic.group]
                    assert alert.at - at >= timedelta(seconds=interval) >= rule.repeat
                group = one.memory.groups[topic.group]
                last[topic.group] = (alert.at, group.interval_s)


@given(rule=RULES, steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_every_finding_is_told_or_waits_with_a_reason_or_was_refused(
    rule: AlertOptions, steps: list[tuple[int, list[Sighting]]]
) -> None:
    owed: dict[str, str] = {}

    for (_, sightings), one in zip(at_times(steps), played(rule, at_times(steps)), strict=True):
        notes = {note.finding: note for note in one.notes}
        assert notes.keys() == {sighting.id for sighting in sightings}
        assert all(note.reason for note in one.notes)
        for note in one.notes:
            if note.outcome == "waiting":
                owed[note.finding] = f"author {ord(note.finding[-1]) % 3}"
            elif note.outcome != "unchanged":
                owed.pop(note.finding, None)
        for alert in one.alerts:
            for topic in alert.topics:
                owed = {key: group for key, group in owed.items() if key not in topic.findings}
        assert set(owed.values()) <= set(one.waiting)


@given(rule=RULES, steps=STEPS)
@settings(max_examples=30, deadline=None)
def test_the_day_has_no_more_alerts_than_the_quota_and_its_word(
    rule: AlertOptions, steps: list[tuple[int, list[Sighting]]]
) -> None:
    days: dict[str, int] = {}

    for one in played(rule, at_times(steps)):
        days[one.memory.day] = days.get(one.memory.day, 0) + len(one.alerts)

    assert all(count <= rule.most_a_day + 1 for count in days.values())


@given(rule=RULES, steps=STEPS, data=st.data())
@settings(max_examples=30, deadline=None)
def test_the_same_findings_give_the_same_decisions(
    rule: AlertOptions, steps: list[tuple[int, list[Sighting]]], data: st.DataObject
) -> None:
    shuffled = [(wait, data.draw(st.permutations(sightings))) for wait, sightings in steps]

    assert played(rule, at_times(steps)) == played(rule, at_times(shuffled))
