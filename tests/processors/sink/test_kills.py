"""Nothing is lost, nothing stored twice, and no offset saved too early, whenever it dies."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.builders import a_finding, a_post
from tests.processors.sink.process import configure, opened, sink, stored
from tests.processors.sink.stage import Stage, wait_for

pytestmark = [pytest.mark.services, pytest.mark.slow]

_HOUR = timedelta(hours=1)

POSTS, FINDINGS, KILLS = 6000, 200, 3


def test_kills_lose_nothing_and_double_nothing(stage: Stage, tmp_path: Path) -> None:
    chance = Random(5)
    place = tmp_path / "bunco.db"
    configure(tmp_path, stage.options)
    authors = [f"web:a{number % 40}.org" for number in range(POSTS)]
    posts = [a_post(id=f"{name}/{n}", author=name) for n, name in enumerate(authors)]
    stage.put(posts, at_most=1)
    stage.put_findings(
        [a_finding(id=f"f{n % 40}", subject=authors[n], score=n / 1000) for n in range(FINDINGS)]
    )

    for kill in range(KILLS):
        enough = (kill + 1) * POSTS // (KILLS + 2) + chance.randrange(300)
        with sink(tmp_path):
            wait_for(lambda least=enough: stored(place)[0] > least)  # type: ignore[misc]  # bound now
        saved = stage.saved("posts")
        assert 0 < saved <= stored(place)[0] < POSTS

    with sink(tmp_path) as last:
        wait_for(lambda: stage.saved("posts") == POSTS and stage.saved("findings") == FINDINGS)
        last.terminate()
        assert last.wait(10) == 0

    assert stored(place) == (POSTS, 40)
    with closing(opened(place)) as store:
        scores = [store.finding(f"f{n}") for n in range(40)]
        assert [one and one.score for one in scores] == [(160 + n) / 1000 for n in range(40)]
        assert sum(count.count for count in store.counts("posts", step=_HOUR)) == POSTS
        assert not store.check()
