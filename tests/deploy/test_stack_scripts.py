"""The scripts inside the stack: passwords made once, told to Elasticsearch, health asked."""

import base64
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.deploy.compose_project import ROOT
from tests.services.required import started
from tests.services.servers import ElasticServer

SCRIPTS = ROOT / "deploy" / "compose"
FILES = {
    "bunco/dashboard",
    "bunco/password",
    "elastic/password",
    "kibana/encryption",
    "kibana/kibana.yml",
    "kibana/password",
}


def run(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPTS / name, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    for name in ("bunco", "elastic", "kibana"):
        (tmp_path / name).mkdir()
    done = run("keys.py", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def held(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="ascii")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_keys_are_long_different_and_for_their_owner_alone(keys: Path) -> None:
    words = held(keys)
    kibana_yml = words.pop("kibana/kibana.yml")

    assert {*words, "kibana/kibana.yml"} == FILES
    assert len(set(words.values())) == len(words)
    assert min(len(word) for word in words.values()) >= 32
    assert {path.stat().st_mode & 0o777 for path in keys.rglob("*") if path.is_file()} == {0o400}
    assert words["kibana/password"] in kibana_yml
    assert words["elastic/password"] not in kibana_yml


def test_second_start_keeps_the_keys(keys: Path) -> None:
    before = held(keys)

    done = run("keys.py", keys)

    assert done.returncode == 0
    assert not done.stdout
    assert held(keys) == before


def test_configuration_of_kibana_has_keys_long_enough(keys: Path) -> None:
    lines = dict(
        line.split(": ", 1)
        for line in (keys / "kibana/kibana.yml").read_text(encoding="ascii").splitlines()
    )

    encryption = [json.loads(value) for key, value in lines.items() if "encryptionKey" in key]

    assert json.loads(lines["elasticsearch.username"]) == "kibana_system"
    assert len(set(encryption)) == 3
    assert min(len(key) for key in encryption) >= 32  # Source: Kibana, security settings


@contextmanager
def answering(answer: Callable[[str], tuple[int, str]]) -> Iterator[tuple[str, list[str]]]:
    """Give the address of an HTTP server, and what it was asked: method, path, login, body."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            login = self.headers.get("Authorization", "").removeprefix("Basic ")
            who = base64.b64decode(login).decode()
            asked.append(f"{self.command} {self.path} {who} {body}")
            status, text = answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_PUT = do_POST = _answer  # noqa: N815  # the names http.server asks for

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_users_get_the_passwords_that_were_made(keys: Path) -> None:
    words = held(keys)

    with answering(lambda _: (200, "{}")) as (url, asked):
        done = run("users.py", url, keys)

    assert done.returncode == 0, done.stderr
    assert [re.split(r" (?=elastic:)", line)[0] for line in asked] == [
        "PUT /_security/role/bunco",
        "PUT /_security/user/bunco",
        "POST /_security/user/kibana_system/_password",
    ]
    assert all(f"elastic:{words['elastic/password']} " in line for line in asked)
    assert words["bunco/password"] in asked[1]
    assert words["kibana/password"] in asked[2]
    assert not [word for word in words.values() if word in done.stdout + done.stderr]


@pytest.fixture
def secured(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElasticServer]:
    """Give an Elasticsearch that asks who comes, with the password made for it."""
    password = (keys / "elastic/password").read_text(encoding="ascii")
    folder = tmp_path_factory.mktemp("secured")
    with started(ElasticServer(folder, password=password)) as server:
        yield server


def status(server: ElasticServer, login: str, method: str, path: str) -> int:
    """Give the HTTP status of a request without a body."""
    credentials = base64.b64encode(login.encode()).decode()
    request = urllib.request.Request(
        server.url + path, headers={"Authorization": f"Basic {credentials}"}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.timeout(240)  # starts a node of 10 s of computing, on a busy machine
def test_elasticsearch_lets_each_user_do_what_it_should(keys: Path, secured: ElasticServer) -> None:
    words = held(keys)
    bunco, kibana = f"bunco:{words['bunco/password']}", f"kibana_system:{words['kibana/password']}"
    stranger = status(secured, bunco, "GET", "/")

    twice = [run("users.py", secured.url, keys).returncode for _ in range(2)]

    assert stranger == 401
    assert twice == [0, 0]
    assert status(secured, kibana, "GET", "/_security/_authenticate") == 200
    assert status(secured, bunco, "PUT", "/bunco-posts-2026.11") == 200
    assert status(secured, bunco, "GET", "/_cluster/health") == 200
    assert status(secured, bunco, "GET", "/_index_template") == 200
    assert status(secured, bunco, "PUT", "/other") == 403
    assert status(secured, bunco, "GET", "/_security/user") == 403


def test_refusal_is_told_with_what_to_do(keys: Path) -> None:
    with answering(lambda _: (401, "unable to authenticate user [elastic]")) as (url, asked):
        done = run("users.py", url, keys)

    assert done.returncode == 1
    assert len(asked) == 1
    assert "unable to authenticate" in done.stderr
    assert "down --volumes" in done.stderr
    assert "Traceback" not in done.stderr


def test_health_is_what_the_process_says() -> None:
    with answering(lambda _: (200, "ready\n")) as (url, asked):
        well = run("alive.py", url.rsplit(":", 1)[1])
    with answering(lambda _: (503, "no broker answers\n")) as (url, _):
        ill = run("alive.py", url.rsplit(":", 1)[1])
    gone = run("alive.py", url.rsplit(":", 1)[1])

    assert (well.returncode, ill.returncode, gone.returncode) == (0, 1, 1)
    assert asked[0].startswith("GET /readyz")
    assert "no broker answers" in ill.stdout
    assert "refused" in gone.stdout
