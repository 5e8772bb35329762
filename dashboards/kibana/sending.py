"""Send saved objects to a Kibana: its import API, with the answer put into words.

Source: Kibana's API reference, ``POST /api/saved_objects/_import``, read November 2026.
"""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from msgspec import Struct

from bunco.errors import BuncoError, UsageError
from bunco.values import Secret

_TIMEOUT_S = 60
_ANSWER_BYTES = 1 << 20
_NAMED = 5
"""Errors that are told one by one."""

_HINTS = {
    401: "wrong or missing credentials",
    403: "these credentials may not import saved objects",
    404: "no Kibana at this address, or no such space",
    413: "it takes no file of this size (server.maxPayload, or a proxy before it)",
    503: "Kibana is not ready yet",
}


class KibanaError(BuncoError):
    """Say that Kibana could not be reached, or did not take the objects."""


class Kibana(Struct, frozen=True, kw_only=True):
    """Where a Kibana is, and who asks."""

    url: str
    """With its base path, where it has one."""
    space: str = ""
    """Empty: the default space."""
    api_key: Secret | None = None
    """As Kibana shows it: encoded. It goes before name and password."""
    username: str = ""
    password: Secret | None = None


def import_objects(kibana: Kibana, document: bytes) -> int:
    """Import an export, overwriting objects of the same ids; give how many were taken.

    Raises:
        UsageError: the address is none.
        KibanaError: it cannot be reached, refuses, or took not all of the objects.
    """
    parts = _address(kibana.url)
    boundary = secrets.token_hex(16)
    headers = {
        "kbn-xsrf": "bunco",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        **_authorization(kibana),
    }
    space = f"/s/{quote(kibana.space, safe='')}" if kibana.space else ""
    path = f"{parts.path.rstrip('/')}{space}/api/saved_objects/_import?overwrite=true"
    status, body = _post(parts, path, headers, _multipart(document, boundary))
    return _taken(status, body)


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as error:
        raise UsageError(f"no address of a Kibana: {error}") from error
    if not sound or parts.query or parts.fragment:
        raise UsageError("the address of a Kibana looks like https://kibana.example.org:5601")
    if "@" in parts.netloc:
        raise UsageError("credentials do not belong in the address: see --help")
    return parts


def _authorization(kibana: Kibana) -> dict[str, str]:
    if kibana.api_key:
        return {"Authorization": f"ApiKey {kibana.api_key.reveal()}"}
    if kibana.username and kibana.password:
        pair = f"{kibana.username}:{kibana.password.reveal()}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}
    return {}


def _multipart(document: bytes, boundary: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="bunco.ndjson"\r\n'
        "Content-Type: application/ndjson\r\n\r\n"
    )
    return head.encode() + document + f"\r\n--{boundary}--\r\n".encode()


def _post(parts: SplitResult, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Ask once; redirects are not followed, they would drop the body and show credentials."""
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_ANSWER_BYTES)
    except (OSError, HTTPException, ValueError) as error:
        raise KibanaError(f"{parts.scheme}://{parts.netloc}: {error}") from error
    finally:
        connection.close()


def _taken(status: int, body: bytes) -> int:
    """Read the answer.

    Raises:
        KibanaError: not all was taken; the sentence names what was not, and why.
    """
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if status != 200 or not isinstance(told, dict):
        said = told.get("message", "") if isinstance(told, dict) else ""
        reason = _HINTS.get(status) or "is this a Kibana?"
        raise KibanaError(f"Kibana answered {status}: {reason}{said and f' ({said})'}")
    count = int(told.get("successCount", 0))
    if told.get("success") is not True:
        failed = [error for error in told.get("errors", []) if isinstance(error, dict)]
        some = "; ".join(_why(error) for error in failed[:_NAMED])
        more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        raise KibanaError(f"Kibana took {count} objects, but not {some}{more}")
    return count


def _why(error: dict[str, Any]) -> str:
    detail = error.get("error") or {}
    words = [str(detail.get("message") or detail.get("type") or "no reason given")]
    words += [f"lacks {missing}" for missing in _missing(detail)]
    return f"{error.get('type')} {error.get('id')} ({', '.join(words)})"


def _missing(detail: dict[str, Any]) -> Iterator[str]:
    for reference in detail.get("references") or []:
        yield f"{reference.get('type')} {reference.get('id')}"
