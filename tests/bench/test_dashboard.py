from pathlib import Path

import pytest

from bench.dashboard import ask, build
from bunco import wiring


def test_every_question_of_the_pages_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bench.db"
    build(path, posts=600, days=9)
    store = wiring.open_store_at(str(path))

    ask(store, rounds=3)

    told = capsys.readouterr().out
    store.close()
    assert told.count("p95") > 30
    assert "over 200 ms" in told
