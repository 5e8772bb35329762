"""The demo shows the main job, and the next command to type."""

import shlex
from pathlib import Path

from tests.bunco.cli.shell import typed


def test_the_demo_ends_with_a_command_that_works(folder: Path) -> None:
    result = typed("demo", "--store", "a demo.db")

    assert result.exit_code == 0, result.stderr
    assert "The worst authors" in result.stdout
    assert "high " in result.stdout
    assert (folder / "a demo.db").exists()
    command = shlex.split(result.stdout.strip().splitlines()[-1])
    history = typed(*command[1:])
    assert command[0] == "bunco"
    assert history.exit_code == 0
    assert "▲" in history.stdout


def test_the_demo_touches_no_store_that_is_there(folder: Path) -> None:
    (folder / "mine.db").write_text("precious")

    result = typed("demo", "--store", "mine.db")

    assert result.exit_code == 2
    assert (folder / "mine.db").read_text() == "precious"
