import multiprocessing
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from bunco.codec import encode as _encode
from bunco.errors import StoreError
from bunco.model import Batch, Removal, SourceState, dead_letter, from_ms, to_ms
from bunco.storage.keeping import HOUR_MS
from bunco.stores import sqlite
from bunco.stores_sql import schema
from bunco.values import Duration
from tests.builders import NOON, a_finding, a_verdict
from tests.contract.stores import HOUR, MINUTE, answers, paged, quoting, stored

AUTHOR = "web:example.org"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bunco.db"


@pytest.fixture
def store(path: Path) -> Iterator[sqlite.SqliteStore]:
    made = opened(path)
    yield made
    made.close()


def opened(path: Path, wait: float = 5.0) -> sqlite.SqliteStore:
    return sqlite.SqliteStore(sqlite.Options(path=str(path), wait=Duration(seconds=wait)))


def file_bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


def word(chance: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(chance.choices(letters, k=chance.randint(9, 18)))


# -- the file


def test_asking_makes_no_file_and_the_first_commit_does(
    store: sqlite.SqliteStore, path: Path
) -> None:
    assert store.source_states() == {}
    assert store.check() == []
    assert not path.exists()

    store.commit(Batch(sources=(SourceState(source="a"),)))

    assert path.exists()
    assert list(store.source_states()) == ["a"]


def test_what_was_committed_is_there_after_reopening(path: Path) -> None:
    first = opened(path)
    first.commit(Batch(posts=(stored(),), findings=(quoting(),), author_states={AUTHOR: b"s"}))
    before = answers(first)
    first.close()

    again = opened(path)

    assert answers(again) == before
    again.close()


def test_a_closed_store_says_so(store: sqlite.SqliteStore) -> None:
    store.commit(Batch(posts=(stored(),)))
    store.close()

    with pytest.raises(StoreError, match="was closed"):
        store.stats()
    with pytest.raises(StoreError, match="was closed"):
        store.commit(Batch())


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)

    with pytest.raises(StoreError, match="not a store of bunco"):
        opened(path).stats()


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()

    with pytest.raises(StoreError, match="another program"):
        opened(path).commit(Batch(posts=(stored(),)))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(tmp_path / "nowhere" / "bunco.db").commit(Batch())


# -- versions


def test_a_store_of_a_newer_version_is_refused(path: Path) -> None:
    first = opened(path)
    first.commit(Batch(posts=(stored(),)))
    first.close()
    newer = apsw.Connection(str(path))
    newer.pragma("user_version", 99)
    newer.close()

    with pytest.raises(StoreError, match=r"version 99.*newer bunco"):
        opened(path).stats()
    with pytest.raises(StoreError, match=r"version 99.*newer bunco"):
        opened(path).commit(Batch())


def test_a_store_of_an_older_version_is_brought_up_with_all_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(path)
    first.commit(Batch(posts=(stored(),)))
    first.close()
    steps = (
        *schema.STEPS,
        "CREATE TABLE later (finding TEXT) STRICT; INSERT INTO later VALUES ('x')",
    )
    monkeypatch.setattr(schema, "STEPS", steps)
    monkeypatch.setattr("bunco.stores_sql.connections.STEPS", steps)
    monkeypatch.setattr(schema.migrate, "__defaults__", (steps,))
    monkeypatch.setattr(schema.version, "__defaults__", (steps,))

    again = opened(path)

    assert again.stats().posts == 1
    again.close()
    look = apsw.Connection(str(path))
    assert look.pragma("user_version") == len(steps)
    assert look.execute("SELECT finding FROM later").get == "x"
    look.close()


def test_a_store_from_before_there_were_verdicts_takes_them(path: Path) -> None:
    connection = apsw.Connection(str(path))
    schema.migrate(connection, str(path), schema.STEPS[:1])
    old = _encode(quoting()).replace(
        b'"quieted_by":"","outgrew":"","verdict":null,"quiet":false', b""
    )
    connection.execute("INSERT INTO authors VALUES (1, ?, '', '')", (AUTHOR,))
    connection.execute(
        "INSERT INTO findings VALUES (1, 'f1', 'repeats', 1, 600000000, 0, 0, '', '', '')"
    )
    connection.execute("INSERT INTO finding_bodies VALUES (1, ?)", (old.replace(b",}", b"}"),))
    connection.close()
    store = opened(path)

    before = store.finding("f1")
    store.commit(Batch(verdicts=(a_verdict(),)))

    assert before == quoting()
    after = store.finding("f1")
    assert after is not None
    assert (after.verdict, after.quiet) == (a_verdict(), True)
    assert store.check() == []
    store.close()


def test_a_store_from_before_there_was_a_dashboard_is_counted_and_followed(path: Path) -> None:
    connection = apsw.Connection(str(path))
    schema.migrate(connection, str(path), schema.STEPS[:2])
    connection.execute("INSERT INTO authors VALUES (1, ?, '', '')", (AUTHOR,))
    connection.execute("INSERT INTO sources VALUES (1, 'example', NULL)")
    connection.execute("INSERT INTO tallies VALUES (1, 3, -60001, 60000, NULL)")
    for key, at_ms in enumerate((-60_001, 59_999, 60_000), 1):
        body = _encode(stored(key, posted_at=from_ms(at_ms)).post)
        row = (key, f"web:example.org/{key}", 1, at_ms, 1, 0.0, None, body)
        connection.execute("INSERT INTO posts VALUES (?,?,?,?,?,?,?,?)", row)
    for key in (1, 2):
        connection.execute(
            "INSERT INTO findings (key, id, detector, author, points, first_ms, last_ms, sources, "
            "places, sentence) VALUES (?, 'f' || ?1, 'repeats', 1, 600000000, ?, 0, '', '', '')",
            (key, to_ms(NOON)),
        )
        finding = _encode(a_finding(id=f"f{key}"))
        connection.execute("INSERT INTO finding_bodies VALUES (?, ?)", (key, finding))
    connection.close()
    store = opened(path)

    seen = store.changes()
    store.commit(Batch(findings=(a_finding(id="f1", score=0.9),)))

    assert [change.id for change in seen.rows] == ["f1", "f2"]
    assert [change.id for change in store.changes(seen.after).rows] == ["f1"]
    assert [
        (to_ms(one.at), one.count)
        for one in store.minutes("posts", since=from_ms(-HOUR_MS), until=from_ms(HOUR_MS))
    ] == [(-120_000, 1), (0, 1), (60_000, 1)]
    (minute,) = store.minutes("findings", since=NOON, until=NOON + HOUR)
    assert (minute.at, minute.count) == (NOON, 2)
    store.close()


def test_an_upgrade_that_fails_changes_nothing(path: Path) -> None:
    connection = apsw.Connection(str(path))
    schema.migrate(connection, str(path))

    with pytest.raises(apsw.SQLError):
        schema.migrate(connection, str(path), (*schema.STEPS, "CREATE TABLE one (x)", "nonsense"))

    assert connection.pragma("user_version") == len(schema.STEPS)
    assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'one'").get is None
    connection.close()


# -- several at once


def test_another_writer_is_an_error_after_a_wait_not_a_hang(
    store: sqlite.SqliteStore, path: Path
) -> None:
    store.commit(Batch(posts=(stored(),)))
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    impatient = opened(path, wait=0.05)

    with pytest.raises(StoreError, match="written by someone else"):
        impatient.commit(Batch(posts=(stored(2),)))

    assert impatient.stats().posts == 1
    other.execute("ROLLBACK")
    impatient.commit(Batch(posts=(stored(2),)))
    assert store.stats().posts == 2
    other.close()
    impatient.close()


def test_a_commit_that_fails_leaves_nothing_behind(
    store: sqlite.SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise apsw.IOError("disk on fire")

    new = stored(2, author="web:new.example")
    store.commit(Batch(posts=(stored(1),)))
    before = answers(store)
    with monkeypatch.context() as broken:
        broken.setattr("bunco.stores_sql.commits._write_dead", fail)
        with pytest.raises(StoreError, match="on fire"):
            store.commit(
                Batch(posts=(stored(2, author="web:new.example"),), findings=(quoting(2),))
            )

    assert answers(store) == before
    store.commit(Batch(posts=(new,)))
    assert store.stats().authors == 2
    assert store.check() == []


def test_two_writers_taking_turns_keep_authors_apart(path: Path) -> None:
    one, other = opened(path), opened(path)
    one.commit(Batch(posts=(stored(1, author="web:a.example"),)))

    other.commit(Batch(removals=(Removal(removed="author", author="web:a.example"),)))
    other.commit(Batch(posts=(stored(2, author="web:b.example"),)))
    one.commit(Batch(posts=(stored(3, author="web:c.example"), stored(4, author="web:b.example"))))

    assert [(summary.author, summary.posts) for summary in one.find_authors("web")] == [
        ("web:b.example", 2),
        ("web:c.example", 1),
    ]
    assert one.check() == []
    one.close()
    other.close()


def test_readers_in_threads_go_on_while_batches_are_written(store: sqlite.SqliteStore) -> None:
    store.commit(Batch(posts=(stored(0),)))
    done = threading.Event()
    seen: list[int] = []
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            history = store.history(AUTHOR, limit=1000).rows
            times = [entry.at for entry in history]
            if times != sorted(times, reverse=True) or len(history) % 20 != 1:
                wrong.append(times)
            seen.append(len(history))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for batch in range(25):
        store.commit(Batch(posts=tuple(stored(1 + batch * 20 + n, batch + 1) for n in range(20))))
    done.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(set(seen)) > 1
    assert store.stats().posts == 501


def _count_posts(
    path: str, ready: "multiprocessing.synchronize.Event", found: "multiprocessing.Queue[int]"
) -> None:
    reader = opened(Path(path))
    first = reader.stats().posts
    ready.set()
    while (now := reader.stats().posts) < 50:
        assert now >= first
    found.put(now)
    reader.close()


def test_a_reader_in_another_process_sees_each_commit(
    store: sqlite.SqliteStore, path: Path
) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, found = spawn.Event(), spawn.Queue()
    store.commit(Batch(posts=(stored(0),)))
    reader = spawn.Process(target=_count_posts, args=(str(path), ready, found))
    reader.start()
    assert ready.wait(20)

    for number in range(1, 50):
        store.commit(Batch(posts=(stored(number),)))

    assert found.get(timeout=20) == 50
    reader.join(20)
    assert reader.exitcode == 0


def _open_new(
    folder: str, files: int, together: "multiprocessing.synchronize.Barrier", writes: bool
) -> None:
    for number in range(files):
        path = Path(folder) / f"{number}.db"
        store = opened(path)
        together.wait(20)
        if writes:
            store.commit(Batch())
        while not path.exists():
            pass
        assert store.stats().posts == 0
        store.close()


def test_processes_that_open_a_new_file_at_the_same_moment_wait_for_each_other(
    tmp_path: Path,
) -> None:
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(4)
    processes = [
        spawn.Process(target=_open_new, args=(str(tmp_path), 60, together, number < 2))
        for number in range(4)
    ]

    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * 4


def test_a_file_whose_tables_are_just_being_made_is_no_other_programs(path: Path) -> None:
    maker, reader = apsw.Connection(str(path)), apsw.Connection(str(path))
    maker.pragma("journal_mode", "wal")

    def made_meanwhile(_: object, sql: str, __: object) -> bool:
        if "sqlite_schema" in sql and maker.pragma("user_version") == 0:
            schema.migrate(maker, str(path))
        return True

    reader.exec_trace = made_meanwhile

    assert schema.version(reader, str(path)) == 0
    assert schema.version(reader, str(path)) == len(schema.STEPS)
    reader.close()
    maker.close()


# -- what a removal leaves in the file


def test_no_byte_of_a_removed_post_is_left_in_the_files(path: Path) -> None:
    chance = random.Random(5)
    store = opened(path)
    gone: list[str] = []
    removals: list[Removal] = []
    for batch in range(12):
        posts = []
        states = {}
        findings = []
        for n in range(60):
            number = batch * 60 + n
            words = [word(chance) for _ in range(6)]
            author = f"web:a{number % 40}.example"
            title = f"{words[0]} shared {words[1]}"
            posts.append(
                stored(
                    number,
                    number,
                    author=author,
                    title=title,
                    text=f"{words[2]} common body {words[3]}",
                    url=f"https://{words[4]}.example/",
                    links=(f"https://{words[5]}.example/",),
                )
            )
            states[author] = title.encode() * chance.randint(1, 60)
            if n % 10 == 0:
                findings.append(quoting(number, title, id=f"f{number % 90}", subject=author))
            if number % 3 == 0:
                gone += words
                removals.append(Removal(removed="post", id=f"web:example.org/{number}"))
        store.commit(Batch(posts=tuple(posts), findings=tuple(findings), author_states=states))
    assert any(text.encode() in file_bytes(path) for text in gone)
    redacted = {f"web:a{n}.example": b"redacted" for n in range(40)}

    for first in range(0, len(removals), 30):
        store.commit(Batch(removals=tuple(removals[first : first + 30]), author_states=redacted))

    left = file_bytes(path)
    assert [text for text in gone if text.encode() in left] == []
    assert store.check() == []
    assert store.stats().posts == 480
    store.close()
    assert [text for text in gone if text.encode() in file_bytes(path)] == []


def test_no_byte_of_a_removed_author_is_left_in_the_files(path: Path) -> None:
    chance = random.Random(6)
    name, account, title, body = (word(chance) for _ in range(4))
    author = f"web:{account}.example"
    store = opened(path)
    others = tuple(stored(n, n, author=f"web:o{n}.example") for n in range(100, 200))
    theirs = tuple(
        stored(n, n, author=author, author_name=name, title=f"{title} {n}", text=f"{body} {n}")
        for n in range(50)
    )
    store.commit(
        Batch(
            posts=others[:50] + theirs + others[50:],
            findings=(
                quoting(1, f"{title} 1", subject=author),
                quoting(2, f"{title} 2", id="f2", subject="web:o100.example"),
            ),
            author_states={author: title.encode() * 100, "web:o100.example": b"fine"},
            dead=(dead_letter("example", "odd", f'{{"author":"{author}",'.encode()),),
        )
    )

    store.commit(Batch(removals=(Removal(removed="author", author=author),)))

    left = file_bytes(path)
    found = [text for text in (name, account, title, body) if text.encode() in left]
    assert found == []
    assert b"o100" in left
    assert store.check() == []
    store.close()


def test_the_log_is_emptied_once_a_reader_has_let_go(store: sqlite.SqliteStore, path: Path) -> None:
    secret = word(random.Random(7))
    store.commit(Batch(posts=(stored(1, title=secret), stored(2))))
    reader = apsw.Connection(str(path))
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM posts").get == 2

    store.commit(Batch(removals=(Removal(removed="post", id="web:example.org/1"),)))
    assert secret.encode() in file_bytes(path)
    reader.execute("ROLLBACK")
    store.commit(Batch())

    assert secret.encode() not in file_bytes(path)
    reader.close()


def test_retention_lets_others_write_between_its_steps(
    store: sqlite.SqliteStore, path: Path
) -> None:
    store.commit(Batch(posts=tuple(stored(n, n % 60) for n in range(900))))
    other = opened(path)
    errors: list[StoreError] = []

    def write() -> None:
        try:
            for number in range(1000, 1010):
                other.commit(Batch(posts=(stored(number, 120),)))
        except StoreError as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    dropped = store.retain("example", NOON + HOUR)
    writer.join()

    assert (dropped, errors) == (900, [])
    assert store.stats().posts == 10
    other.close()


# -- damage


def test_check_names_what_is_wrong(path: Path) -> None:
    store = opened(path)
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(3)), findings=(quoting(),)))
    store.close()
    vandal = apsw.Connection(str(path))
    vandal.execute("DELETE FROM authors").fetchall()
    vandal.execute("DELETE FROM finding_bodies").fetchall()
    vandal.execute("UPDATE tallies SET posts = 7").fetchall()
    vandal.execute("DELETE FROM words_data WHERE id > 100").fetchall()
    vandal.close()

    store = opened(path)
    said = "\n".join(store.check())
    store.close()

    assert "3 posts name an author who is not there" in said
    assert "1 findings have lost their content" in said
    assert "another number of posts" in said
    assert "words" in said


def test_many_matches_are_found_in_the_order_of_time_whatever_order_they_came_in(
    store: sqlite.SqliteStore,
) -> None:
    # the middle years first, then two blocks and more of the oldest, then the newest
    minutes = [*range(8000, 13_000), *range(8000), *range(13_000, 18_000)]
    random.Random(8).shuffle(middle := minutes[:5000])
    minutes[:5000] = middle
    for first in range(0, len(minutes), 2000):
        store.commit(
            Batch(posts=tuple(stored(n, n, text="") for n in minutes[first : first + 2000]))
        )

    rows = paged(lambda after: store.search("council", limit=2500, after=after))

    assert [(row.post.posted_at - NOON) // MINUTE for row in rows] == list(range(17_999, -1, -1))
