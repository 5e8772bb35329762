"""Say of a group whether it is told now, or why it waits: pure, as the policy is."""

from datetime import datetime, timedelta

from bunco.alert_options import AlertOptions
from bunco.alerts.memory import HEALTH, Group, RuleMemory
from bunco.alerts.times import quiet_until


def due_groups(
    rule: AlertOptions, memory: RuleMemory, now: datetime
) -> tuple[list[str], dict[str, str]]:
    """Give the groups to be told now, and of the others why they wait."""
    due, waiting = [], {}
    for name, group in sorted(memory.groups.items()):
        if group.since is None:
            continue
        if reason := holds(rule, memory, group, now):
            waiting[name] = reason
        else:
            due.append(name)
    return due, waiting


def due_findings(rule: AlertOptions, memory: RuleMemory, now: datetime) -> list[str]:
    """Give the ids of what may be told now: to be looked at once more before it is."""
    due, _ = due_groups(rule, memory, now)
    return sorted({one for name in due if name != HEALTH for one in memory.groups[name].members})


def holds(  # noqa: PLR0911  # one reason a line
    rule: AlertOptions, memory: RuleMemory, group: Group, now: datetime
) -> str:
    """Give why a group is not told yet; empty: it is to be told."""
    is_urgent = _is_urgent(group)
    gathers = is_urgent or not rule.digest
    if gathers and group.since is not None and now < group.since + rule.wait:
        return f"waits {span(rule.wait)} for more"
    if group.told_at is not None and now < group.told_at + timedelta(seconds=group.interval_s):
        return f"told less than {span(timedelta(seconds=group.interval_s))} ago"
    if is_urgent:
        return ""
    if rule.digest:
        if memory.digest_at is not None and now < memory.digest_at:
            return f"for the digest at {memory.digest_at:%Y-%m-%d %H:%M} UTC"
        return ""
    if (end := quiet_until(rule.quiet, rule.zone, now)) is not None:
        return f"quiet hours until {end:%Y-%m-%d %H:%M} UTC"
    if memory.told_at is not None and now < memory.told_at + rule.spacing:
        return f"the rule told something less than {span(rule.spacing)} ago"
    return ""


def _is_urgent(group: Group) -> bool:
    return any(one.is_urgent and one.growth != one.told for one in group.members.values())


def span(length: timedelta) -> str:
    """Give a length of time in words."""
    minutes = length.total_seconds() / 60
    return f"{minutes / 60:g} h" if minutes >= 60 else f"{minutes:g} min"
