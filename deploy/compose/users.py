"""Tell Elasticsearch the passwords of Kibana and of bunco, and what bunco may do.

``users.py URL FOLDER`` reads the passwords that ``keys.py`` made in FOLDER. Doing it again
changes nothing.
"""
# ruff: noqa: INP001  # a script of the image, no package

import base64
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROLE = {
    "cluster": ["monitor", "manage_index_templates"],
    "indices": [{"names": ["bunco*"], "privileges": ["all"]}],
}
"""What bunco may do: all with its own indices, nothing with others."""


def requests(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give what is asked of Elasticsearch's security API: method, path, body.

    The user ``bunco`` may use Kibana too: it is who people log in as.
    """
    passwords = {name: read(folder / name / "password") for name in ("bunco", "kibana")}
    yield "PUT", "/_security/role/bunco", ROLE
    user = {"password": passwords["bunco"], "roles": ["bunco", "kibana_admin"]}
    yield "PUT", "/_security/user/bunco", user
    yield "POST", "/_security/user/kibana_system/_password", {"password": passwords["kibana"]}


def read(path: Path) -> str:
    """Give the password that a file holds."""
    return path.read_text(encoding="ascii").strip()


def send(url: str, password: str, method: str, body: dict[str, Any]) -> None:
    """Send one request as the user ``elastic``.

    Raises:
        SystemExit: Elasticsearch refused, with what it said.
    """
    login = base64.b64encode(f"elastic:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310  # the address is the stack's own
        url, json.dumps(body).encode(), headers, method=method
    )
    try:
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310  # see above
    except urllib.error.HTTPError as error:
        with error:
            said = error.read().decode(errors="replace")[:500]
        hint = ""
        if error.code == 401:  # unauthorized
            hint = (
                "\nThe volume of Elasticsearch's data is older than the one of its password:"
                " remove both (docker compose down --volumes), or bring the password back."
            )
        raise SystemExit(f"{method} {url}: {error.code} {said}{hint}") from error
    except OSError as error:
        raise SystemExit(f"{method} {url}: {error}") from error


def main(url: str, folder: Path) -> None:
    """Set role and passwords."""
    password = read(folder / "elastic" / "password")
    for method, path, body in requests(folder):
        send(url + path, password, method, body)
    sys.stdout.write("users bunco and kibana_system have their passwords\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
