"""Replays go on where they were; signals end them after the running batch."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from bunco import codec
from bunco.wiring import open_store_at
from tests.builders import a_post
from tests.bunco.cli.shell import typed

_BUNCO = (sys.executable, "-m", "bunco")


def _write(path: Path, count: int, first: int = 0) -> None:
    with path.open("ab") as file:
        for number in range(first, first + count):
            post = a_post(
                timedelta(minutes=number),
                id=f"web:deals.example/{number}",
                author="web:deals.example",
                title="You won't believe this trick",
            )
            file.write(codec.encode(post) + b"\n")


def test_a_replay_tells_its_totals(folder: Path) -> None:
    _write(folder / "posts.jsonl", 50)

    result = typed("replay", "posts.jsonl", "--store", "new.db")

    assert result.exit_code == 0, result.stderr
    assert "50 posts" in result.stderr
    assert typed("findings", "--store", "new.db", "--json").stdout != ""


def test_a_second_replay_says_that_it_is_done(folder: Path) -> None:
    _write(folder / "posts.jsonl", 50)
    typed("replay", "posts.jsonl", "--store", "new.db")

    again = typed("replay", "posts.jsonl", "--store", "new.db")

    assert again.exit_code == 0
    assert "posts.jsonl was played to its end" in again.stderr
    assert "\n0 posts" in again.stderr


def test_what_was_added_to_a_file_is_played_too(folder: Path) -> None:
    _write(folder / "posts.jsonl", 50)
    typed("replay", "posts.jsonl", "--store", "new.db")
    _write(folder / "posts.jsonl", 10, first=50)

    typed("replay", "posts.jsonl", "--store", "new.db")

    store = open_store_at("new.db")
    assert store.stats().posts == 60
    store.close()


def test_a_replay_reads_standard_input(folder: Path) -> None:
    _write(folder / "posts.jsonl", 5)
    ran = subprocess.run(
        [*_BUNCO, "replay", "-", "--store", "new.db"],
        input=(folder / "posts.jsonl").read_bytes(),
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert b"5 posts" in ran.stderr


def test_a_malformed_line_is_set_aside(folder: Path) -> None:
    _write(folder / "posts.jsonl", 3)
    with (folder / "posts.jsonl").open("a") as file:
        file.write("{oops\n")

    result = typed("replay", "posts.jsonl", "--store", "new.db")

    letters = typed("dead", "--store", "new.db", "--json").stdout.splitlines()
    assert "1 set aside" in result.stderr
    assert json.loads(letters[0])["body"].startswith("{oops")


def test_a_file_that_is_not_there_makes_no_store(folder: Path) -> None:
    result = typed("replay", "no.jsonl", "--store", "new.db")

    assert result.exit_code == 2
    assert "no.jsonl: no such file" in result.stderr
    assert not (folder / "new.db").exists()


def test_one_signal_ends_a_replay_after_its_batch_and_it_goes_on(folder: Path) -> None:
    _write(folder / "posts.jsonl", 600)
    # 600 posts a minute apart at 36,000 times life's speed last a second.
    command = [*_BUNCO, "replay", "posts.jsonl", "--store", "new.db", "--speed", "1200"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as replaying:
        while not (folder / "new.db").exists():
            assert replaying.poll() is None
        replaying.send_signal(signal.SIGINT)
        _, said = replaying.communicate(timeout=30)

    assert replaying.returncode == 130
    assert b"Stopping after the running batch" in said
    assert b"the same command goes on" in said
    assert typed("replay", "posts.jsonl", "--store", "new.db").exit_code == 0
    store = open_store_at("new.db")
    assert store.stats().posts == 600
    store.close()


def test_a_run_without_sources_is_wrong_use(folder: Path) -> None:
    (folder / "bunco.toml").write_text('[store]\npath = "bunco.db"\n')

    result = typed("run")

    assert result.exit_code == 2
    assert "no source to read" in result.stderr
    assert not (folder / "bunco.db").exists()


def test_a_run_ends_with_0_when_it_is_told_to_stop(folder: Path) -> None:
    (folder / "posts.jsonl").write_text("")
    _write(folder / "posts.jsonl", 5)
    (folder / "bunco.toml").write_text(
        '[[source]]\nname = "a"\nkind = "jsonl"\npath = "posts.jsonl"\n'
        '[[source]]\nname = "b"\nkind = "rss"\nurl = "http://127.0.0.1:9/feed"\n'
    )
    with subprocess.Popen([*_BUNCO, "run"], stderr=subprocess.PIPE) as running:
        while not (folder / "bunco.db").exists():
            assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=30)

    assert running.returncode == 0, said
    assert b"Stopping after the running batch" in said
