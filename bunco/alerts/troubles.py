"""Notice what no finding tells: a source that fails or is silent, a run that has stopped."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bunco.alert_options import AlertOptions
from bunco.alerting import Silence
from bunco.alerts.memory import HEALTH
from bunco.alerts.sightings import Sighting
from bunco.health import is_silent
from bunco.model import SourceState, to_ms

_DAY = timedelta(days=1)


def troubles(
    rule: AlertOptions,
    sources: Mapping[str, SourceState],
    gaps: Mapping[str, timedelta],
    silences: Sequence[Silence],
    now: datetime,
) -> list[Sighting]:
    """Give what is wrong now, one sighting a trouble; it grows by the day it lasts.

    Args:
        rule: says from when on something is a trouble.
        sources: the states of the enabled sources, by name; those paused are left alone.
        gaps: the usual gap between posts of each (``bunco.health.usual_gaps``).
        silences: those on sources keep their troubles quiet.
        now: the present.
    """
    live = {one: state for one, state in sources.items() if not (state.ended or state.paused)}
    stopped = _stopped(rule, live, now)
    if stopped is not None:
        return [stopped]
    quiet = {one.value for one in silences if one.what == "source" and one.until > now}
    found = []
    for name, state in sorted(live.items()):
        if name in quiet:
            continue
        since = state.error_since
        if state.error and since is not None and since <= now - rule.failing_for:
            text = f"The source {name} has failed since {since:%Y-%m-%d %H:%M} UTC: {state.error}"
            found.append(_trouble(f"source {name} fails", since, text, now))
        elif is_silent(state.item_at, now, gaps.get(name)) and state.item_at is not None:
            usual = gaps[name] / timedelta(hours=1)
            text = (
                f"The source {name} has given nothing new since "
                f"{state.item_at:%Y-%m-%d %H:%M} UTC; its usual gap is {usual:g} h"
            )
            found.append(_trouble(f"source {name} is silent", state.item_at, text, now))
    return found


def _stopped(
    rule: AlertOptions, sources: Mapping[str, SourceState], now: datetime
) -> Sighting | None:
    """Give the trouble of a run that reads nothing: every source is overdue."""
    due = [state.next_at for state in sources.values()]
    late = [moment for moment in due if moment is not None and moment < now - rule.stopped_for]
    if not sources or len(late) < len(due):
        return None
    text = (
        f"Nothing has been read since {max(late):%Y-%m-%d %H:%M} UTC, although all "
        f"{len(due)} sources are due: has bunco run stopped?"
    )
    return _trouble("run has stopped", max(late), text, now)


def _trouble(name: str, since: datetime, text: str, now: datetime) -> Sighting:
    days = max(0, (now - since) // _DAY)
    return Sighting(
        id=name, group=HEALTH, growth=f"{to_ms(since):016d} {days:06d}", is_urgent=False, text=text
    )
