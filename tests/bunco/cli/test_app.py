"""The command line as a whole: exit codes, errors in one line, pipes, speed."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bunco.cli.app import app
from tests.bunco.cli.shell import typed

_BUNCO = (sys.executable, "-m", "bunco")


def test_the_version_is_told() -> None:
    assert typed("--version").stdout == f"bunco {version('bunco')}\n"


def test_every_command_has_a_first_line_of_help() -> None:
    for command in app.registered_commands:
        assert command.help
        assert command.help.splitlines()[0].endswith(".")


@pytest.mark.parametrize("command", [*app.registered_commands], ids=lambda it: it.name or "")
def test_help_shows_its_examples_line_by_line(command: object) -> None:
    name = getattr(command, "name", None) or command.callback.__name__  # type: ignore[attr-defined]

    result = typed(name, "--help")

    assert result.exit_code == 0
    assert "\\b" not in result.stdout
    assert "\b" not in result.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["history"], ["findings", "--limit", "0"], []])
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    assert typed(*words).exit_code == 2


def test_a_wrong_configuration_is_one_line_and_ends_with_2(folder: Path) -> None:
    (folder / "bunco.toml").write_text("[nonsense]\n")

    result = typed("findings")

    assert result.exit_code == 2
    assert result.stderr.startswith("bunco: bunco.toml: nonsense: found an unknown table")
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_no_store_is_a_failure(folder: Path) -> None:
    (folder / "bunco.db").write_text("these are no tables" * 100)

    result = typed("findings")

    assert result.exit_code == 1
    assert result.stderr.startswith("bunco: ")


def test_debug_shows_where_an_error_came_from(folder: Path) -> None:
    (folder / "bunco.toml").write_text("[nonsense]\n")

    result = typed("--debug", "findings")

    assert result.exception is not None
    assert type(result.exception).__name__ == "ConfigError"


def test_a_package_of_a_stranger_is_told_by_the_doctor(folder: Path) -> None:
    stranger = folder / "theirs" / "processors"
    stranger.mkdir(parents=True)
    (stranger / "__init__.py").write_text("")
    (folder / "posts.jsonl").write_text("")
    environment = os.environ | {"PYTHONPATH": str(stranger.parent)}

    ran = [
        subprocess.run(
            [*_BUNCO, *words], env=environment, capture_output=True, check=False, timeout=60
        )
        for words in (["replay", "posts.jsonl", "--store", "x.db"], ["doctor", "--offline"])
    ]

    assert [one.returncode for one in ran] == [1, 1]
    assert b'"bunco doctor" may tell why' in ran[0].stderr
    assert b"processors is not ours" in ran[1].stdout
    assert b"Traceback" not in ran[0].stderr + ran[1].stderr


def test_a_file_that_cannot_be_written_is_one_line(folder: Path) -> None:
    (folder / "bunco.toml").write_text(
        '[[source]]\nname = "a"\nkind = "rss"\nurl = "https://a.example/feed"\n'
    )

    result = typed("export", "--out", "no/such/folder.opml")

    assert result.exit_code == 1
    assert result.stderr.startswith("bunco: ")
    assert result.stderr.count("\n") == 1


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    command = f"yes 'you will not believe this' | head -50000 | {' '.join(_BUNCO)} score | head -1"
    ran = subprocess.run(  # noqa: S602  # a pipe is what is tested
        command, shell=True, capture_output=True, check=True, timeout=60
    )

    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


def test_a_table_cut_short_by_its_reader_is_no_failure(store: str) -> None:
    script = f"set -o pipefail; {' '.join(_BUNCO)} findings --store {store} | true"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=60)  # noqa: S607

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_help_loads_no_heavy_module() -> None:
    heavy = ("aiohttp", "feedparser", "apsw", "structlog", "selectolax", "asyncio", "zstandard")
    code = (
        "import sys\n"
        "from bunco.cli.app import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60
    )

    assert ran.stderr == "[]\n"


def test_nothing_is_coloured_in_a_pipe(store: str) -> None:
    ran = subprocess.run(
        [*_BUNCO, "findings", "--store", store], capture_output=True, check=True, timeout=60
    )

    assert b"\x1b" not in ran.stdout + ran.stderr
