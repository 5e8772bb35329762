from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bunco import codec
from bunco.errors import OvertakenError, UsageError
from bunco.model import (
    ERASED,
    Batch,
    DeadLetter,
    Poll,
    Removal,
    SourceState,
    dead_letter,
)
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from tests.builders import NOON, a_finding
from tests.contract.stores import (
    HOUR,
    MINUTE,
    answers,
    paged,
    quoting,
    stored,
)

AUTHOR = "web:example.org"


def remove_post(number: int) -> Batch:
    return Batch(removals=(Removal(removed="post", id=f"web:example.org/{number}"),))


def remove_author(at: datetime | None = None, author: str = AUTHOR) -> Batch:
    return Batch(removals=(Removal(removed="author", author=author, at=at),))


# -- an empty store


def test_an_empty_store_answers_with_nothing(store: Store) -> None:
    assert store.stats().posts == 0
    assert store.findings(FindingQuery()).rows == ()
    assert store.history(AUTHOR).rows == ()
    assert store.author(AUTHOR) is None
    assert store.authors() == []
    assert store.known(["web:example.org/1"]) == {}
    assert store.search("council").rows == ()
    assert store.check() == []


# -- versions


def test_the_pipelines_own_commits_leave_the_version_as_it_is(store: Store) -> None:
    version = store.version()

    store.commit(Batch(posts=(stored(),), on_version=version))

    assert store.version() == version


def test_a_commit_from_beside_the_pipeline_changes_the_version(store: Store) -> None:
    version = store.version()

    store.commit(remove_author())

    assert store.version() != version


def test_a_batch_that_rests_on_an_earlier_version_is_refused_whole(store: Store) -> None:
    version = store.version()
    store.commit(remove_author(author="web:other.example"))

    with pytest.raises(OvertakenError):
        store.commit(Batch(posts=(stored(),), on_version=version))

    assert store.stats().posts == 0
    store.commit(Batch(posts=(stored(),), on_version=store.version()))
    assert store.stats().posts == 1


# -- posts


def test_a_post_comes_back_as_it_went_in(store: Store) -> None:
    post = stored(
        place="forum",
        kind="repost",
        text="Body 😀",
        links=("https://a.example/?q=1",),
        lang="en",
        seen_at=NOON + HOUR,
        undated=True,
        reply_to="web:example.org/0",
        mentions=("@ann",),
        posted_at=NOON + timedelta(microseconds=123_456),
    )

    store.commit(Batch(posts=(post,)))

    found = store.post(post.post.id)
    assert found is not None
    assert (found.post, found.sensational, found.headline) == (post.post, 0.25, post.headline)


def test_a_post_whose_id_is_there_stays_as_it_is(store: Store) -> None:
    store.commit(Batch(posts=(stored(title="First words"),)))

    store.commit(Batch(posts=(stored(title="Second words"), stored(2, title="Third words"))))

    assert [row.post.title for row in store.search("words").rows] == ["First words", "Third words"]
    assert store.stats().posts == 2


def test_a_post_that_comes_twice_in_one_batch_is_kept_once(store: Store) -> None:
    store.commit(Batch(posts=(stored(title="First words"), stored(title="Second words"))))

    assert [row.post.title for row in store.search("words").rows] == ["First words"]
    assert store.counts("posts", step=HOUR)[0].count == 1


def test_the_same_batch_twice_changes_nothing(store: Store) -> None:
    batch = Batch(
        posts=tuple(stored(number, number) for number in range(5)),
        findings=(quoting(),),
        author_states={AUTHOR: b"state"},
        sources=(SourceState(source="example", cursor=b"5"),),
        polls=(Poll(source="example", at=NOON, outcome="read"),),
        dead=(dead_letter("example", "odd", b"{"),),
    )
    store.commit(batch)
    before = answers(store)

    store.commit(batch)

    assert answers(store) == before


def test_known_gives_the_authors_of_stored_posts(store: Store) -> None:
    store.commit(Batch(posts=(stored(1), stored(2, author="web:other.example"))))

    found = store.known(["web:example.org/1", "web:example.org/2", "web:example.org/3"])

    assert found == {"web:example.org/1": AUTHOR, "web:example.org/2": "web:other.example"}


@pytest.mark.parametrize(
    "text",
    [
        "nul\0inside",
        "half \ud83d of one",
        "emoji 😀👩‍👩‍👧",
        "x" * 1_000_000,
        "\u202eoverride",
        "'; DROP TABLE posts; --",
    ],
    ids=["nul", "surrogate", "emoji", "megabyte", "bidi", "quotes"],
)
def test_odd_text_is_kept_or_made_safe(store: Store, text: str) -> None:
    safe = text.replace("\ud83d", "�" * 3)
    odd = stored(id=f"web:example.org/{text[:20]}", title=f"odd {text}", text=text, place=text)

    store.commit(Batch(posts=(odd, stored(2)), findings=(a_finding(reason=text),)))

    (found,) = store.search("odd").rows
    assert (found.post.title, found.post.text) == (f"odd {safe}", safe)
    assert store.known([found.post.id]) == {found.post.id: AUTHOR}
    assert store.findings(FindingQuery()).rows[0].reason == safe
    store.commit(Batch(removals=(Removal(removed="post", id=found.post.id),)))
    assert store.search("odd").rows == ()


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_post_of_any_year_has_its_place(store: Store, year: int) -> None:
    odd = stored(2, posted_at=datetime(year, 6, 1, 0, 30, tzinfo=UTC))
    store.commit(Batch(posts=(stored(1), odd)))

    times = [entry.at.year for entry in store.history(AUTHOR).rows]

    assert times == sorted([2026, year], reverse=True)
    assert [count.at for count in store.counts("posts", step=HOUR)] == sorted(
        [NOON, datetime(year, 6, 1, 0, tzinfo=UTC)]
    )


# -- states, sources, logs, dead letters


def test_the_latest_author_state_is_given_back(store: Store) -> None:
    store.commit(Batch(author_states={AUTHOR: b"old", "web:other.example": b"\x00\xff"}))
    store.commit(Batch(author_states={AUTHOR: b"new"}))

    states = store.author_states([AUTHOR, "web:other.example", "web:nobody.example"])

    assert states == {AUTHOR: b"new", "web:other.example": b"\x00\xff"}


def test_an_author_with_nothing_but_a_state_is_in_no_list(store: Store) -> None:
    store.commit(Batch(author_states={AUTHOR: b"state"}))

    assert store.author(AUTHOR) is None
    assert store.find_authors("example") == []
    assert store.stats().authors == 0


def test_source_states_are_replaced_whole(store: Store) -> None:
    store.commit(Batch(sources=(SourceState(source="a", cursor=b"\xff1", error="gone"),)))
    newer = SourceState(source="a", cursor=b"\xff2", next_at=NOON)
    store.commit(Batch(posts=(stored(source="b"),), sources=(newer,)))

    assert store.source_states() == {"a": newer}


def test_the_log_of_a_source_keeps_its_latest_lines(store: Store) -> None:
    lines = [Poll(source="a", at=NOON + n * MINUTE, outcome="read", given=n) for n in range(80)]
    for line in lines:
        store.commit(Batch(polls=(line,)))
    store.commit(Batch(polls=(Poll(source="b", at=NOON, outcome="failed", note="no answer"),)))

    assert list(store.polls("a")) == lines[:-31:-1]
    assert 30 <= len(store.polls("a", limit=1000)) <= 50
    assert [poll.note for poll in store.polls("b")] == ["no answer"]


def test_two_lines_of_the_same_moment_are_both_kept(store: Store) -> None:
    lines = (
        Poll(source="a", at=NOON, outcome="read"),
        Poll(source="a", at=NOON, outcome="unchanged"),
    )
    store.commit(Batch(polls=lines))

    assert len(store.polls("a")) == 2


def test_of_two_letters_with_one_id_the_first_stands(store: Store) -> None:
    letter = dead_letter("a:1", "bad", b"\x00raw\xff", source="a", author=AUTHOR, at=NOON)
    store.commit(Batch(dead=(letter,)))
    store.commit(Batch(dead=(replace(letter, reason="worse"),)))

    assert store.dead().rows == (letter,)


def test_letters_come_newest_first_by_page_and_source_and_can_be_dropped(store: Store) -> None:
    letters = [dead_letter(f"a:{n}", "bad", b"x", source="ab"[n % 2]) for n in range(7)]
    store.commit(Batch(dead=tuple(letters)))

    assert paged(lambda after: store.dead(limit=3, after=after)) == letters[::-1]
    assert store.dead(source="b").rows == tuple(letters[5::-2])
    assert store.drop_dead([letters[0].id, letters[1].id, "no such"]) == 2
    assert store.stats().dead == 5
    assert store.drop_dead([]) == 0


# -- findings


def test_a_finding_comes_back_equal_and_its_newer_form_takes_its_place(store: Store) -> None:
    finding = quoting(numbers={"a": 1, "b": 2.0, "c": "word"}, sources=("s",), places=("p",))
    newer = replace(finding, score=0.9, last_at=NOON + timedelta(hours=5, microseconds=7))
    store.commit(Batch(findings=(finding,)))
    assert store.finding("f1") == finding

    store.commit(Batch(findings=(newer,)))

    assert store.finding("f1") == newer
    assert store.findings(FindingQuery()).rows == (newer,)


def test_findings_come_latest_first_and_page_without_gaps(store: Store) -> None:
    made = [a_finding(id=f"f{n}", last_at=NOON + n // 2 * HOUR) for n in range(9)]
    store.commit(Batch(findings=tuple(made)))

    rows = paged(lambda after: store.findings(FindingQuery(), limit=2, after=after))

    assert [row.id for row in rows] == ["f8", "f6", "f7", "f4", "f5", "f2", "f3", "f0", "f1"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (FindingQuery(detector="bursts"), {"b"}),
        (FindingQuery(author="web:other.example"), {"b"}),
        (FindingQuery(author="web:nobody.example"), set()),
        (FindingQuery(since=NOON + 4 * HOUR), {"b"}),
        (FindingQuery(until=NOON + HOUR), {"a"}),
        (FindingQuery(least_score=0.7), {"b"}),
        (FindingQuery(source="feed"), {"a"}),
        (FindingQuery(source="fee"), set()),
        (FindingQuery(place="forum"), {"b"}),
        (FindingQuery(words="ONE TRÍCK"), {"a"}),
        (FindingQuery(words="%"), set()),
        (FindingQuery(), {"a", "b"}),
    ],
)
def test_findings_are_narrowed_by_each_field(
    store: Store, asked: FindingQuery, found: set[str]
) -> None:
    one = a_finding(id="a", reason="Said “one tríck” twice", score=0.6, sources=("x", "feed"))
    other = a_finding(
        id="b",
        detector="bursts",
        subject="web:other.example",
        score=0.7,
        first_at=NOON + HOUR,
        last_at=NOON + 4 * HOUR,
        places=("forum",),
    )
    store.commit(Batch(findings=(one, other)))

    assert {finding.id for finding in store.findings(asked).rows} == found


def test_numbers_that_json_lacks_do_not_spoil_a_finding(store: Store) -> None:
    odd = a_finding(score=float("nan"), numbers={"x": float("inf"), "y": 1})

    store.commit(Batch(findings=(odd,)))

    found = store.finding("f1")
    assert found is not None
    assert (found.score, found.numbers) == (0.0, {"x": "inf", "y": 1})


# -- histories and rankings


def test_a_history_merges_posts_and_findings_newest_first(store: Store) -> None:
    posts = tuple(stored(number, 10 * number) for number in range(4))
    finding = a_finding(last_at=NOON + 15 * MINUTE)
    store.commit(Batch(posts=(*posts, stored(9, author="web:other.example")), findings=(finding,)))

    rows = paged(lambda after: store.history(AUTHOR, limit=2, after=after))

    assert [row.post.post.id[-1] if row.post else row.finding for row in rows] == [
        *("3", "2"),
        finding,
        *("1", "0"),
    ]
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def test_paging_on_neither_repeats_nor_skips_while_posts_come_in(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(number) for number in range(10, 20))))
    first = store.history(AUTHOR, limit=4)

    store.commit(Batch(posts=(stored(30, 5), stored(5), stored(31, -5))))
    rest = paged(lambda after: store.history(AUTHOR, limit=4, after=after or first.after))

    ids = [row.post.post.id for row in (*first.rows, *rest) if row.post]
    assert ids == [f"web:example.org/{number}" for number in (*range(10, 20), 5, 31)]


def test_at_one_moment_findings_come_before_posts_and_none_is_skipped(store: Store) -> None:
    posts = tuple(stored(number) for number in (1, 2))
    found = tuple(a_finding(id=name, last_at=NOON) for name in ("zz", "aa"))
    store.commit(Batch(posts=posts, findings=found))

    rows = paged(lambda after: store.history(AUTHOR, limit=1, after=after))

    assert [row.post.post.id if row.post else row.finding.id for row in rows] == [
        *("aa", "zz"),
        *("web:example.org/1", "web:example.org/2"),
    ]


def test_a_history_keeps_to_its_period(store: Store) -> None:
    store.commit(Batch(posts=tuple(stored(number, number) for number in range(6))))

    page = store.history(AUTHOR, since=NOON + 2 * MINUTE, until=NOON + 4 * MINUTE)

    assert [row.at for row in page.rows] == [NOON + 3 * MINUTE, NOON + 2 * MINUTE]


def test_authors_are_ranked_by_the_points_of_a_period(store: Store) -> None:
    def finding(number: int, subject: str, score: float, hour: int) -> Batch:
        return Batch(
            findings=(
                a_finding(
                    id=f"f{number}",
                    subject=subject,
                    score=score,
                    last_at=NOON + hour * HOUR,
                    reason=f"sentence {number}",
                ),
            )
        )

    store.commit(finding(1, AUTHOR, 0.1, 0))
    store.commit(finding(2, AUTHOR, 0.2, 1))
    store.commit(finding(3, "web:b.example", 0.3, 1))
    store.commit(finding(4, "web:a.example", 0.3, 2))
    store.commit(Batch(posts=(stored(1, 7), stored(2, 3))))

    ranked = store.authors()
    assert [(one.author, one.points) for one in ranked] == [
        ("web:a.example", 0.3),
        ("web:b.example", 0.3),
        (AUTHOR, 0.3),
    ]
    assert (ranked[2].detectors, ranked[2].worst) == ({"repeats": 2}, "sentence 2")
    assert (ranked[2].posts, ranked[2].name) == (2, "Example")
    assert (ranked[2].first_at, ranked[2].last_at) == (NOON + 3 * MINUTE, NOON + 7 * MINUTE)
    within = store.authors(since=NOON + HOUR, until=NOON + 2 * HOUR)
    assert [(one.author, one.findings) for one in within] == [("web:b.example", 1), (AUTHOR, 1)]
    assert len(store.authors(limit=1)) == 1


def test_an_author_is_found_by_part_of_id_or_name_in_any_case(store: Store) -> None:
    store.commit(
        Batch(
            posts=(
                stored(1, author="web:ann.example", author_name="Straße"),
                stored(2, author="web:bob.example", author_name="Ann"),
                stored(3, author="web:bob.example", author_name="Ann"),
            )
        )
    )

    assert [one.author for one in store.find_authors("ANN")] == [
        "web:bob.example",
        "web:ann.example",
    ]
    assert [one.author for one in store.find_authors("STRASSE")] == ["web:ann.example"]
    assert store.find_authors("100%_") == []
    assert len(store.find_authors("example", limit=1)) == 1


def test_the_name_is_the_latest_by_event_time_that_is_not_empty(store: Store) -> None:
    for number, (minute, name) in enumerate([(5, "Old"), (9, "New"), (7, "Late"), (11, "")]):
        store.commit(Batch(posts=(stored(number, minute, author_name=name),)))

    found = store.author(AUTHOR)

    assert found is not None
    assert found.name == "New"
    assert [one.name for one in store.find_authors("new")] == ["New"]
    assert store.find_authors("late") == []


# -- search


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("council", [2, 1]),
        ("COUNCIL river", [1]),
        ("cafe", [3]),
        ("Café", [3]),
        ('"new cycle"', [1]),
        ('"cycle new"', []),
        ("cyc*", [1]),
        ("cyc", []),
        ('"approves new c*', [1]),
        ('"approves new c"*', [1]),
        ("dont-miss", [3]),
        ("miss-dont", []),
        ("sale", [3]),
        ("title:council", []),
        ("council OR cafe", []),
        ("council NOT river", []),
        ("council AND", []),
        ("(council", [2, 1]),
        ("council ^", [2, 1]),
        ("NEAR(council)", []),
        ('"', []),
        ("*", []),
        ("", []),
        ("   \0 ", []),
        ("\ud800", []),
        ("council " * 5000, [2, 1]),
        (" ".join(f"word{n}" for n in range(5000)), []),
        ("-council", [2, 1]),
        ("{title}: council", []),
        ("1", []),
    ],
)
def test_whatever_is_typed_is_a_search(store: Store, words: str, numbers: list[int]) -> None:
    posts = (
        stored(1, 1, title="Council approves new cycle lanes", text="along the river"),
        stored(2, 2, title="", text="The council met."),
        stored(3, 3, title="Dont miss: CAFÉ sale🥰", text="now"),
    )
    store.commit(Batch(posts=posts))

    found = [int(row.post.id.rpartition("/")[2]) for row in store.search(words).rows]

    assert found == numbers


def test_search_comes_newest_first_by_event_time_within_an_author_and_by_page(
    store: Store,
) -> None:
    posts = [
        stored(number, number * 7 % 12, author=f"web:a{number % 2}.example") for number in range(12)
    ]
    store.commit(Batch(posts=tuple(posts)))

    rows = paged(lambda after: store.search("council", limit=5, after=after))
    mine = store.search("council", author="web:a1.example", limit=5)

    newest = sorted(posts, key=lambda post: -post.at_ms)
    assert [row.post for row in rows] == [post.post for post in newest]
    assert [row.post for row in mine.rows] == [
        post.post for post in newest if post.post.author == "web:a1.example"
    ][:5]
    assert store.search("council", author="web:nobody.example").rows == ()


# -- counts


def test_counts_are_by_whole_hours_and_source(store: Store) -> None:
    posts = [stored(n, 30 * n, source="ab"[n % 3 == 0]) for n in range(8)]
    store.commit(Batch(posts=tuple(posts)))

    hourly = store.counts("posts", step=HOUR, since=NOON + HOUR, until=NOON + 3 * HOUR)
    daily = store.counts("posts", step=24 * HOUR)

    assert [(c.at, c.key, c.count) for c in hourly] == [
        (NOON + HOUR, "a", 1),
        (NOON + HOUR, "b", 1),
        (NOON + 2 * HOUR, "a", 2),
    ]
    assert [(c.at, c.key, c.count) for c in daily] == [
        (NOON - 12 * HOUR, "a", 5),
        (NOON - 12 * HOUR, "b", 3),
    ]


def test_a_finding_is_counted_once_where_its_newest_form_begins(store: Store) -> None:
    for first_at in (NOON + HOUR, NOON + HOUR, NOON):
        store.commit(Batch(findings=(a_finding(first_at=first_at),)))

    counts = store.counts("findings", step=HOUR)

    assert [(c.at, c.key, c.count) for c in counts] == [(NOON, "repeats", 1)]


@pytest.mark.parametrize("step", [timedelta(0), timedelta(minutes=90), -HOUR])
def test_a_step_that_is_no_whole_hours_is_refused(store: Store, step: timedelta) -> None:
    with pytest.raises(UsageError, match="whole hours"):
        store.counts("posts", step=step)


@pytest.mark.parametrize("after", ["x", "!!", "WzFd", "é"])
def test_a_mark_of_another_list_is_refused(store: Store, after: str) -> None:
    with pytest.raises(UsageError, match="page mark"):
        store.history(AUTHOR, after=after)


# -- removals


def test_a_removed_post_is_gone_from_everywhere_and_counts_stay(store: Store) -> None:
    letter = dead_letter("detector:repeats", "bug", b'{"id":"web:example.org/1"}')
    other = dead_letter("detector:repeats", "bug", b'{"id":"web:example.org/12"}')
    store.commit(
        Batch(posts=(stored(1), stored(2, 1)), findings=(quoting(),), dead=(letter, other))
    )

    store.commit(remove_post(1))

    assert store.post("web:example.org/1") is None
    assert store.known(["web:example.org/1"]) == {"web:example.org/1": ""}
    assert [row.post.id for row in store.search("council").rows] == ["web:example.org/2"]
    finding = store.finding("f1")
    assert finding is not None
    assert (finding.evidence, finding.quotes) == ((), ())
    assert finding.reason == f"Published “{ERASED}” 4 times."
    assert store.findings(FindingQuery(words="approves")).rows == ()
    assert store.dead().rows == (other,)
    assert store.counts("posts", step=HOUR)[0].count == 2
    assert store.stats().posts == 1
    summary = store.author(AUTHOR)
    assert summary is not None
    assert (summary.posts, summary.first_at) == (1, NOON + MINUTE)
    assert store.check() == []


def test_a_removed_post_does_not_come_back(store: Store) -> None:
    store.commit(remove_post(1))

    store.commit(Batch(posts=(stored(1), stored(2))))
    store.commit(remove_post(2))
    store.commit(Batch(posts=(stored(1), stored(2))))

    assert store.stats().posts == 0
    assert store.known(["web:example.org/1"]) == {"web:example.org/1": ""}


def test_a_removal_reaches_a_post_of_its_own_batch(store: Store) -> None:
    batch = Batch(posts=(stored(1),), findings=(quoting(),), removals=remove_post(1).removals)

    store.commit(batch)

    assert store.post("web:example.org/1") is None
    finding = store.finding("f1")
    assert finding is not None
    assert finding.quotes == ()


def test_a_removal_reaches_evidence_that_came_with_an_update(store: Store) -> None:
    store.commit(Batch(findings=(quoting(1),)))
    store.commit(Batch(findings=(quoting(2, "Later words"),)))

    store.commit(remove_post(2))

    finding = store.finding("f1")
    assert finding is not None
    assert "Later" not in finding.reason


def test_removing_the_latest_post_gives_the_name_before_it(store: Store) -> None:
    store.commit(
        Batch(posts=(stored(1, 1, author_name="Ann"), stored(2, 2, author_name="Ann Secret")))
    )

    store.commit(remove_post(2))
    store.commit(Batch(posts=(stored(3, 0, author_name="Older"),)))

    found = store.author(AUTHOR)
    assert found is not None
    assert found.name == "Ann"
    assert store.find_authors("secret") == []


def test_a_removed_author_is_gone_with_everything(store: Store) -> None:
    other = "web:other.example"
    letter = dead_letter("example", "odd", b"{", author=AUTHOR)
    quoting_them = quoting(1, id="f2", subject=other)
    store.commit(
        Batch(
            posts=(stored(1), stored(2), stored(3, author=other)),
            findings=(quoting(), quoting_them),
            author_states={AUTHOR: b"state", other: b"state"},
            dead=(letter,),
        )
    )

    store.commit(remove_author())

    assert store.author(AUTHOR) is None
    assert store.history(AUTHOR).rows == ()
    assert store.author_states([AUTHOR, other]) == {other: b"state"}
    assert store.removed_authors([AUTHOR, other]) == {AUTHOR: None}
    assert store.finding("f1") is None
    left = store.finding("f2")
    assert left is not None
    assert (left.quotes, "Council" in left.reason) == ((), False)
    assert store.dead().rows == ()
    assert store.known(["web:example.org/1"]) == {"web:example.org/1": ""}
    assert [count.count for count in store.counts("findings", step=HOUR)] == [2]
    assert [row.post.author for row in store.search("council").rows] == [other]
    assert store.check() == []


def test_nothing_of_a_removed_author_comes_back(store: Store) -> None:
    store.commit(remove_author())

    store.commit(Batch(posts=(stored(1),), findings=(quoting(),), author_states={AUTHOR: b"s"}))

    assert store.stats() == replace(store.stats(), posts=0, authors=0, findings=0)
    assert store.author_states([AUTHOR]) == {}


def about(number: int, minute: int = 0, **changes: Any) -> DeadLetter:
    """Give a letter that holds a post, as a processor sets it aside."""
    post = stored(number, minute, **changes).post
    return dead_letter("detector:repeats", "bug", codec.encode(post), author=post.author, at=NOON)


def test_letters_that_name_a_removed_post_are_not_taken(store: Store) -> None:
    store.commit(Batch(posts=(stored(1), stored(2), stored(5))))
    store.retain("example", NOON + MINUTE)
    store.commit(Batch(posts=(stored(3, 5), stored(4, 5)), removals=remove_post(3).removals))
    store.commit(remove_post(4))
    other = "web:other.example"
    answer = about(6, author=other, reply_to="web:example.org/3")
    cut = dead_letter("posts:0:1", "no JSON", b'[{"id":"web:example.org\\/4","author')

    store.commit(Batch(dead=(about(1), about(3), about(4, author=other), answer, cut, about(7))))

    assert store.dead().rows == (about(7), about(1))


def test_letters_of_a_removed_author_are_not_taken(store: Store) -> None:
    store.commit(remove_author())
    held = dead_letter("posts:0:1", "bug", codec.encode(stored(1, 90).post))
    known = dead_letter("example", "odd", b"{", author=AUTHOR, at=NOON)
    finding = dead_letter("findings:0:1", "odd", codec.encode(quoting()))
    kept = about(2, author="web:other.example")

    store.commit(Batch(dead=(about(1), held, known, finding, kept)))

    assert store.dead().rows == (kept,)


def test_of_an_author_removed_up_to_a_time_letters_after_it_are_taken(store: Store) -> None:
    store.commit(remove_author(NOON + 10 * MINUTE))
    late = dead_letter("example", "odd", b"{", author=AUTHOR, at=NOON + HOUR)
    early = dead_letter("example", "odd", b"[", author=AUTHOR, at=NOON)
    timeless = dead_letter("example", "odd", b"?", author=AUTHOR)

    store.commit(Batch(dead=(about(1, 10), about(2, 11), late, early, timeless)))

    assert store.dead().rows == (late, about(2, 11))


def test_of_two_posts_with_one_id_the_first_that_was_not_removed_stands(store: Store) -> None:
    store.commit(remove_author(at=NOON))
    before, after = stored(1, posted_at=NOON - MINUTE), stored(1, posted_at=NOON + MINUTE)

    store.commit(Batch(posts=(before, after)))

    found = store.post(after.post.id)
    assert found is not None
    assert found.post.posted_at == NOON + MINUTE


def test_an_author_removed_up_to_a_time_goes_on_after_it(store: Store) -> None:
    store.commit(
        Batch(
            posts=(stored(1, 0), stored(2, 10), stored(3, 20)),
            findings=(quoting(), a_finding(id="later", first_at=NOON + 15 * MINUTE)),
            author_states={AUTHOR: b"old"},
        )
    )

    store.commit(remove_author(NOON + 10 * MINUTE))
    store.commit(Batch(posts=(stored(4, 5), stored(5, 30))))

    ids = [row.post.post.id[-1] for row in store.history(AUTHOR).rows if row.post]
    assert ids == ["5", "3"]
    assert [finding.id for finding in store.findings(FindingQuery()).rows] == ["later"]
    assert store.author_states([AUTHOR]) == {}
    assert store.removed_authors([AUTHOR]) == {AUTHOR: NOON + 10 * MINUTE}


def test_the_state_that_comes_with_a_removal_is_kept_for_posts_after_it(store: Store) -> None:
    store.commit(Batch(posts=(stored(1, 0), stored(2, 20)), author_states={AUTHOR: b"old"}))

    removal = remove_author(NOON + 10 * MINUTE)
    store.commit(replace(removal, author_states={AUTHOR: b"redacted"}))

    assert store.author_states([AUTHOR]) == {AUTHOR: b"redacted"}


def test_a_later_removal_of_an_author_reaches_further_and_an_earlier_one_does_not(
    store: Store,
) -> None:
    store.commit(remove_author(NOON))
    store.commit(remove_author(NOON + HOUR))
    store.commit(remove_author(NOON - HOUR))
    assert store.removed_authors([AUTHOR]) == {AUTHOR: NOON + HOUR}

    store.commit(remove_author())
    store.commit(remove_author(NOON))

    assert store.removed_authors([AUTHOR]) == {AUTHOR: None}


def test_removing_twice_changes_nothing(store: Store) -> None:
    batch = Batch(
        posts=tuple(stored(n, n, author=f"web:a{n % 3}.example") for n in range(9)),
        findings=(quoting(0), quoting(4, id="f2")),
        removals=(
            Removal(removed="post", id="web:example.org/4"),
            Removal(removed="author", author="web:a0.example", at=NOON + 4 * MINUTE),
            Removal(removed="author", author="web:a2.example"),
        ),
    )
    store.commit(batch)
    before = answers(store)

    store.commit(Batch(removals=batch.removals))
    store.commit(batch)

    assert answers(store) == before
    assert store.check() == []


# -- retention


def test_retention_drops_old_posts_of_one_source_and_leaves_findings_and_counts(
    store: Store,
) -> None:
    old = tuple(stored(n, n, source="feed") for n in range(300))
    other = stored(900, 0, source="other")
    store.commit(Batch(posts=(*old, other), findings=(quoting(),)))
    counts = store.counts("posts", step=HOUR)

    dropped = store.retain("feed", NOON + 290 * MINUTE)

    assert dropped == 290
    assert store.stats().posts == 11
    assert store.retain("feed", NOON + 290 * MINUTE) == 0
    assert store.retain("no such source", NOON) == 0
    assert store.counts("posts", step=HOUR) == counts
    assert store.finding("f1") == quoting()
    assert len(store.search("council", limit=100).rows) == 11
    summary = store.author(AUTHOR)
    assert summary is not None
    assert (summary.posts, summary.first_at) == (11, NOON)
    assert store.check() == []


def test_a_post_dropped_by_retention_stays_known_and_does_not_come_back(store: Store) -> None:
    store.commit(Batch(posts=(stored(1), stored(2, 60))))
    store.retain("example", NOON + HOUR)

    store.commit(Batch(posts=(stored(1), stored(3))))

    assert store.known(["web:example.org/1"]) == {"web:example.org/1": AUTHOR}
    assert store.post("web:example.org/1") is None
    assert store.post("web:example.org/3") is not None
    assert store.counts("posts", step=HOUR)[0].count == 2
    store.commit(Batch(findings=(quoting(1),)))
    assert store.finding("f1") == quoting(1)


def test_a_finding_that_comes_after_a_removal_does_not_quote_the_post(store: Store) -> None:
    store.commit(Batch(posts=(stored(1),)))
    store.retain("example", NOON + HOUR)
    store.commit(remove_post(1))

    store.commit(Batch(findings=(quoting(1),)))

    finding = store.finding("f1")
    assert finding is not None
    assert (finding.quotes, "Council" in finding.reason) == ((), False)


def test_a_long_history_is_removed_whole(store: Store) -> None:
    posts = tuple(stored(n, n % 50) for n in range(5000))
    store.commit(Batch(posts=posts))

    store.commit(remove_author(NOON + 40 * MINUTE))

    assert store.stats().posts == 900


def test_of_an_author_of_whom_nothing_is_left_not_even_the_name_is(store: Store) -> None:
    gone_before = Removal(removed="author", author=AUTHOR, at=NOON - 2 * MINUTE)
    store.commit(Batch(posts=(stored(1, -1),)))
    store.retain("example", NOON)
    assert store.known(["web:example.org/1"]) == {"web:example.org/1": AUTHOR}

    store.commit(Batch(removals=(gone_before,)))

    assert store.known(["web:example.org/1"]) == {"web:example.org/1": ""}
