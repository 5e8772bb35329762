"""The dashboard starts and stops with the commands that serve it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bunco import codec
from tests.builders import a_post
from tests.bunco.cli.shell import typed

BUNCO = (sys.executable, "-m", "bunco")


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a command that serves; give it with the address it tells."""
    environment = os.environ | {"BUNCO_DASHBOARD__ENABLED": "true"}
    with subprocess.Popen(
        [*BUNCO, *words], stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stderr
            said = ""
            for line in process.stderr:
                said += line
                if found := re.search(r"http://\S+:\d+", said):
                    yield process, found[0]
                    break
            else:
                raise AssertionError(said)
        finally:
            process.kill()


def test_a_store_is_served_until_ctrl_c(store: str) -> None:
    with started("serve", "--store", store, "--port", "0") as (process, url):
        rows = httpx.get(f"{url}/api/v1/findings").json()["rows"]
        page = httpx.get(url)
        refused = httpx.post(f"{url}/api/v1/posts", json={})
        said = {"judged": "fine", "because": "a digest"}
        judged = httpx.post(f"{url}/api/v1/findings/f1/verdict", json=said)

        process.send_signal(signal.SIGINT)
        code = process.wait(15)

    assert [row["id"] for row in rows] == ["f1", "f2"]
    assert page.status_code == 200
    nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
    assert nonce
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert len(scripts) > 3
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert refused.status_code == 503
    assert code == 0
    assert judged.status_code == 200
    verdicts = typed("verdicts", "--store", store, "--json").stdout.splitlines()
    assert [json.loads(one)["because"] for one in verdicts] == ["a digest"]


def test_a_port_that_is_taken_ends_serve_and_not_a_run(folder: Path, store: str) -> None:
    (folder / "posts.jsonl").write_bytes(codec.encode(a_post()) + b"\n")
    (folder / "bunco.toml").write_text(
        '[[source]]\nname = "file"\nkind = "jsonl"\npath = "posts.jsonl"\n', encoding="utf-8"
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        served = typed("serve", "--store", store, "--port", port)
        environment = os.environ | {
            "BUNCO_DASHBOARD__ENABLED": "true",
            "BUNCO_DASHBOARD__PORT": port,
        }
        run = subprocess.run(
            [*BUNCO, "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert served.exit_code == 1
    assert f"127.0.0.1:{port} is taken" in served.stderr
    assert run.returncode == 0
    assert "No dashboard" in run.stderr
    assert "1 posts" in run.stderr


@pytest.mark.parametrize("words", [["serve", "--host", "0.0.0.0"], ["serve", "--host", "::"]])  # noqa: S104  # refused
def test_other_addresses_are_refused_without_users(store: str, words: list[str]) -> None:
    result = typed(*words, "--store", store)

    assert result.exit_code == 2
    assert "dashboard.host" in result.stderr
    assert "[[dashboard.users]]" in result.stderr


def test_a_replay_is_watched_and_stays(folder: Path) -> None:
    (folder / "posts.jsonl").write_bytes(codec.encode(a_post()) + b"\n")
    (folder / "bunco.toml").write_text("[dashboard]\nport = 0\n", encoding="utf-8")

    with started("replay", "posts.jsonl", "--store", "new.db", "--serve") as (process, url):
        assert process.stderr
        for line in process.stderr:
            if "stays until" in line:
                break
        posts = httpx.get(f"{url}/api/v1/stats").json()["posts"]
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)

    assert posts == 1
    assert code == 0
