"""A reader follows what is written: it ends with what the store has, whoever wrote and when."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.model import Batch, Change, Finding, Pattern, Removal, without_words
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from tests.builders import a_finding, a_verdict
from tests.contract.elastic import another_elastic_store, reach
from tests.contract.stores import KINDS, each_kind, paged
from tests.contract.test_stores_agree import EXAMPLES, batches


class Follower:
    """Somebody who takes a page of changes now and then, and knows nothing else."""

    def __init__(self, store: Store) -> None:
        self.seen: dict[str, Finding] = {}
        self._store = store
        self._mark = store.changes_mark()

    def take(self, limit: int) -> int:
        page = self._store.changes(self._mark, limit=limit)
        self._mark = page.after
        for change in page.rows:
            self._apply(change)
        return len(page.rows)

    def drain(self, limit: int) -> None:
        while self.take(limit):
            pass

    def _apply(self, change: Change) -> None:
        if change.finding is None:
            self.seen.pop(change.id, None)
        else:
            self.seen[change.id] = change.finding


def stored_findings(store: Store) -> dict[str, Finding]:
    rows = paged(lambda after: store.findings(FindingQuery(), limit=50, after=after))
    return {finding.id: finding for finding in rows}


@pytest.mark.parametrize("kind", each_kind())
def test_a_follower_ends_with_what_the_store_has(kind: str, request: pytest.FixtureRequest) -> None:
    reach(request, kind)

    @settings(max_examples=EXAMPLES.get(kind, 40), deadline=None)
    @given(
        steps=st.lists(st.one_of(batches(), st.integers(1, 3)), max_size=12),
        limit=st.integers(1, 4),
    )
    def agree(steps: list[Batch | int], limit: int) -> None:
        with TemporaryDirectory() as folder:
            store = KINDS[kind](Path(folder))
            follower, late = Follower(store), Follower(store)
            for step in steps:
                if isinstance(step, int):
                    follower.take(step)
                else:
                    store.commit(step)

            follower.drain(limit)
            late.drain(100)

            expected = stored_findings(store)
            store.close()
            assert follower.seen == expected
            assert late.seen == expected

    agree()


@pytest.mark.parametrize("kind", each_kind())
def test_words_that_a_verdict_loses_with_their_post_are_lost_by_followers_too(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    reach(request, kind)
    store = KINDS[kind](tmp_path)
    verdict = a_verdict(finding="f1", pattern=Pattern(text="said 1", post="web:gone"))
    finding = a_finding(id="f1", subject=verdict.author, evidence=())
    store.commit(Batch(findings=(finding,), verdicts=(verdict,)))
    follower = Follower(store)

    store.commit(Batch(removals=(Removal(removed="post", id="web:gone"),)))
    follower.drain(10)

    expected = stored_findings(store)
    store.close()
    assert follower.seen == expected
    assert expected["f1"].verdict == without_words(verdict)


ROUNDS = {"sqlite": 60, "elastic": 25}
WRITERS = 3


@pytest.mark.parametrize("kind", each_kind(but="memory"))
def test_nothing_is_missed_while_several_write(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    reach(request, kind)
    store = KINDS[kind](tmp_path)
    store.commit(Batch(findings=(a_finding(id="before"),)))
    follower = Follower(store)

    def write(writer: int) -> None:
        own = another_elastic_store() if kind == "elastic" else KINDS[kind](tmp_path)
        for number in range(ROUNDS[kind]):
            findings = [
                a_finding(id=f"w{writer}-{name}", numbers={"round": number})
                for name in (number, number // 3, "again")
            ]
            unique = {one.id: one for one in findings}
            own.commit(Batch(findings=tuple(unique.values())))
        own.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        follower.take(7)
    follower.drain(50)

    expected = stored_findings(store)
    store.close()
    assert len(follower.seen) == WRITERS * (ROUNDS[kind] + 1)
    assert follower.seen == {name: one for name, one in expected.items() if name != "before"}


_KILLED = """
import sys
from itertools import count
from bunco.model import Batch
from bunco.stores import sqlite
from tests.builders import a_finding
store = sqlite.PART.make(sqlite.Options(path=sys.argv[1]))
for number in count():
    store.commit(Batch(findings=(a_finding(id=f"f{number}"), a_finding(id="again", score=0.3))))
    if number == 50:
        print("busy", flush=True)
"""


def test_nothing_is_missed_of_a_process_that_is_killed(tmp_path: Path) -> None:
    store = KINDS["sqlite"](tmp_path)
    follower = Follower(store)
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "bunco.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        follower.take(20)
        os.kill(writer.pid, signal.SIGKILL)
    follower.drain(100)

    expected = stored_findings(store)
    again = KINDS["sqlite"](tmp_path)
    again.commit(Batch(findings=(a_finding(id="after"),)))
    follower.drain(100)

    assert len(expected) > 50
    assert follower.seen == expected | {"after": a_finding(id="after")}
    again.close()
    store.close()
