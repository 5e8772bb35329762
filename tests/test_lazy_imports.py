"""What a command loads: no more than it needs, and no client of a service ever."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVICES = {"kafka", "faust", "elasticsearch", "rocksdict", "confluent_kafka"}
DASHBOARD = {"nicegui", "fastapi", "starlette", "uvicorn", "argon2"}
READERS_OF_THE_WEB = {"aiohttp", "feedparser", "brotli", "zstandard", "selectolax"}

_PROGRAM = """
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps(sorted(sys.modules)), file=sys.stderr))
from bunco.cli.app import main
sys.argv = ["bunco", *sys.argv[1:]]
main()
"""

POST = {
    "id": "web:example.org/1",
    "author": "web:example.org",
    "posted_at": "2026-03-02T12:00:00Z",
    "title": "Council approves new cycle lanes along the river",
}


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """Give the top-level modules in memory when a command ends well."""
    environment = {key: value for key, value in os.environ.items() if "BUNCO_" not in key}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said, _, modules = done.stderr.strip().rpartition("\n")
    assert done.returncode == 0, said
    return {name.partition(".")[0] for name in json.loads(modules)}


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """Give a file with one post."""
    path = tmp_path / "posts.jsonl"
    path.write_text(json.dumps(POST) + "\n", encoding="utf-8")
    return path


def test_help_loads_no_store_no_web_and_no_parser(tmp_path: Path) -> None:
    modules = loaded_by("--help", cwd=tmp_path)

    assert not modules & (SERVICES | READERS_OF_THE_WEB | {"apsw", "structlog", "sqlite3"})
    assert not modules & DASHBOARD


def test_reading_loads_no_web_and_no_parser(tmp_path: Path, posts: Path) -> None:
    store = str(tmp_path / "posts.db")
    loaded_by("replay", str(posts), "--store", store, cwd=tmp_path)

    modules = loaded_by("authors", "--store", store, "--json", cwd=tmp_path)

    assert "apsw" in modules
    assert not modules & (SERVICES | {"aiohttp", "feedparser", "brotli", "selectolax"})


def test_a_backtest_loads_no_web_and_nothing_to_draw_with(tmp_path: Path, posts: Path) -> None:
    loaded_by("replay", str(posts), "--store", "posts.db", cwd=tmp_path)

    modules = loaded_by("backtest", "--store", "posts.db", cwd=tmp_path)

    assert "apsw" in modules
    assert not modules & (SERVICES | {"aiohttp", "feedparser", "numpy", "matplotlib"})


def test_replay_loads_no_web(tmp_path: Path, posts: Path) -> None:
    modules = loaded_by("replay", str(posts), "--store", "posts.db", cwd=tmp_path)

    assert not modules & (SERVICES | DASHBOARD | {"aiohttp", "feedparser"})


def test_embedded_run_loads_no_client_of_a_service(tmp_path: Path, posts: Path) -> None:
    config = f'[[source]]\nname = "file"\nkind = "jsonl"\npath = {json.dumps(str(posts))}\n'
    config += "[dashboard]\nport = 0\n"
    (tmp_path / "bunco.toml").write_text(config, encoding="utf-8")

    modules = loaded_by("run", cwd=tmp_path)

    assert {"processors", "nicegui"} <= modules
    assert not modules & SERVICES
