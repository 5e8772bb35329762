"""Processors come, go and die under load: equal findings, and no pause of more than 5 s."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.e2e.distributed.contents import differences
from tests.e2e.distributed.making import growing, simulated
from tests.e2e.distributed.progress import Progress
from tests.e2e.distributed.settling import settle
from tests.e2e.distributed.stack import Given, Stack, expected, until

pytestmark = pytest.mark.services

_POSTS = 40_000
_RATE = 400.0
_STEADY_S = 2.0
_SEEN_S = 0.2
"""Until what a partition wrote is seen."""
_LONGEST_S = 7.0
"""Below the session's ten seconds: nobody waits for it to run out. What is promised, 5 s on two
cores of their own, is printed beside it; a busy machine takes longer to start a process."""


def test_processors_come_and_go_without_a_long_pause(
    kafka: str, elastic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = simulated(tmp_path / "posts.jsonl", _POSTS)
    growing_file = tmp_path / "growing.jsonl"
    growing_file.touch()
    given = Given(kafka=kafka, elastic=elastic, posts=growing_file, follow=True)
    pauses: dict[str, float] = {}

    with Stack(tmp_path / "stack", given) as stack, stack.view() as view:

        def measured(what: str, members: int, happen: Callable[[], object]) -> None:
            """Let it happen; the pause is over when every partition moves again."""
            began = monotonic()
            happen()
            sleep(_STEADY_S)
            until(lambda: view.members("process") == members, 30, f"{members} members", stack)
            shared = monotonic()  # before that, what moved may still be called back
            until(lambda: progress.has_grown_since(shared + _SEEN_S), 30, f"after: {what}", stack)
            sleep(_STEADY_S)
            pauses[what] = progress.longest_pause(began, monotonic())

        def die_and_return() -> None:
            stack.kill("two")
            stack.start("process", "two")

        for name in ("one", "two"):
            stack.start("process", name)
        stack.start("sink")
        stack.start("ingest")
        with Progress(stack) as progress, growing(file, growing_file, _RATE) as writing:
            until(progress.is_everywhere, 30, "all partitions are worked on", stack)
            until(lambda: view.members("process") == 2, 30, "two members", stack)
            sleep(2 * _STEADY_S)
            measured("nothing happens", 2, lambda: None)
            measured("a third joins", 3, lambda: stack.start("process", "three"))
            measured("one leaves by SIGTERM", 2, lambda: stack.leave("one"))
            measured("one dies (kill -9) and comes back", 2, die_and_return)
            assert writing.is_alive(), "the posts ended before the last rebalance"
        settle(stack, 60)
        found = stack.contents()

    with capsys.disabled():
        for what, pause in pauses.items():
            print(f"\nlongest pause of a partition, {what}: {pause:.2f} s", end="")
        print()
    assert differences(expected(growing_file, tmp_path), found) == ""
    assert max(pauses.values()) <= _LONGEST_S
