"""A member of a group, before it reads anything."""

import threading
from datetime import timedelta

import pytest

from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams import topics
from bunco.streams.admin import administration
from bunco.streams.consuming import Member

pytestmark = pytest.mark.services


def joined(options: KafkaOptions) -> None:
    Member(options, ["posts", "dead"], "sink", timedelta(seconds=10)).close()


def test_topics_that_a_broker_shows_late_are_waited_for(kafka: str) -> None:
    options = KafkaOptions(bootstrap=(kafka,), prefix="t-member-late")
    made = threading.Timer(2, topics.create, [options])
    made.start()

    joined(options)

    made.join()
    with administration(options) as admin:
        admin.delete_topics([spec.name for spec in topics.wanted(options)])


def test_topics_that_stay_missing_are_named(kafka: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bunco.streams.connection.SHOWN_SECONDS", 1.0)
    with pytest.raises(BrokerError, match=r"t-member-nowhere\.dead, t-member-nowhere\.posts"):
        joined(KafkaOptions(bootstrap=(kafka,), prefix="t-member-nowhere"))
