"""An episode is told once a batch, and as it would have been told at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bunco.model import Finding, Item, Pattern, Post, Removal
from bunco.ports.detectors import Detector
from processors.detectors import bursts, crossposts, repeats
from processors.pipeline import Outcome, Pipeline
from processors.states import States
from tests.builders import a_post, a_verdict

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANN = "reddit:ann"
TRICK = "This one weird trick melts belly fat while you sleep tonight"
NEIGHBOUR = "My neighbour asked what I did to look ten years younger"


def detectors() -> list[Detector[Any, Any]]:
    """Give the usual detectors."""
    return [
        repeats.make(repeats.Options()),
        bursts.make(bursts.Options()),
        crossposts.make(crossposts.Options()),
    ]


def ran(items: Sequence[Item], size: int, shelf: Sequence[Detector[Any, Any]]) -> list[Outcome]:
    """Run items in batches of a size; give what each came to."""
    states = States(shelf, lambda _: {}, 100)
    pipeline = Pipeline(shelf)
    outcomes = []
    for at in range(0, len(items), size):
        batch = items[at : at + size]
        states.prepare(item.author for item in batch if item.author)
        outcomes.append(pipeline.run(batch, states))
    return outcomes


def told(items: Sequence[Item], size: int) -> dict[str, Finding]:
    """Give the last form of each finding that items in batches of a size come to."""
    findings: dict[str, Finding] = {}
    for outcome in ran(items, size, detectors()):
        findings |= outcome.findings
    return findings


def posted(number: int, after: timedelta, title: str = TRICK, **changes: Any) -> Post:
    """Give the numbered post of Ann."""
    return a_post(after, **({"id": f"reddit:{number}", "author": ANN, "title": title} | changes))


def alike(items: Sequence[Item], count: int) -> dict[str, Finding]:
    """Give the findings of items, so many, the same one by one and all at once."""
    at_once = told(items, len(items))
    assert len(at_once) == count
    assert at_once == told(items, 1)
    return at_once


def test_an_episode_that_another_follows_in_one_batch_is_told_as_it_ended() -> None:
    first = [posted(n, n * HOUR) for n in range(5)]
    second = [posted(10 + n, 5 * DAY + n * HOUR) for n in range(4)]

    found = alike([*first, *second], 2)

    assert sorted(int(one.numbers["count"]) for one in found.values()) == [4, 5]


def test_cross_posts_that_turn_out_to_be_one_are_told_as_they_were() -> None:
    offer, other = "https://shop.example/offer/77", "https://shop.example/other/5"
    put = [(TRICK, offer, 10)] * 3 + [(NEIGHBOUR, other, 0)] * 3 + [(NEIGHBOUR, offer, 20)]
    posts = [
        posted(n, (n + hour) * HOUR, title, place=f"r/place{n}", links=(link,))
        for n, (title, link, hour) in enumerate(put)
    ]

    found = alike(posts, 4)

    spread = [one for one in found.values() if one.detector == "crossposts"]
    assert sorted(len(one.places) for one in spread) == [3, 7]


def test_a_removal_in_the_batch_finds_told_what_came_before_it() -> None:
    posts = [posted(n, n * HOUR) for n in range(4)]
    gone = Removal(removed="author", author=ANN, at=posts[-1].posted_at)

    alike([*posts, gone], 1)


def test_what_comes_behind_a_removal_in_the_batch_is_counted_anew() -> None:
    before = [posted(n, n * HOUR) for n in range(3)]
    gone = Removal(removed="author", author=ANN, at=before[-1].posted_at)
    after = [posted(10 + n, DAY + n * HOUR) for n in range(3)]

    found = alike([*before, gone, *after, posted(20, 2 * DAY)], 2)

    assert sorted(int(one.numbers["count"]) for one in found.values()) == [3, 4]


def test_a_verdict_in_the_batch_marks_only_what_comes_after_it() -> None:
    posts = [posted(n, n * HOUR) for n in range(6)]
    (before,) = told(posts[:4], 1).values()
    fine = a_verdict(
        judged="fine",
        finding=before.id,
        author=ANN,
        detector="repeats",
        pattern=Pattern(text=TRICK, post=posts[0].id, numbers={"count": 99.0}),
    )

    unmarked = alike([*posts[:4], fine], 1)
    marked = alike([*posts[:4], fine, *posts[4:]], 1)

    assert not unmarked[before.id].quieted_by
    assert marked[before.id].quieted_by == before.id


def test_an_episode_of_many_posts_is_told_once() -> None:
    shelf = [Counting()]

    (outcome,) = ran([posted(n, n * HOUR) for n in range(20)], 20, shelf)

    assert len(outcome.findings) == 1
    assert shelf[0].told == 1


def test_a_detector_that_fails_at_telling_leaves_a_dead_letter_and_the_others_go_on() -> None:
    posts = [posted(n, n * HOUR, place=f"r/place{n}") for n in range(4)]

    (outcome,) = ran(posts, 4, [Mute(), crossposts.make(crossposts.Options())])

    assert {finding.detector for finding in outcome.findings.values()} == {"crossposts"}
    (letter,) = outcome.dead
    assert letter.origin == "detector:repeats"
    assert letter.reason == "ValueError: no words"
    assert b"reddit:3" in letter.body, "the latest post of the episode"


class Counting(repeats.Repeats):
    """A detector that counts how often it tells."""

    def __init__(self) -> None:
        super().__init__(repeats.Options())
        self.told = 0

    def finding(self, author: str, episode: Any) -> Finding:
        """Tell, and count."""
        self.told += 1
        return super().finding(author, episode)


class Mute(repeats.Repeats):
    """A detector that cannot put into words what it saw."""

    def __init__(self) -> None:
        super().__init__(repeats.Options())

    def finding(self, author: str, episode: Any) -> Finding:
        """Fail."""
        del author, episode
        raise ValueError("no words")
