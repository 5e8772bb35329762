"""Mailboxes and files: addresses that need no network to be known."""

import asyncio
from pathlib import Path
from urllib.parse import unquote

from ingest.recognition.recognised import Asked, Option, Recognised

_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
_MAILS = (".mbox", ".eml")
_SECURITY = {"imap": "starttls", "imaps": "tls"}
_HEAD_BYTES = 512


async def recognise(asked: Asked) -> Recognised | None:
    """Give the mailbox or file that an address names."""
    if asked.url.scheme in _SECURITY and asked.url.hostname:
        return _mailbox(asked)
    if "://" in asked.text:
        return None
    return await asyncio.to_thread(_path, Path(asked.text))


def _path(path: Path) -> Recognised | None:
    path = path.expanduser()
    if path.is_dir() and (path / "cur").is_dir() and (path / "new").is_dir():
        return _mails(path, "a Maildir")
    if not path.is_file():
        return None
    return _file(path)


def _file(path: Path) -> Recognised | None:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    name = path.name.lower()
    if name.endswith(_MAILS) or head.startswith(b"From "):
        return _mails(path, "a mailbox of mails" if not name.endswith(".eml") else "a mail")
    if name.endswith(_LINES) or head.lstrip(b"\xef\xbb\xbf \n").startswith(b"{"):
        return Recognised(
            kind="jsonl",
            options={"path": str(path)},
            name=path.name.partition(".")[0],
            found=f"{path} is a file of posts, a JSON object a line",
            hints=("follow = true reads on as the file grows.",),
        )
    return None


def _mails(path: Path, what: str) -> Recognised:
    return Recognised(
        kind="alert_mail",
        options={"path": str(path)},
        name=path.stem,
        found=f"{path} is {what}",
    )


def _mailbox(asked: Asked) -> Recognised:
    url = asked.url
    host = url.hostname or ""
    user = unquote(url.username or "")
    options: dict[str, Option] = {"host": host, "security": _SECURITY[url.scheme]}
    if user:
        options["username"] = user
    if folder := unquote(url.path.strip("/")):
        options["folder"] = folder
    missing = [] if user else [('username = "you@example.org"', "who signs in")]
    secrets = {"password": unquote(url.password)} if url.password else {}
    if not secrets:
        missing.append(('password = { file = "PATH" }', "or token, for servers with OAuth2"))
    return Recognised(
        kind="alert_mail",
        options=options,
        name=f"mail {user or host}",
        found=f"a mailbox at {host}, read by IMAP",
        secrets=secrets,
        missing=tuple(missing),
        is_ready=not missing,
    )
