"""A store on disk with a few posts and findings, and a folder of its own for each test."""

from datetime import timedelta
from pathlib import Path

import pytest

from bunco.model import Batch, Quote, dead_letter
from bunco.wiring import open_store_at
from tests.builders import NOON, a_finding, an_enriched


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, at a screen of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> str:
    """Fill ``bunco.db`` with two authors, three posts, two findings and a dead letter."""
    place = folder / "bunco.db"
    opened = open_store_at(str(place))
    opened.commit(
        Batch(
            posts=(
                an_enriched(
                    id="web:deals.example/1",
                    author="web:deals.example",
                    author_name="Daily Deals",
                    title="You won't BELIEVE this trick",
                ),
                an_enriched(
                    timedelta(hours=1),
                    id="web:deals.example/2",
                    author="web:deals.example",
                    author_name="Daily Deals",
                    title="You won't believe THIS trick \x1b[31m[bold]",
                    place="r/news",
                ),
                an_enriched(
                    timedelta(hours=2),
                    id="web:news.example/1",
                    author="web:news.example",
                    author_name="News",
                    title="Council approves new cycle lanes",
                ),
            ),
            findings=(
                a_finding(
                    id="f1",
                    subject="web:deals.example",
                    score=0.92,
                    evidence=("web:deals.example/1", "web:deals.example/2"),
                    quotes=(Quote("web:deals.example/1", "You won't BELIEVE", NOON, "r/news"),),
                    last_at=NOON + timedelta(hours=1),
                    sources=("example",),
                    places=("r/news",),
                ),
                a_finding(
                    id="f2",
                    detector="bursts",
                    subject="web:news.example",
                    score=0.4,
                    reason="Published 9 posts in 10 min.",
                    first_at=NOON - timedelta(days=2),
                    last_at=NOON - timedelta(days=2),
                ),
            ),
            dead=(dead_letter("posts.jsonl:7", "not JSON", b"{oops", source="posts.jsonl"),),
        )
    )
    opened.close()
    return str(place)
