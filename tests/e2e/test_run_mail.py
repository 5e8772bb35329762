"""``bunco run`` over a real IMAP server: told of mails, killed, started again, made to forget."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bunco import wiring
from bunco.codec import encode
from bunco.model import Removal
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from tests.ingest.mail.dovecot import PASSWORD, Dovecot, running
from tests.ingest.mail.mails import Story, a_google_alert, a_mail

SHOUT = "You will never believe what this kettle of Ulm can do"


def a_config(folder: Path, server: Dovecot) -> Path:
    (folder / "password").write_text(PASSWORD)
    (folder / "removals.jsonl").touch()
    (folder / "bunco.toml").write_text(f"""
[store]
path = "{folder}/mails.db"

[[source]]
name = "mails"
kind = "alert_mail"
host = "localhost"
port = {server.tls_port}
username = "ann"
password = {{ file = "{folder}/password" }}
ca_file = "{server.ca_file}"
batch = 3

[[source]]
name = "removals"
kind = "jsonl"
path = "{folder}/removals.jsonl"
follow = true
""")
    return folder / "bunco.toml"


@contextmanager
def a_run(folder: Path, end: signal.Signals) -> Iterator[Store]:
    """Give the store of a run that ends by a signal."""
    command = [sys.executable, "-m", "bunco", "run", "--config", str(folder / "bunco.toml")]
    with (
        (folder / "said").open("ab") as log,
        subprocess.Popen(command, stderr=log, cwd=folder) as run,
    ):
        try:
            until_true((folder / "mails.db").exists)
            store = wiring.open_store_at(str(folder / "mails.db"))
            try:
                yield store
            finally:
                store.close()
        finally:
            run.send_signal(end)
            run.wait(timeout=20)


def until_true(ask: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ask():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def an_alert(number: int, host: str = "kettles.example", title: str = SHOUT) -> bytes:
    hours = f"Mon, 2 Mar 2026 {number:02}:00:00 +0000"
    story = Story(title, f"https://{host}/{number}", "Kettle News", f"A kettle of {host}, {number}")
    return a_google_alert(story, number=number, date=hours)


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("mails.db*")))


def test_a_mailbox_is_followed_through_kills_and_forgets_on_request(tmp_path: Path) -> None:
    with running() as server:
        a_config(tmp_path, server)
        for number in range(6):
            server.deliver(an_alert(number))
        server.deliver(a_mail())

        with a_run(tmp_path, signal.SIGKILL) as store:
            until_true(lambda: store.stats().posts == 6)
            server.deliver(an_alert(6))
            until_true(lambda: store.stats().posts == 7)
        server.deliver(an_alert(7))
        server.deliver(an_alert(8, "pots.example", "Pots of Neu-Ulm are back again"))

        with a_run(tmp_path, signal.SIGINT) as store:
            until_true(lambda: store.stats().posts == 9)
            kept = contents(tmp_path)
            (finding,) = store.findings(FindingQuery(detector="repeats")).rows
            with (tmp_path / "removals.jsonl").open("ab") as file:
                gone = Removal(removed="post", id="alert:https://pots.example/8")
                file.write(encode(gone) + b"\n")
            until_true(lambda: store.stats().posts == 8)

    command = [sys.executable, "-m", "bunco", "forget", "web:kettles.example", "--yes"]
    subprocess.run([*command, "--store", str(tmp_path / "mails.db")], check=True, timeout=60)
    left = contents(tmp_path)

    said = (tmp_path / "said").read_text()
    assert "Traceback" not in said
    assert finding.numbers["count_24h"] == 8
    for words in (SHOUT, "Pots of Neu-Ulm", "A kettle of kettles.example, 3", "Kettle News"):
        assert words.encode() in kept
        assert words.encode() not in left
    assert PASSWORD not in said
    assert PASSWORD.encode() not in kept + left
    assert json.dumps(PASSWORD).encode() not in kept + left
