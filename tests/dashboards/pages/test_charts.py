"""Charts that tell their numbers in words too."""

from datetime import timedelta, timezone

from dashboards.pages.charts import Bar, bars, heat, rate_chart, timeline
from dashboards.views.author_rate import rate
from dashboards.views.author_rhythm import rhythm
from tests.builders import NOON, a_finding


def test_a_bar_is_as_high_as_its_share_of_the_highest() -> None:
    written = bars([Bar(parts=(("b-posts", 1),)), Bar(parts=(("b-posts", 4),))], told="Posts.")

    assert 'height="25"' in written
    assert 'aria-label="Posts."' in written
    assert ">4</span>" in written


def test_nothing_is_said_to_be_nothing() -> None:
    assert "Nothing in this time." in bars([Bar(parts=(("b-posts", 0),))], told="Posts.")


def test_days_within_a_burst_are_marked_and_told() -> None:
    burst = a_finding(detector="bursts", first_at=NOON, last_at=NOON)

    written = rate_chart(rate([NOON], [burst], timezone.utc))  # noqa: UP017

    assert "b-marked" in written
    assert "1 day within a burst" in written


def test_each_detector_has_a_lane_and_severity_a_height() -> None:
    findings = [a_finding(score=0.9), a_finding(id="b", detector="bursts", score=0.1)]

    written = timeline([NOON, NOON + timedelta(hours=1)], findings, told="All.")

    assert "<li>bursts</li><li>repeats</li>" in written
    assert "b-fill-high" in written
    assert 'height="4"' in written


def test_an_empty_timeline_is_nothing() -> None:
    assert timeline([], [], told="") == ""


def test_the_week_is_a_table_with_headings_and_counts() -> None:
    written = heat(rhythm([NOON, NOON], timezone.utc))  # noqa: UP017

    assert written.count('scope="row"') == 7
    assert written.count('scope="col"') == 24
    assert 'title="Monday 12:00, 2 posts"' in written
