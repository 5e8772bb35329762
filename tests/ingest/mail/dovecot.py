"""Run a real IMAP server: Debian's dovecot, unprivileged, on loopback, with TLS."""

import asyncio
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import pytest

from tests.services.servers import free_port

PASSWORD = 'tea & "milk" für zwei'  # noqa: S105  # of a server that lives as long as a test
READY_WITHIN = 30.0
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
mailbox_list_index = no
imap_capability = {capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def command() -> str:
    """Give the path of dovecot; the test ends where there is none: skipped, or failed in CI."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found and shutil.which("openssl"):
        return found
    reason = "there is no dovecot here (deploy/dovecot.sh installs it)"
    if os.environ.get("BUNCO_REQUIRE_IMAP", "") not in {"", "0"}:
        pytest.fail(f"{reason} (BUNCO_REQUIRE_IMAP is set)", pytrace=False)
    pytest.skip(reason)


class Dovecot:
    """One server with its mailboxes in a folder of its own.

    Args:
        binary: the path of dovecot.
        folder: readable for everybody, as the server is nobody.
        capability: what the server says it is able to do; empty: all that it is.
    """

    def __init__(self, binary: str, folder: Path, capability: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.tls_port = free_port()
        self.ca_file = folder / "cert.pem"
        self._binary = binary
        self._capability = capability
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._prepare()

    def start(self) -> Self:
        """Start it and wait until it greets."""
        self._process = subprocess.Popen(
            [self._binary, "-F", "-c", str(self.folder / "dovecot.conf")],
            user=self._owner.pw_uid if os.getuid() == 0 else None,
            group=self._owner.pw_gid if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + READY_WITHIN
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > until:
                log = self.folder / "log"
                raise AssertionError(log.read_text() if log.exists() else "dovecot said nothing")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """End it, and at once its children, which wait ten seconds with waiting clients."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def deliver(self, raw: bytes, *, user: str = "ann", folder: str = "") -> Path:
        """Put a mail into a mailbox, as a mail server does; an IDLE is told of it."""
        self._count += 1
        maildir = self.maildir(user, folder)
        name = f"{1_772_000_000 + self._count}.M{self._count}P{os.getpid()}.test"
        path = maildir / "tmp" / name
        path.write_bytes(raw)
        self._give(path)
        os.utime(path, (1_772_452_800, 1_772_452_800))  # 2 March 2026, noon: INTERNALDATE
        return path.rename(maildir / "new" / name)

    def maildir(self, user: str = "ann", folder: str = "") -> Path:
        """Give the folder of a mailbox; it is made when missing."""
        top = self.folder / "mail" / user
        path = top / f".{folder}" if folder else top
        for one in (top, path, *(path / part for part in ("cur", "new", "tmp"))):
            if not one.exists():
                one.mkdir(parents=True)
                self._give(one)
        return path

    def flags(self, user: str = "ann") -> set[str]:
        """Give the flags of all mails in the inbox."""
        mails = [*self.maildir(user).glob("cur/*"), *self.maildir(user).glob("new/*")]
        return set("".join(path.name.partition(":2,")[2] for path in mails))

    def renumber(self, keep: int, user: str = "ann") -> None:
        """Let the inbox have another UIDVALIDITY, as when some of it was restored from a copy."""
        here = self.maildir(user)
        mails = [path.read_bytes() for path in sorted(here.glob("[cn]*/*"))[:keep]]
        here.rename(here.with_name(f"{user}-{self._count}"))
        uids = self.maildir(user) / "dovecot-uidlist"
        uids.write_text(f"3 V{1_999_999_999 + self._count} N1 G{self._count:032x}\n")
        self._give(uids)
        for raw in mails:
            self.deliver(raw, user=user)

    def _prepare(self) -> None:
        for name in ("run", "mail"):
            (self.folder / name).mkdir()
        config = _CONFIG.format(
            folder=self.folder,
            user=self._owner.pw_name,
            group=_group(self._owner.pw_gid),
            port=self.port,
            tls_port=self.tls_port,
            capability=self._capability,
        )
        (self.folder / "dovecot.conf").write_text(config)
        (self.folder / "users").write_text(f"ann:{{PLAIN}}{PASSWORD}\nbob:{{PLAIN}}secret\n")
        make_certificate(self.folder, "localhost")
        for path in [self.folder, *self.folder.rglob("*")]:
            self._give(path)

    def _give(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _greets(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as talk:
            return talk.recv(4) == b"* OK"
        return False


@contextmanager
def running(capability: str = "") -> Iterator[Dovecot]:
    """Give a running server; it is gone afterwards."""
    binary = command()
    with tempfile.TemporaryDirectory(prefix="bunco-imap-") as folder:
        server = Dovecot(binary, Path(folder), capability).start()
        try:
            yield server
        finally:
            server.stop()


def make_certificate(folder: Path, name: str) -> None:
    """Write ``cert.pem`` and ``key.pem``: a certificate that signs itself."""
    subprocess.run(
        [shutil.which("openssl") or "openssl",
         "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


class Proxy:
    """Stand between client and server and break the line after so many bytes of the server's.

    Args:
        port: the server's.
        breaks: after how many bytes each connection breaks, one after the other; then none.
    """

    def __init__(self, port: int, breaks: list[int]) -> None:
        self._server_port = port
        self.breaks = breaks
        self.port = 0
        self.broken = 0
        self.said: list[bytes] = []
        """The client's words."""
        self._heard: list[bytes] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0.05)

    def cut(self) -> None:
        """Break all lines now."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def listen(self) -> list[bytes]:
        """Give the list that the server's words go into from now on."""
        self._heard = []
        return self._heard

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self.breaks.pop(0) if self.breaks else -1
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers += [writer, back]
        await asyncio.gather(_copied(reader, back, -1, self.said), self._back(there, writer, left))

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int
    ) -> None:
        if await _copied(reader, writer, left, self._heard):
            self.broken += 1
            self.cut()


async def _copied(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int, heard: list[bytes]
) -> bool:
    """Copy until the end, or so many bytes; say whether that was reached."""
    try:
        while data := await reader.read(4096):
            heard.append(data)
            if 0 <= left < len(data):
                writer.write(data[:left])
                await writer.drain()
                return True
            left -= len(data) if left > 0 else 0
            writer.write(data)
            await writer.drain()
    except OSError:
        return False
    writer.transport.abort()
    return False


def _group(number: int) -> str:
    return grp.getgrgid(number).gr_name
