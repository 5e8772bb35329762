"""The timelines that are planted into: recorded ones and simulated ones."""

import gzip
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from bunco.evaluation.data import file_in
from bunco.evaluation.planting.model import Timeline
from bunco.evaluation.timelines import converted
from bunco.model import Post
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate

RECORDED = {
    "humans": "humans_dev",
    "health outlets": "health_outlets_dev",
    "IRA accounts": "ira_dev",
    "bought followers": "fakefollowers_dev",
}
"""Group of authors → file of the data, without its ending."""


def recorded(data: Path, group: str) -> list[Timeline]:
    """Give the recorded timelines of a group, by author.

    Raises:
        UsageError: the file is not there, by its path.
    """
    path = file_in(data, f"timelines/{RECORDED[group]}.jsonl.gz")
    with gzip.open(path, "rb") as rows:
        return _by_author(group, converted(iter(rows), "twitter"))


def simulated(plan: Plan) -> list[Timeline]:
    """Give the timelines of a simulated stream, grouped by role, in order of arrival."""
    roles: dict[str, str] = {}
    posts: dict[str, list[Post]] = {}
    for told in simulate(plan):
        if isinstance(told.item, Post) and not told.again:
            roles[told.item.author] = f"simulated: {told.role}"
            posts.setdefault(told.item.author, []).append(told.item)
    return [Timeline(roles[author], author, tuple(posts[author])) for author in sorted(posts)]


def halves(timelines: Sequence[Timeline]) -> tuple[list[Timeline], list[Timeline]]:
    """Cut authors in two by a hash of their names: to tune on, and to report on."""
    cut: tuple[list[Timeline], list[Timeline]] = ([], [])
    for timeline in timelines:
        cut[sha256(timeline.author.encode()).digest()[0] % 2].append(timeline)
    return cut


def _by_author(group: str, posts: Iterable[Post]) -> list[Timeline]:
    sorted_out: dict[str, list[Post]] = {}
    for post in posts:
        sorted_out.setdefault(post.author, []).append(post)
    return [Timeline(group, author, tuple(sorted_out[author])) for author in sorted(sorted_out)]
