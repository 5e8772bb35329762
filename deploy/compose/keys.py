"""Make the passwords of a stack: random, at its first start, each for its reader alone.

``keys.py FOLDER`` fills ``FOLDER/elastic``, ``FOLDER/kibana`` and ``FOLDER/bunco``, each a volume
of its own. What is there is kept, so that a restart changes nothing.
"""
# ruff: noqa: INP001  # a script of the image, no package

import json
import os
import secrets
import sys
from pathlib import Path

BYTES = 24
"""Of a password, 192 bits. Source: RFC 4086, section 8.1, asks for 128 against offline search."""


NAMES = (
    "elastic/password",
    "bunco/password",
    "bunco/dashboard",
    "kibana/password",
    "kibana/encryption",
)


def main(folder: Path) -> None:
    """Write what is missing, and Kibana's configuration from what is there."""
    for name in NAMES:
        write_once(folder / name)
    kibana = folder / "kibana"
    password, encryption = (
        (kibana / name).read_text(encoding="ascii") for name in ("password", "encryption")
    )
    write(kibana / "kibana.yml", kibana_yml(password, encryption))


def write_once(path: Path) -> None:
    """Write a new random word to a file that is not there yet."""
    if not path.exists():
        write(path, secrets.token_urlsafe(BYTES))
        sys.stdout.write(f"{path} made\n")


def write(path: Path, text: str) -> None:
    """Write a file that nobody but its owner can read, whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    # 0400: Elasticsearch takes its password from a file of mode 0400 or 0600 only.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(text)
    part.replace(path)


def kibana_yml(password: str, encryption: str) -> str:
    """Give Kibana's configuration: it takes a password from here, or from ``ps`` for all to see.

    Source: https://github.com/elastic/kibana/issues/39605 (no ``_FILE`` variables).
    """
    settings = {
        "server.host": "0.0.0.0",  # noqa: S104  # in its container; published on loopback
        "server.publicBaseUrl": "http://localhost:5601",
        "server.shutdownTimeout": "5s",
        "elasticsearch.hosts": ["http://elasticsearch:9200"],
        "elasticsearch.username": "kibana_system",
        "elasticsearch.password": password,
        "xpack.encryptedSavedObjects.encryptionKey": f"saved-objects-{encryption}",
        "xpack.reporting.encryptionKey": f"reporting-{encryption}",
        "xpack.security.encryptionKey": f"sessions-{encryption}",
        "telemetry.optIn": False,
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
