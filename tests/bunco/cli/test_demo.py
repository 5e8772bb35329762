"""The demo shows the main job, and the next command to type."""

import shlex
import subprocess
import sys
from pathlib import Path

from tests.bunco.cli.shell import typed


def test_the_demo_ends_with_a_command_that_works_when_pasted(folder: Path) -> None:
    demo = [sys.executable, "-m", "bunco", "demo", "--store", "a demo.db"]

    result = subprocess.run(demo, capture_output=True, text=True, check=False, cwd=folder)
    pasted = shlex.split(result.stdout.strip().splitlines()[-1])
    history = subprocess.run(pasted, capture_output=True, text=True, check=False, cwd=folder)

    assert result.returncode == 0, result.stderr
    assert "The worst authors" in result.stdout
    assert "high " in result.stdout
    assert (folder / "a demo.db").exists()
    assert history.returncode == 0, history.stderr
    assert "▲" in history.stdout


def test_the_command_is_named_by_its_path_where_the_shell_does_not_find_it(folder: Path) -> None:
    bunco = Path(sys.executable).with_name("bunco")
    demo = [str(bunco), "demo", "--store", "other.db"]

    result = subprocess.run(
        demo, capture_output=True, text=True, check=False, cwd=folder, env={"PATH": "/nowhere"}
    )

    pasted = shlex.split(result.stdout.strip().splitlines()[-1])
    assert (folder / pasted[0]).resolve() == bunco.resolve()


def test_the_demo_touches_no_store_that_is_there(folder: Path) -> None:
    (folder / "mine.db").write_text("precious")

    result = typed("demo", "--store", "mine.db")

    assert result.exit_code == 2
    assert (folder / "mine.db").read_text() == "precious"
