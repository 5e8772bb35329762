"""Take what was seen into its groups, and out again what is gone: pure, as the policy is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import Note
from bunco.alerts.memory import HEALTH, Group, Member, RuleMemory
from bunco.alerts.sightings import Sighting

_MOST_THINGS = 32
"""Things of a campaign that are remembered. Source: ours."""


def taken_in(
    rule: AlertOptions, memory: RuleMemory, seen: Sequence[Sighting], now: datetime
) -> tuple[RuleMemory, list[Note]]:
    """Give the memory with what was seen, and a note on each finding.

    Args:
        rule: whose memory it is.
        memory: as it was.
        seen: in any order; of an id that comes twice the larger counts.
        now: the present.
    """
    latest: dict[str, Sighting] = {}
    for one in sorted(seen, key=lambda one: (one.id, one.growth, repr(one))):
        latest[one.id] = one
    groups, held, notes = dict(memory.groups), dict(memory.held), []
    for one in latest.values():
        if one.refused is not None:
            outcome, reason = one.refused, one.reason
            groups = _dropped(groups, one.id)
            if outcome == "silenced":
                held[outcome] = held.get(outcome, 0) + 1
        else:
            name = _home(groups, one)
            group = groups.get(name) or Group()
            known = group.members.get(one.id)
            if known is not None and one.growth <= known.growth:
                outcome, reason = "unchanged", "nothing of it grew"
            else:
                outcome, reason = "waiting", "waits in its group"
                groups[name] = _grown(group, one, known, now)
        notes.append(Note(rule=rule.name, finding=one.id, outcome=outcome, reason=reason, at=now))
    return replace(memory, groups=groups, held=held), notes


def _home(groups: Mapping[str, Group], one: Sighting) -> str:
    """Give the group that something belongs to: where it is, or where the same is pushed."""
    if not one.things:
        return one.group
    for name, group in groups.items():
        if one.id in group.members:
            return name
    same = [name for name, group in groups.items() if not set(one.things).isdisjoint(group.things)]
    return min(same, default=one.group)


def _grown(group: Group, one: Sighting, known: Member | None, now: datetime) -> Group:
    member = Member(
        growth=one.growth,
        told="" if known is None else known.told,
        closes_at=one.closes_at,
        is_urgent=one.is_urgent,
        text=one.text,
    )
    return replace(
        group,
        members=dict(sorted((group.members | {one.id: member}).items())),
        since=group.since or now,
        updates=group.updates + 1,
        things=tuple(dict.fromkeys((*group.things, *one.things)))[:_MOST_THINGS],
    )


def _dropped(groups: dict[str, Group], finding: str) -> dict[str, Group]:
    """Give the groups without a finding; what is left to tell is told in its time."""
    for name, group in groups.items():
        if finding in group.members:
            left = {key: one for key, one in group.members.items() if key != finding}
            is_waiting = any(one.growth != one.told for one in left.values())
            since = group.since if is_waiting else None
            groups = groups | {name: replace(group, members=left, since=since)}
    return groups


def without(memory: RuleMemory, removed: Collection[str], now: datetime) -> RuleMemory:
    """Give the memory without findings that are gone; a trouble that is over is closed."""
    groups = memory.groups
    for finding in sorted(removed):
        health = groups.get(HEALTH)
        if health is not None and finding in health.members:
            member = health.members[finding]
            if member.closes_at is not None:
                continue
            if member.told:
                ended = replace(member, growth=f"{member.growth} over", closes_at=now)
                over = replace(health, members=health.members | {finding: ended})
                groups = groups | {HEALTH: replace(over, since=health.since or now)}
                continue
        groups = _dropped(dict(groups), finding)
    return replace(memory, groups=groups)
