"""Measure alerts: a made-up month of 50 sources with 20 promoters, told to one reader.

``python -m bench.alerts`` plays the month and counts the mails: were each finding told when
it opens and grows, as a rule without a quota tells them, and as the default rule does. ``--days``
takes a shorter one.
"""

import argparse
from collections import Counter
from datetime import timedelta

from msgspec.structs import replace

from bunco.alert_preview import Sent, Totals, preview
from bunco.config import from_tables
from bunco.model import Post
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate

SOURCES = 50
AUTHORS = 400
"""Of whom 5 in 100 are promoters: 20."""


def month(days: int) -> tuple[list[Post], set[str]]:
    """Give the posts in the order they were published, and the ids of the promoters."""
    plan = Plan(seed=1, days=days, authors=AUTHORS, posts=AUTHORS * 2 * days, late_percent=0)
    posts, promoters, numbers = [], set(), dict[str, int]()
    for told in simulate(plan):
        if not isinstance(told.item, Post):
            continue
        number = numbers.setdefault(told.item.author, len(numbers)) % SOURCES
        posts.append(replace(told.item, source=f"source-{number:02d}"))
        if told.role == "promoter":
            promoters.add(told.item.author)
    start, end = plan.start, plan.start + timedelta(days=days)
    return sorted(
        (post for post in posts if start <= post.posted_at < end),
        key=lambda post: (post.posted_at, post.id),
    ), promoters


def report(days: int, sent: list[Sent], totals: Totals) -> list[str]:
    """Give what was counted, in lines."""
    by_hour = Counter(f"{one.alert.at:%Y-%m-%d %H}" for one in sent)
    by_author = Counter(
        (topic.group, f"{one.alert.at:%Y-%m-%d %H}") for one in sent for topic in one.alert.topics
    )
    kinds = Counter(one.alert.kind for one in sent)
    largest = max((len(one.message.mail) for one in sent), default=0)
    return [
        f"{totals.posts:,} posts, {days} days",
        f"before grouping: {totals.growths / days:.1f} mails a day",
        f"after: {len(sent) / days:.1f} mails a day {dict(kinds)}",
        f"busiest hour: {max(by_hour.values(), default=0)} mails",
        f"most mails with one author in one hour: {max(by_author.values(), default=0)}",
        f"largest mail: {largest:,} bytes",
    ]


def main() -> None:
    """Play, count, print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--days", type=int, default=30)
    days = asked.parse_args().days
    posts, promoters = month(days)
    print(f"{SOURCES} sources, {AUTHORS} authors, {len(promoters)} promoters")
    for words, more in (("without a quota", {"most_a_day": 100_000}), ("the default rule", {})):
        rule = {"name": "reader", "to": ["reader@example.org"], **more}
        config = from_tables({"alert": [rule]}, where="bench", environment={})
        totals = Totals()
        sent = list(preview(config, posts, totals))
        print("\n".join([f"\n{words}:", *report(days, sent, totals)]))


if __name__ == "__main__":
    main()
