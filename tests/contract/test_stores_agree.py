"""Random batches: every kind of store answers as the memory store, in any split."""

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco import codec
from bunco.model import (
    Batch,
    Enriched,
    Finding,
    Pattern,
    Poll,
    Quote,
    Removal,
    SourceState,
    Verdict,
    dead_letter,
)
from bunco.ports.stores import Store
from tests.builders import NOON, a_finding, a_verdict
from tests.contract.elastic import reach
from tests.contract.stores import HOUR, KINDS, MINUTE, answers, each_kind, stored

EXAMPLES = {"elastic": int(os.environ.get("BUNCO_ELASTIC_EXAMPLES", "8"))}
"""Of kinds that take a second each; set the variable for a longer run."""
AUTHORS = [f"web:a{number}.example" for number in range(4)]
TITLES = ["Council approves cycle lanes", "river council", "CAFÉ on the river", "", "né à Paris"]

DAY = {"since": NOON - 12 * HOUR, "until": NOON + 12 * HOUR}

numbers = st.integers(0, 19)
minutes = st.integers(-90, 90)


@st.composite
def posts(draw: st.DrawFn) -> Enriched:
    number = draw(numbers)
    return stored(
        number,
        draw(minutes),
        author=AUTHORS[number % 4],
        author_name=draw(st.sampled_from(["", "Ann", "Änn", "Bob"])),
        title=draw(st.sampled_from(TITLES)),
        text=draw(st.sampled_from(["cycle lanes riverside", "council", "x"])),
        source=draw(st.sampled_from(["example", "other"])),
        kind=draw(st.sampled_from(["post", "reply"])),
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    number, start = draw(st.integers(0, 7)), draw(minutes)
    named = draw(st.lists(numbers, max_size=4, unique=True))
    quotes = tuple(
        Quote(f"web:example.org/{n}", f"said {n}", NOON, "example.org") for n in named[:2]
    )
    return a_finding(
        id=f"f{number}",
        subject=AUTHORS[number % 4],
        detector=draw(st.sampled_from(["repeats", "bursts"])),
        score=draw(st.sampled_from([0.1, 0.2, 0.3, 0.7])),
        reason=f"{number} " + ", ".join(quote.text for quote in quotes),
        evidence=tuple(f"web:example.org/{n}" for n in named),
        quotes=quotes,
        first_at=NOON + start * MINUTE,
        last_at=NOON + (start + draw(st.integers(0, 200))) * MINUTE,
        quieted_by=draw(st.sampled_from(["", "", "f0", "f4"])),
        outgrew=draw(st.sampled_from(["", verdict_on(0, 3, "fine").id])),
    )


def verdict_on(number: int, minute: int, judged: str) -> Verdict:
    return a_verdict(
        minute * MINUTE,
        finding=f"f{number}",
        author=AUTHORS[number % 4],
        judged=judged,
        until=NOON + 2 * HOUR if judged == "mute" else None,
        first_at=NOON + (20 * number - 90) * MINUTE if number % 2 else None,
        pattern=Pattern(text=f"said {number}", post=f"web:example.org/{number}"),
    )


def verdicts() -> st.SearchStrategy[Verdict]:
    words = st.sampled_from(["spam", "fine", "mute", "none"])
    return st.builds(verdict_on, st.integers(0, 7), st.integers(0, 9), words)


def removals() -> st.SearchStrategy[Removal]:
    times = st.one_of(st.none(), minutes.map(lambda minute: NOON + minute * MINUTE))
    return st.one_of(
        st.builds(
            Removal, removed=st.just("post"), id=numbers.map(lambda n: f"web:example.org/{n}")
        ),
        st.builds(Removal, removed=st.just("author"), author=st.sampled_from(AUTHORS), at=times),
    )


def batches() -> st.SearchStrategy[Batch]:
    def several(items: st.SearchStrategy[object], most: int) -> st.SearchStrategy[object]:
        return st.lists(items, max_size=most).map(tuple)

    bodies = st.one_of(
        numbers.map(lambda n: f'{{"id":"web:example.org/{n}"}}'.encode()),
        posts().map(lambda enriched: codec.encode(enriched.post)),
        findings().map(codec.encode),
    )
    letters = st.builds(
        dead_letter,
        st.sampled_from(["example:1", "detector:repeats"]),
        st.just("odd"),
        bodies,
        source=st.sampled_from(["example", "other"]),
        author=st.sampled_from(["", *AUTHORS]),
        at=st.none() | minutes.map(lambda minute: NOON + minute * MINUTE),
    )
    polls = st.builds(
        Poll,
        source=st.sampled_from(["example", "other"]),
        at=minutes.map(lambda minute: NOON + minute * timedelta(milliseconds=7)),
        outcome=st.sampled_from(["read", "failed"]),
    )
    return st.builds(
        Batch,
        posts=several(posts(), 8),
        removals=several(removals(), 2),
        findings=st.lists(findings(), max_size=4, unique_by=lambda one: one.id).map(tuple),
        verdicts=several(verdicts(), 3),
        author_states=st.dictionaries(st.sampled_from(AUTHORS), st.binary(max_size=9), max_size=3),
        sources=several(st.builds(SourceState, source=st.just("other"), cursor=st.binary()), 1),
        polls=several(polls, 2),
        dead=several(letters, 2),
    )


def filled(
    kind: str,
    folder: str,
    written: Sequence[Batch],
    dropped: Sequence[str],
    *,
    minute_by_minute: bool = True,
) -> bytes:
    place = Path(folder) / str(len(list(Path(folder).iterdir())))
    place.mkdir()
    store = KINDS[kind](place)
    for batch in written:
        store.commit(batch)
    for source in dropped:
        store.retain(source, NOON)
    if written and dropped:
        store.commit(written[0])
    found = answers(store) + repr(_states(store)).encode()
    if minute_by_minute:
        found += repr([store.minutes(what, **DAY) for what in ("posts", "findings")]).encode()
    faults = store.check()
    store.close()
    assert faults == []
    return found


def _states(store: Store) -> object:
    return store.author_states(AUTHORS), store.removed_authors(AUTHORS)


@pytest.mark.parametrize("kind", each_kind(but="memory"))
def test_a_store_answers_as_the_memory_store_does(
    kind: str, request: pytest.FixtureRequest
) -> None:
    reach(request, kind)

    @settings(max_examples=EXAMPLES.get(kind, 60), deadline=None)
    @given(
        written=st.lists(batches(), max_size=5),
        dropped=st.lists(st.sampled_from(["example", "other"]), max_size=2),
    )
    def agree(written: list[Batch], dropped: list[str]) -> None:
        with TemporaryDirectory() as folder:
            how = partial(
                filled,
                folder=folder,
                written=written,
                dropped=dropped,
                minute_by_minute=kind != "elastic",  # which counts what is there
            )
            expected = how("memory")

            assert how(kind) == expected

    agree()


@pytest.mark.parametrize("kind", each_kind())
def test_answers_do_not_depend_on_how_posts_were_batched(
    kind: str, request: pytest.FixtureRequest
) -> None:
    reach(request, kind)

    @settings(max_examples=EXAMPLES.get(kind, 40), deadline=None)
    @given(
        arriving=st.lists(posts(), max_size=30),
        opened=st.lists(findings(), max_size=6, unique_by=lambda one: one.id),
        cuts=st.lists(st.integers(0, 30), max_size=6),
    )
    def agree(arriving: list[Enriched], opened: list[Finding], cuts: list[int]) -> None:
        whole = [Batch(posts=tuple(arriving), findings=tuple(opened))]
        edges = sorted({0, len(arriving), *(cut for cut in cuts if cut < len(arriving))})
        split = [Batch(posts=tuple(arriving[start:end])) for start, end in pairwise(edges)]
        with TemporaryDirectory() as folder:
            expected = filled(kind, folder, whole, [])

            split.append(Batch(findings=tuple(opened)))

            assert filled(kind, folder, split, []) == expected

    agree()
