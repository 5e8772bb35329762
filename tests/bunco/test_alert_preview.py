"""What rules would have sent, from posts alone: nothing is written, nothing goes out."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bunco import alert_preview
from bunco.alert_preview import Sent, Totals, preview, stored_posts
from bunco.config import from_tables
from bunco.errors import UsageError
from bunco.model import Batch, Post
from bunco.stores import memory
from tests.builders import NOON, a_post, an_enriched

MINUTE = timedelta(minutes=1)


def posts(
    author: str = "web:deals.example", count: int = 6, after: timedelta = MINUTE
) -> list[Post]:
    """Give the same headline again and again."""
    return [
        a_post(
            after + number * MINUTE,
            id=f"{author}/{number}",
            author=author,
            title="Plumbers HATE this one weird trick",
        )
        for number in range(count)
    ]


def sent(given: list[Post], totals: Totals | None = None, **rule: Any) -> list[Sent]:
    """Give what a rule would have sent."""
    tables = {"alert": [{"name": "me", "to": ["ann@example.org"], **rule}]}
    config = from_tables(tables, where="tests", environment={})
    ordered = sorted(given, key=lambda post: (post.posted_at, post.id))
    return list(preview(config, ordered, totals or Totals()))


def test_one_who_repeats_is_told_at_the_time_of_the_posts_and_once_more_when_it_grew() -> None:
    totals = Totals()

    first, second = sent(posts(), totals)

    assert totals.posts == 6
    assert totals.growths >= 2
    assert NOON < first.alert.at < NOON + timedelta(minutes=10)
    assert second.alert.at == first.alert.at + timedelta(hours=1)
    assert "deals.example" in first.message.subject


def test_the_same_posts_give_the_same_mails() -> None:
    first, second = sent(posts()), sent(posts())

    assert [one.message.id for one in first] == [one.message.id for one in second]


def test_each_rule_and_recipient_is_counted() -> None:
    both = sent(posts(), to=["ann@example.org", "bob@example.org"])

    assert {one.message.recipient for one in both} == {"ann@example.org", "bob@example.org"}


def test_what_waits_longer_than_the_last_post_is_told_all_the_same() -> None:
    (one,) = sent(posts(), digest="daily 08:00")

    assert one.alert.kind == "digest"
    assert one.alert.at == datetime.fromisoformat("2026-03-03 08:00+00:00")


def test_authors_who_push_one_headline_come_in_one_mail_where_asked() -> None:
    authors = [f"web:{name}.example" for name in ("a", "b", "c")]
    given = [post for author in authors for post in posts(author)]

    apart = [one for one in sent(given, summary_from=9) if one.alert.kind == "new"]
    (together,) = [one for one in sent(given, group_by="campaign") if one.alert.kind == "new"]

    assert len(apart) == 3
    assert len(together.alert.topics) == 1
    assert ", and so did 2 others" in together.message.subject
    assert all(name in together.message.text for name in ("a.example", "b.example", "c.example"))


def test_no_posts_come_to_nothing() -> None:
    assert sent([]) == []


def test_posts_of_a_period_come_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    store = memory.PART.make(memory.Options())
    store.commit(Batch(posts=tuple(an_enriched(id=f"p{n}", after=-n * MINUTE) for n in range(3))))

    assert [one.id for one in stored_posts(store, NOON - MINUTE, None)] == ["p1", "p0"]
    monkeypatch.setattr(alert_preview, "MOST", 1)
    with pytest.raises(UsageError, match="take a shorter period"):
        stored_posts(store, NOON - timedelta(days=1), None)
