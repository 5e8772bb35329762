"""The settings page tells how alerts stand."""

from datetime import timedelta

from bunco.alerting import Standing
from dashboards.pages.settings import alerting
from tests.builders import NOON


def test_each_rule_has_a_line_with_what_went_and_what_waits() -> None:
    told = Standing(
        rule="me",
        sent_at=NOON - timedelta(hours=2),
        waiting=3,
        on_the_way=1,
        failed=2,
        error="550 <no> such user",
    )

    shown = str(alerting([told, Standing(rule="new")], NOON))

    assert ">2 h ago</time>" in shown
    assert "550 &lt;no&gt; such user" in shown
    assert [f">{count}</td>" in shown for count in (3, 1, 2)] == [True] * 3
    assert "never" in shown


def test_where_nothing_is_known_of_alerts_it_says_so() -> None:
    assert "not known here" in str(alerting(None, NOON))
