"""What an install holds: four packages with all their files, and nothing else."""

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.test_layers import libraries

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"bunco", "ingest", "processors", "dashboards"}


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the paths inside a wheel built from this checkout; needs no network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_wheel_holds_exactly_our_four_packages(wheel_names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}

    ours = {top for top in tops if not top.endswith(".dist-info")}

    assert ours == PACKAGES
    assert len(tops) == len(PACKAGES) + 1


def test_wheel_holds_every_file_of_the_packages(wheel_names: list[str]) -> None:
    there = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    packed = {name for name in wheel_names if name.partition("/")[0] in PACKAGES}

    assert packed == there


def test_wheel_says_its_licence(wheel_names: list[str]) -> None:
    licences = [name for name in wheel_names if name.endswith("/licenses/LICENSE")]

    assert len(licences) == 1


@pytest.mark.parametrize("top", ["tests", *sorted(PACKAGES)])
def test_every_folder_with_code_is_a_package(top: str) -> None:
    folders = {file.parent for file in (ROOT / top).rglob("*.py")}
    folders |= {above for folder in folders for above in folder.parents if ROOT in above.parents}

    bare = sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists())

    assert not bare


CODECS = {"cramjam", "crc32c", "lz4"}
"""What the clients of Kafka load by themselves where it is there."""
DATA = {"tzdata"}
"""What Python itself reads, for time zones where the system has none."""


def test_what_is_imported_is_a_dependency_and_nothing_else_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distributions = packages_distributions()

    extras = project["optional-dependencies"]
    plain = {_name(line) for line in project["dependencies"]}
    more = {_name(line) for lines in extras.values() for line in lines}
    used = {_name(distributions[library][0]) for library in libraries()}

    assert plain.isdisjoint(more)
    assert used == (plain | more) - CODECS - DATA


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    asked = project["project"]["dependencies"] + [line for extra in extras for line in extra]
    asked += [line for group in groups.values() for line in group if isinstance(line, str)]
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in constraints if line and not line.startswith("#")]

    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    missing = {name for line in asked if (name := _name(line)) not in pinned}

    assert not missing, "run make lock"
    assert all("==" in line and "/" not in line for line in lines), "exact versions, no addresses"


def _name(requirement: str) -> str:
    """Give the normalised name of a requirement.

    >>> _name("Aio_Http[speedups]>=3.14,<4")
    'aio-http'
    """
    end = next((at for at, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), None)
    return requirement[:end].lower().replace("_", "-").replace(".", "-")
