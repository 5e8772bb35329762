"""A replay that is killed again and again ends like one that never was."""

from pathlib import Path

from bench.kills import killed_replays


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    came = killed_replays(posts=8000, kills=6, seed=3, folder=tmp_path)

    assert came.kills > 0
    assert came.findings > 0
    assert came.differences == ()
