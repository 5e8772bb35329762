"""Run timelines through the real pipeline, with plantings and without, and compare."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bunco.evaluation.planting.model import Planting, Timeline, Tried
from bunco.model import Finding, Post
from bunco.ports.detectors import Detector
from processors.pipeline import Pipeline
from processors.states import States

_AFTER = timedelta(hours=1)
"""A planting is to be found by its own posts, or within so long after the last of them."""
_EVIDENCE = 2
"""So many of its posts in the evidence of a finding say what the finding is about."""


def tried(timeline: Timeline, plantings: Iterable[Planting], detector: Detector[Any, Any]) -> Tried:
    """Run a timeline once as it is, and each planting on a branch of that run.

    The branch begins with the author's state as it was, written and read again as between two
    batches, when the first planted post comes; own posts go on between the planted ones.
    """
    pipeline = Pipeline([detector])
    states = States([detector], lambda _: {}, 1)
    states.prepare([timeline.author])
    in_order = sorted(plantings, key=lambda planting: planting.posts[0].posted_at)
    usual: dict[str, Finding] = {}
    branches: list[Mapping[str, Finding]] = []
    at = 0
    for planting in in_order:
        until = at
        while (
            until < len(timeline.posts)
            and timeline.posts[until].posted_at <= planting.posts[0].posted_at
        ):
            until += 1
        usual |= pipeline.run(timeline.posts[at:until], states).findings
        at = until
        branch = _branch(states, timeline.author, detector)
        posts = merged(timeline.posts[at:], planting)
        branches.append(pipeline.run(posts, branch).findings)
    usual |= pipeline.run(timeline.posts[at:], states).findings
    found = [
        is_found(planting, findings, usual)
        for planting, findings in zip(in_order, branches, strict=True)
    ]
    return Tried(timeline=timeline, alerts=len(usual), plantings=in_order, found=found)


def merged(posts: Sequence[Post], planting: Planting) -> list[Post]:
    """Give planted posts among an author's own, until an hour after the last planted one."""
    end = planting.posts[-1].posted_at + _AFTER
    own = [post for post in posts if post.posted_at <= end]
    return sorted([*own, *planting.posts], key=lambda post: post.posted_at)


def is_found(
    planting: Planting, with_it: Mapping[str, Finding], without: Mapping[str, Finding]
) -> bool:
    """Say whether a finding covers a planting and was not there, or was weaker, without it.

    A planting may fall into an episode that was open anyway: then the finding has to score
    higher than it ever would have. It covers the planting when two planted posts are in its
    evidence; a burst, whose evidence is a sample, also when half of the planted posts lie
    between its first and last post.
    """
    return any(
        (finding.id not in without or finding.score > without[finding.id].score)
        and finding.detector == planting.detector
        and finding.subject == planting.author
        and _covers(finding, planting)
        for finding in with_it.values()
    )


def _covers(finding: Finding, planting: Planting) -> bool:
    shown = sum(post.id in finding.evidence for post in planting.posts)
    if shown >= _EVIDENCE:
        return True
    within = sum(finding.first_at <= post.posted_at <= finding.last_at for post in planting.posts)
    return planting.detector == "bursts" and 2 * within >= len(planting.posts)


def _branch(states: States, author: str, detector: Detector[Any, Any]) -> States:
    kept = states.encoded([author])
    branch = States([detector], lambda _: kept, 1)
    branch.prepare([author])
    return branch
