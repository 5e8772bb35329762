"""The image's recipe: what it copies is there, and what it runs as is nobody special."""

import fnmatch
import re
import tomllib
from pathlib import PurePosixPath

import pytest

from tests.deploy.compose_project import ROOT

RECIPE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8")


def copied() -> list[str]:
    """Give what the recipe copies out of the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", RECIPE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_is_there_and_reaches_the_engine(source: str) -> None:
    let_in = re.findall(r"^!(.*)$", IGNORED, re.MULTILINE)

    assert (ROOT / source).exists()
    assert source in let_in


def test_nothing_reaches_the_engine_that_is_not_asked_for() -> None:
    let_in = set(re.findall(r"^!(.*)$", IGNORED, re.MULTILINE))

    assert "*" in IGNORED.splitlines()
    assert let_in == set(copied())
    assert any(fnmatch.fnmatch("a/__pycache__", line) for line in IGNORED.splitlines())


def test_package_is_copied_whole() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)

    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    files = [project["project"]["readme"], *project["project"]["license-files"]]

    assert {*packages, *files, "constraints.txt"} <= set(copied())
    assert project["project"]["version"] in RECIPE


def test_last_stage_runs_as_nobody_special_and_holds_no_tools() -> None:
    *_, last = RECIPE.split("\nFROM ")

    assert re.search(r"^USER 1000:1000$", last, re.MULTILINE)
    assert last.index("USER 1000") > last.rindex("RUN ")
    assert not re.search(r"\bpip\b|apt-get|/tools", last)
    assert "--without-pip" in RECIPE


def test_base_image_is_pinned_to_a_release() -> None:
    assert re.search(r"^ARG PYTHON=3\.\d+\.\d+-slim-[a-z]+$", RECIPE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", RECIPE, re.MULTILINE)) == {"python:${PYTHON}"}


def test_scripts_of_the_stack_are_where_it_looks_for_them() -> None:
    stack = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    named = {
        PurePosixPath(path).name for path in re.findall(r"/opt/bunco/compose/\S+?\w\b\.\w+", stack)
    }

    assert named == {"keys.py", "setup.sh", "alive.py"}
    assert all((ROOT / "deploy" / "compose" / name).exists() for name in named)
