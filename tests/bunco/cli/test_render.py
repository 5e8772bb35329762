"""What is shown fits the screen, and says in words what the colours say."""

from datetime import timedelta

import pytest
from rich.console import Console, RenderableType

from bunco.cli import render
from bunco.model import AuthorSummary, HistoryEntry, SourceState, StoredPost
from tests.builders import NOON, a_finding, a_post


def _shown(what: RenderableType, width: int = 80) -> str:
    console = Console(width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def _an_author(name: str) -> AuthorSummary:
    return AuthorSummary(
        author="mastodon:promotions@social.example",
        name=name,
        posts=1234,
        findings=12,
        points=9.34,
        detectors={"bursts": 3, "repeats": 9},
        first_at=NOON,
        last_at=NOON + timedelta(days=4),
    )


def test_an_author_is_named_with_id_and_name() -> None:
    assert "promotions@social.example (Daily \\x1b Deals)" in _shown(
        render.author_header(_an_author("Daily \x1b Deals"))
    )


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_ranking_fits_every_screen(width: int) -> None:
    ranked = [_an_author("A very long name " * 5), _an_author("")]

    console = Console(width=width, color_system=None)
    lines = _shown(render.author_table(ranked, console), width).splitlines()

    assert max(map(len, lines)) <= width
    assert "1,234" in lines[1]
    assert "repeats 9" in lines[1]


def test_a_finding_of_one_moment_shows_one_time() -> None:
    finding = a_finding(last_at=NOON)

    assert _shown(render.finding_block(finding), 200).rstrip().endswith("24 h.  2026-03-02 12:00")


def test_a_finding_over_days_shows_both_ends() -> None:
    finding = a_finding(last_at=NOON + timedelta(days=1))

    assert "2026-03-02 12:00 to 2026-03-03 12:00" in _shown(render.finding_block(finding), 200)


def test_replies_and_loud_posts_are_marked_in_a_history() -> None:
    post = StoredPost(post=a_post(kind="reply", title="Miracle!"), sensational=0.9)

    (line,) = render.history_lines([HistoryEntry(at=NOON, post=post)])

    assert "reply: Miracle!  sensational 0.90" in _shown(line)


def test_markup_in_a_post_is_text() -> None:
    post = StoredPost(post=a_post(title="[red]offer[/red] :smile:"))

    (line,) = render.history_lines([HistoryEntry(at=NOON, post=post)])

    assert "[red]offer[/red] :smile:" in _shown(line)


def test_a_source_that_is_well_tells_what_is_missing_in_it() -> None:
    state = SourceState(
        source="jet", polled_at=NOON, notice="nothing was told of the morning", noticed_at=NOON
    )

    shown = " ".join(
        _shown(render.source_table({"jet": state}, {"jet": "bluesky"}, {}), 200).split()
    )

    assert "ok; 2026-03-02 12:00: nothing was told of the morning" in shown
