"""Decide which alerts a rule sends now, and say why: pure, time is an argument.

sightings → taken in, each with a note why it waits → groups that are due → held by digest,
quiet hours, spacing or quota, each with its reason → one alert each, or one for all

The same sightings at the same times give the same decisions, in whatever order they come
within a batch. A finding the rule takes is told, waits in its group with a reason, or is noted
as silenced, judged or late: never lost.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import Alert, AlertKind, Note, Topic, name_of
from bunco.alerts.grouping import taken_in, without
from bunco.alerts.holding import due_groups, holds
from bunco.alerts.memory import HEALTH, Group, RuleMemory
from bunco.alerts.sightings import Sighting
from bunco.alerts.times import local_day, next_digest, next_time


class Decided(Struct, frozen=True, kw_only=True):
    """What one look at the sightings came to."""

    memory: RuleMemory
    alerts: tuple[Alert, ...]
    notes: tuple[Note, ...]
    waiting: dict[str, str]
    """Why each group that has something to tell is not told now."""


def decide(
    rule: AlertOptions,
    memory: RuleMemory,
    seen: Sequence[Sighting],
    now: datetime,
    *,
    removed: Collection[str] = (),
) -> Decided:
    """Decide what a rule tells now.

    Args:
        rule: its times and limits.
        memory: what the decision before left.
        seen: findings that opened or changed since, and troubles; an id may come twice.
        now: the present; never before that of the decision before.
        removed: ids of findings that are gone, and of troubles that are over.
    """
    today = local_day(rule.zone, now)
    if memory.day != today:
        memory = replace(memory, day=today, told_today=0, said_muted=False)
    if rule.digest and memory.digest_at is None:
        memory = replace(memory, digest_at=next_digest(rule.digest, rule.zone, now))
    memory, notes = taken_in(rule, without(memory, removed, now), seen, now)
    due, waiting = due_groups(rule, memory, now)
    memory, alerts = _told(rule, memory, due, now, waiting)
    memory, closing = _closed(rule, memory, now) if not alerts else (memory, [])
    return Decided(
        memory=_tidied(rule, memory, now),
        alerts=(*alerts, *closing),
        notes=tuple(notes),
        waiting=waiting,
    )


# -------------------------------------------------------------------------- telling


def _told(
    rule: AlertOptions,
    memory: RuleMemory,
    due: Sequence[str],
    now: datetime,
    waiting: dict[str, str],
) -> tuple[RuleMemory, list[Alert]]:
    if rule.digest and memory.digest_at is not None and now >= memory.digest_at:
        memory = replace(memory, digest_at=next_digest(rule.digest, rule.zone, now))
        plans: list[tuple[AlertKind, list[str], str]] = [
            ("digest", list(due), f"the digest of {rule.digest}")
        ]
    elif len(due) >= rule.summary_from:
        plans = [("summary", list(due), f"{len(due)} alerts were due at once")]
    else:
        plans = [_alone(memory.groups[name], name) for name in due]
    alerts = []
    for kind, names, reason in plans:
        if not names:
            continue
        if memory.told_today >= rule.most_a_day:
            end = next_time(time(0), rule.zone, now)
            held = f"the rule has told {rule.most_a_day} today: silent until {end:%H:%M} UTC"
            waiting |= dict.fromkeys(names, held)
            if not memory.said_muted:
                memory, alert = _muted(rule, memory, names, now)
                alerts.append(alert)
            continue
        memory, alert = _one(rule, memory, (kind, names, reason), now)
        alerts.append(alert)
    return memory, alerts


def _alone(group: Group, name: str) -> tuple[AlertKind, list[str], str]:
    if group.told_at is None:
        return "new", [name], "something new of this group"
    return "update", [name], "it has grown since it was told last"


def _one(
    rule: AlertOptions,
    memory: RuleMemory,
    plan: tuple[AlertKind, list[str], str],
    now: datetime,
) -> tuple[RuleMemory, Alert]:
    alert = _alert(rule, memory, plan, now)
    groups = dict(memory.groups)
    for name in plan[1]:
        groups[name] = _as_told(rule, groups[name], alert.id, now)
    told = replace(memory, groups=groups, told_at=now, told_today=memory.told_today + 1, held={})
    return told, alert


def _alert(
    rule: AlertOptions,
    memory: RuleMemory,
    plan: tuple[AlertKind, list[str], str],
    now: datetime,
) -> Alert:
    kind, names, reason = plan
    alone = names[0] if len(names) == 1 else ""
    return Alert(
        id=name_of(rule.name, kind, now.isoformat(), *names),
        rule=rule.name,
        kind=kind,
        reason=reason,
        at=now,
        topics=tuple(_topic(name, memory.groups[name], kind) for name in names),
        thread=name_of("thread", rule.name, alone) if alone else "",
        previous=memory.groups[alone].last_alert if alone else "",
        held=memory.held,
    )


def _topic(name: str, group: Group, kind: AlertKind) -> Topic:
    told = {
        key: one
        for key, one in group.members.items()
        if kind == "closing" or one.growth != one.told
    }
    return Topic(
        group=name,
        findings=tuple(told),
        before={key: one.told for key, one in told.items() if one.told},
        updates=group.updates,
        lines={key: one.text for key, one in told.items() if one.text},
        over=tuple(key for key, one in told.items() if one.growth.endswith(" over")),
    )


def _as_told(rule: AlertOptions, group: Group, alert: str, now: datetime) -> Group:
    first = rule.repeat.total_seconds()
    doubled = min(2 * group.interval_s, rule.repeat_most.total_seconds())
    is_first = group.told_at is None or bool(rule.digest)  # a digest has its own rhythm
    return replace(
        group,
        members={key: replace(one, told=one.growth) for key, one in group.members.items()},
        since=None,
        told_at=now,
        interval_s=first if is_first else doubled,
        last_alert=alert,
        updates=0,
    )


def _muted(
    rule: AlertOptions, memory: RuleMemory, names: list[str], now: datetime
) -> tuple[RuleMemory, Alert]:
    reason = f"{rule.most_a_day} alerts today: muted itself until midnight ({rule.zone})"
    waiting = [name for name, group in memory.groups.items() if group.is_waiting]
    alert = Alert(
        id=name_of(rule.name, "muted", now.isoformat()),
        rule=rule.name,
        kind="muted",
        reason=reason,
        at=now,
        topics=(),
        held=memory.held | {"waiting for tomorrow": len(set(waiting) | set(names))},
    )
    return replace(memory, said_muted=True, told_at=now), alert


# -------------------------------------------------------------------------- closing


def _closed(
    rule: AlertOptions, memory: RuleMemory, now: datetime
) -> tuple[RuleMemory, list[Alert]]:
    """Give one closing note at most: episodes that ended while others are told come next."""
    for name, group in sorted(memory.groups.items()):
        if not _wants_closing(rule, name, group) or not _is_over(group, now):
            continue
        if holds(rule, memory, group, now) or memory.told_today >= rule.most_a_day:
            continue
        memory, alert = _one(rule, memory, ("closing", [name], "it is over"), now)
        left = replace(memory.groups[name], members={})
        return replace(memory, groups=memory.groups | {name: left}), [alert]
    return memory, []


def _wants_closing(rule: AlertOptions, name: str, group: Group) -> bool:
    is_told = group.told_at is not None and not group.is_waiting and bool(group.members)
    return rule.closing_note and name != HEALTH and is_told


def _is_over(group: Group, now: datetime) -> bool:
    members = group.members.values()
    return all(one.closes_at is not None and one.closes_at <= now for one in members)


def _tidied(rule: AlertOptions, memory: RuleMemory, now: datetime) -> RuleMemory:
    """Forget groups that are over, once their interval has passed too."""

    def is_kept(name: str, group: Group) -> bool:
        interval = timedelta(seconds=group.interval_s)
        is_fresh = group.told_at is not None and now < group.told_at + interval
        is_going_on = group.is_waiting or not _is_over(group, now)
        return is_going_on or is_fresh or _wants_closing(rule, name, group)

    groups = {name: group for name, group in memory.groups.items() if is_kept(name, group)}
    return replace(memory, groups=groups)


def due_findings(rule: AlertOptions, memory: RuleMemory, now: datetime) -> list[str]:
    """Give the ids of what may be told now: to be looked at once more before it is."""
    due, _ = due_groups(rule, memory, now)
    return sorted({one for name in due if name != HEALTH for one in memory.groups[name].members})
