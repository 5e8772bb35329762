"""Run a real Kafka broker or Elasticsearch node: start, stop, kill, start again on its data.

They are the scripts of ``deploy/services``; a server here is one such process, on loopback. It
ends with the thread that started it, however that ends, so start servers in the main thread.
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.services.kafka_wire import brokers

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "services"
READY_WITHIN = 90.0
"""Seconds from start to the first answer; ours: five times what a busy 2-core machine took."""
STOPPED_WITHIN = 30.0
_PAUSE = 0.05
_UNAVAILABLE = 69
"""What the scripts end with where a server cannot be had: EX_UNAVAILABLE of sysexits.h."""


class CannotBeHadError(Exception):
    """A server cannot run on this machine; the words say what is missing."""


class ServerError(Exception):
    """A server ended or stayed silent; the words hold the end of its log."""


class Server(ABC):
    """One server process with its data in a folder.

    Args:
        folder: where data, configuration and ``server.log`` are kept; made when missing.
        port: None for a free one; it stays the same over restarts.
    """

    kind: str
    """The name of its folder below ``deploy/services``."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def missing(cls) -> str:
        """Say why it could not start at once, without the network; empty when it could."""
        script = SCRIPTS / cls.kind / "up.sh"
        done = subprocess.run([script, "--check"], capture_output=True, text=True, check=False)
        return done.stderr.strip() if done.returncode else ""

    @property
    def log(self) -> Path:
        """Give the file that holds what the server wrote, over all its starts."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        """Give the id of the running process.

        Raises:
            ServerError: it does not run.
        """
        if self._process is None:
            raise ServerError(f"{self.kind} does not run")
        return self._process.pid

    def start(self) -> Self:
        """Start it, on the data of its last run if there was one, and wait until it answers.

        Raises:
            CannotBeHadError: this machine lacks what it needs.
            ServerError: its port is taken, it ended, or it gave no answer in time.
        """
        if self._process is None:
            if not _is_free(self.port):
                raise ServerError(f"{self.kind}: somebody else listens at port {self.port}")
            self.folder.mkdir(parents=True, exist_ok=True)
            self._process = self._spawn()
        deadline = time.monotonic() + READY_WITHIN
        while not self.answers():
            if (code := self._process.poll()) is not None:
                self._process = None
                raise self._ended(code)
            if time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"no answer in {READY_WITHIN:.0f} s; {self._last_words()}")
            time.sleep(_PAUSE)
        return self

    def stop(self) -> None:
        """End it in order (SIGTERM) and wait; kill it when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOPPED_WITHIN)
        self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash would."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        self._kill_container()

    def pause(self) -> None:
        """Let it hang (SIGSTOP): connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after ``pause``."""
        self._signal(signal.SIGCONT)

    @abstractmethod
    def answers(self) -> bool:
        """Ask the server itself whether it serves."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _environment(self) -> dict[str, str]:
        """Give what its script may read beyond our own environment."""
        return {}

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [str(SCRIPTS / self.kind / "up.sh"), str(self.folder), str(self.port)]
        if tie := shutil.which("setpriv"):  # the kernel kills it when we die, even by SIGKILL
            command = [tie, "--pdeathsig", "KILL", *command]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C at the prompt is for us, and we end it in order.
            return subprocess.Popen(
                command,
                env=os.environ | self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _kill_container(self) -> None:
        container = self.folder / "container"  # there only where Docker runs the server
        if container.exists():
            command = ["docker", "kill", container.read_text(encoding="ascii").strip()]
            subprocess.run(command, capture_output=True, check=False)
            container.unlink()

    def _ended(self, code: int) -> Exception:
        if code == _UNAVAILABLE:
            return CannotBeHadError(self._last_words(lines=1))
        return ServerError(f"{self.kind} ended with {code}; {self._last_words()}")

    def _last_words(self, lines: int = 15) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


class KafkaServer(Server):
    """One Kafka broker, its own controller."""

    kind = "kafka"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__(folder, port or free_port(adjoining=1))

    @property
    def address(self) -> str:
        """Give what clients bootstrap from."""
        return f"127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Say whether the broker lists itself as alive."""
        try:
            return bool(brokers("127.0.0.1", self.port))
        except OSError:
            return False


class ElasticServer(Server):
    """One Elasticsearch node, without TLS.

    Args:
        folder: see ``Server``.
        port: see ``Server``.
        password: of the user ``elastic``; empty: nobody is asked who they are. It holds from
            the first start on a folder's data.
    """

    kind = "elasticsearch"

    def __init__(self, folder: Path, port: int | None = None, password: str = "") -> None:
        super().__init__(folder, port)
        self.password = password

    @property
    def url(self) -> str:
        """Give the address of its HTTP interface."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Say whether every primary shard is there to be searched."""
        request = urllib.request.Request(f"{self.url}/_cluster/health")
        if self.password:
            login = base64.b64encode(f"elastic:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {login}")
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                return bool(json.load(answer)["status"] in {"green", "yellow"})
        except OSError:  # refused, reset, timed out, or not ready yet (503)
            return False

    def _environment(self) -> dict[str, str]:
        return {"BUNCO_SERVICES_PASSWORD": self.password}


def free_port(adjoining: int = 0) -> int:
    """Give a free port on loopback, with as many free ones behind it as asked."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            if all(_is_free(port + 1 + step) for step in range(adjoining)):
                return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Else connections of a server just killed keep its port for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
