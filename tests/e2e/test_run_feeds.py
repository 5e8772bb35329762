"""``bunco run`` over all shared feed documents, served by a real server on loopback."""

import functools
import http.server
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from bunco import wiring
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from tests.shared_data import shared


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the stopped run leaves behind."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def _written(folder: Path, address: str, paths: list[str]) -> Path:
    tables = [f'[store]\npath = "{folder}/feeds.db"\n']
    tables += [
        f'[[source]]\nname = "{path}"\nkind = "rss"\nurl = "{address}/{quote(path)}"\n'
        "allow_private = true\n"
        for path in paths
    ]
    (folder / "bunco.toml").write_text("\n".join(tables), encoding="utf-8")
    return folder / "bunco.toml"


def test_a_run_polls_every_feed_and_keeps_a_reason_for_each_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = shared("feeds")
    paths = [str(path.relative_to(root)) for path in sorted(root.rglob("*")) if path.is_file()]

    start = time.monotonic()
    with _served(root) as address:
        command = [sys.executable, "-m", "bunco", "run", "--config"]
        command.append(str(_written(tmp_path, address, paths)))
        with (
            (tmp_path / "said").open("wb") as log,
            subprocess.Popen(command, stderr=log, cwd=tmp_path) as running,
        ):
            store = _waited(tmp_path / "feeds.db", len(paths))
            running.send_signal(signal.SIGINT)
            running.wait(timeout=20)

    said = (tmp_path / "said").read_bytes()
    states = store.source_states()
    refused = {name: state.error for name, state in states.items() if state.error}
    with capsys.disabled():
        print(
            f"\n{len(states)} feeds polled by bunco run in {time.monotonic() - start:.0f} s, "
            f"{store.stats().posts} posts, {len(refused)} refused"
        )
    assert running.returncode == 0, said.decode()
    assert b"Traceback" not in said
    assert len(states) == len(paths)
    assert store.stats().posts > 1300
    assert all(len(reason) > 10 for reason in refused.values())
    assert store.findings(FindingQuery()).rows is not None
    store.close()


def _waited(path: Path, sources: int) -> Store:
    """Give the store once every source was polled."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        time.sleep(0.5)
        if not path.exists():
            continue
        store = wiring.open_store_at(str(path))
        if sum(state.polled_at is not None for state in store.source_states().values()) >= sources:
            return store
        store.close()
    raise AssertionError(f"not all of {sources} sources were polled within 90 s")
