"""One bunco process: start, kill, stop, let it stand still; the kernel ends it when we end."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STOPPED_WITHIN = 30.0
_LAST_LINES = 25


class Broken(AssertionError):  # noqa: N818  # fails the test that meets it
    """A process ended by itself, or something did not come within its time; holds the logs."""


class Running:
    """One bunco process; the same name again is a restart.

    Args:
        name: names its log.
        command: what it runs.
        folder: where its log is and where it runs.
        environment: overrides of the configuration.
    """

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        tie = [found, "--pdeathsig", "KILL"] if (found := shutil.which("setpriv")) else []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*tie, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(ROOT), **environment},
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> int | None:
        """Give its exit code; None while it runs."""
        return self.process.poll()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it in order (SIGTERM); give its exit code.

        Raises:
            Broken: it does not end.
        """
        self.process.terminate()
        try:
            return self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken(
                f"{self.name} did not end within {STOPPED_WITHIN:.0f} s of SIGTERM\n{self.tail()}"
            ) from None

    def hang(self) -> None:
        """Let it stand still (SIGSTOP)."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after ``hang``."""
        self.process.send_signal(signal.SIGCONT)

    def wait(self, seconds: float) -> int:
        """Give its exit code once it ends by itself.

        Raises:
            Broken: it does not.
        """
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Broken(f"{self.name} did not end in {seconds:.0f} s\n{self.tail()}") from None

    def tail(self) -> str:
        """Give the last lines of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([f"--- {self.log}", *lines[-_LAST_LINES:]])
