"""Which time the page of an author shows."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bunco.alerts.contents import contents_of
from bunco.alerts.sections import Desk
from dashboards.pages.author import Period, period
from tests.builders import NOON, a_finding
from tests.contract.test_ledgers import an_alert

HOUR = timedelta(hours=1)


def test_the_link_of_a_mail_shows_the_time_of_its_finding() -> None:
    finding = a_finding()
    desk = Desk(base_url="http://x", key=b"k", link_life=timedelta(days=1))
    contents = contents_of(
        an_alert("a1", "f1"), {"f1": finding}, {}, desk, subject="s", recipient="r"
    )
    query = dict(parse_qsl(urlsplit(contents.sections[0].links[0].url).query))

    shown = period(query, NOON + 90 * HOUR)

    assert shown.is_named
    assert shown.since == finding.first_at - timedelta(minutes=10)
    assert shown.until == finding.last_at + timedelta(minutes=10)


def test_days_go_back_from_the_last_post() -> None:
    assert period({"days": "7"}, NOON) == Period(since=NOON - 7 * 24 * HOUR)
    assert period({"days": "9" * 400}, NOON) == Period(since=NOON - timedelta(days=3650))
    assert period({"days": "7"}, None) == Period()


def test_a_named_time_goes_before_days() -> None:
    shown = period({"days": "7", "since": "2026-03-01T00:00:00"}, NOON)

    assert shown == Period(since=NOON.replace(day=1, hour=0), is_named=True)


@pytest.mark.parametrize(
    "query",
    [{}, {"since": "soon"}, {"until": "0001-01-01T00:00:00+23:59"}, {"days": "-1"}, {"days": "²"}],
)
def test_what_cannot_be_read_shows_everything(query: Any) -> None:
    assert period(query, NOON) == Period()
