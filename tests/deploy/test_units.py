"""The systemd units: they start commands that exist, with little rights."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose_project import ROOT
from tests.deploy.test_compose import is_command

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def setting(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit_starts_a_command_that_exists(unit: Path) -> None:
    (line,) = setting(unit, "ExecStart")

    _, *words = shlex.split(line)
    at = next(at for at, word in enumerate(words) if word.startswith("-"))
    command, options = tuple(words[:at]), words[at:]

    assert is_command(command)
    assert "--config" in options


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit_runs_as_nobody_special(unit: Path) -> None:
    assert setting(unit, "User") == ["bunco"]
    assert setting(unit, "NoNewPrivileges") == ["yes"]
    assert setting(unit, "ProtectSystem") == ["strict"]
    assert setting(unit, "CapabilityBoundingSet") == [""]
    assert setting(unit, "MemoryMax")
    assert not re.search("password|token", unit.read_text(encoding="utf-8"), re.IGNORECASE)


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not on PATH")
    for unit in UNITS:
        name = unit.name.replace("@", "@a")
        text = re.sub(
            r"^(ExecStart)=.*", r"\1=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE
        )
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )

    assert not [line for line in done.stderr.splitlines() if str(tmp_path) in line]
