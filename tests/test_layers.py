"""Who may import whom: the contracts of pyproject.toml, and one home for each library."""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bunco", "ingest", "processors", "dashboards")

HOMES = {
    "aiohttp": {
        "bunco.streams.vitals",
        "ingest.events",
        "ingest.guard",
        "ingest.http",
        "ingest.mishaps",
        "ingest.opening",
        "ingest.sockets",
    },
    "aiosmtplib": {"bunco.notifiers.smtp"},
    "apprise": {"bunco.notifiers.apprise"},
    "apsw": {"bunco.ledgers.sqlite", "bunco.stores.sqlite", "bunco.stores_sql"},
    "argon2": {"dashboards.access.passwords"},
    "brotli": {"ingest.compression"},
    "coincurve": {"ingest.nostr.event"},
    "elastic_transport": {"bunco.stores_elastic"},
    "elasticsearch": {"bunco.stores_elastic"},
    "fastapi": {"dashboards"},
    "faust": {"processors.distributed"},
    "feedparser": {"ingest.feeds.syndication"},
    "jinja2": {"bunco.alerts.mail"},
    "kafka": {"bunco.streams"},
    "matplotlib": {"bunco.evaluation.drawing"},
    "nicegui": {"dashboards.pages"},
    "numpy": {"bunco.evaluation"},
    "prometheus_client": {
        "bunco.streams.vitals",
        "dashboards.api.metrics",
        "processors.distributed",
        "processors.sink",
    },
    "rapidfuzz": {"bunco.evaluation.likeness", "bunco.text.similarity"},
    "rich": {"bunco.cli"},
    "rocksdict": {"processors.distributed"},
    "scipy": {"bunco.evaluation.fitting"},
    "selectolax": {"bunco.text.plain", "ingest.feeds.discovery", "ingest.mail.anchors"},
    "sklearn": {"bunco.evaluation.fitting", "bunco.evaluation.studies.sensational"},
    "starlette": {"dashboards"},
    "structlog": {"bunco.log"},
    "typer": {"bunco.cli"},
    "uvicorn": {"dashboards.serving"},
    "yarl": {"ingest.http", "ingest.opening", "ingest.sharing.hosts"},
    "zstandard": {"bunco.cli.simulate", "ingest.compression", "ingest.unpacking"},
}
"""Where a library may be imported: a module, or a package with all in it."""

EVERYWHERE = {"msgspec"}


def libraries() -> dict[str, set[str]]:
    """Give the imported libraries that are neither ours nor Python's, with who imports them."""
    importers = defaultdict(set)
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for name in _imported(ast.parse(file.read_text(encoding="utf-8"))):
                if name not in sys.stdlib_module_names and name not in PACKAGES:
                    importers[name].add(module.removesuffix(".__init__"))
    return importers


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_library_is_imported_in_its_home_alone() -> None:
    strays = [
        f"{module} imports {library}"
        for library, modules in sorted(libraries().items())
        if library not in EVERYWHERE
        for module in sorted(modules)
        if not any(f"{module}.".startswith(f"{home}.") for home in HOMES.get(library, ()))
    ]

    assert not strays, "\n".join(strays)


def test_every_listed_library_is_still_used() -> None:
    used = set(libraries())

    unused = set(HOMES) - used

    assert not unused


@pytest.mark.parametrize("package", PACKAGES)
def test_package_files_hold_a_docstring_alone(package: str) -> None:
    files = sorted((ROOT / package).rglob("__init__.py"))

    fuller = [file for file in files if len(ast.parse(file.read_text()).body) != 1]

    assert files
    assert not fuller


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
