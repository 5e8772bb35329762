"""Failing sources, silent ones and a run that has stopped are told; the rest is not."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import Silence
from bunco.alerts.memory import HEALTH
from bunco.alerts.sightings import Sighting
from bunco.alerts.troubles import troubles
from bunco.model import SourceState
from tests.builders import NOON

HOUR = timedelta(hours=1)
RULE = AlertOptions(name="me", health=True)


def state(name: str = "news", **changes: Any) -> SourceState:
    """Give a source that was read a minute ago and is due in ten."""
    fields = {
        "polled_at": NOON - timedelta(minutes=1),
        "next_at": NOON + timedelta(minutes=10),
        "item_at": NOON - HOUR,
    }
    return SourceState(source=name, **(fields | changes))


def wrong(*states: SourceState, silence: Silence | None = None) -> list[Sighting]:
    """Give the troubles at noon; each source usually gives something every three hours."""
    known = {one.source: one for one in states}
    gaps = dict.fromkeys(known, 3 * HOUR)
    return troubles(RULE, known, gaps, [silence] if silence else [], NOON)


def test_sources_that_do_well_are_no_trouble() -> None:
    assert wrong(state("a"), state("b")) == []


def test_a_source_that_fails_for_an_hour_is_told_with_the_reason() -> None:
    failing = state(error="404 Not Found", error_since=NOON - HOUR)

    (trouble,) = wrong(failing, state("other"))

    assert trouble.group == HEALTH
    assert trouble.id == "source news fails"
    assert "404 Not Found" in trouble.text
    assert wrong(state(error="404", error_since=NOON - 0.9 * HOUR)) == []


def test_a_source_far_beyond_its_usual_gap_is_silent() -> None:
    (trouble,) = wrong(state(item_at=NOON - 9.1 * HOUR))

    assert trouble.id == "source news is silent"
    assert "its usual gap is 3 h" in trouble.text
    assert wrong(state(item_at=NOON - 9 * HOUR)) == []


def test_a_silence_keeps_a_source_quiet_while_it_lasts() -> None:
    failing = state(error="404", error_since=NOON - 2 * HOUR)

    def silence(hours: int) -> Silence:
        until = NOON + hours * HOUR
        return Silence(id="s", what="source", value="news", until=until, at=NOON)

    assert wrong(failing, silence=silence(1)) == []
    assert len(wrong(failing, silence=silence(-1))) == 1


def test_a_run_that_reads_nothing_is_one_trouble_and_not_many() -> None:
    late = {"next_at": NOON - timedelta(minutes=16), "error": "away", "error_since": NOON - HOUR}

    (trouble,) = wrong(state("a", **late), state("b", **late))

    assert trouble.id == "run has stopped"
    assert "all 2 sources are due" in trouble.text


def test_one_source_that_is_read_shows_that_the_run_lives() -> None:
    assert wrong(state("a", next_at=NOON - HOUR), state("b")) == []


def test_sources_that_are_paused_are_left_alone() -> None:
    paused = state("a", paused=True, error="gone", error_since=NOON - 9 * HOUR)

    assert wrong(paused) == []
    assert wrong(replace(paused, next_at=NOON - HOUR), state("b")) == []


def test_sources_that_ended_are_left_alone() -> None:
    assert wrong(state(ended=True, error="gone", error_since=NOON - 9 * HOUR)) == []


def test_a_trouble_grows_by_the_day_and_begins_anew_after_its_end() -> None:
    first, later, again = (
        wrong(state(error="x", error_since=NOON - hours * HOUR))[0].growth for hours in (2, 30, 3)
    )

    assert len({first, later, again}) == 3
    assert first.split()[1] == "000000"
    assert later.split()[1] == "000001"
