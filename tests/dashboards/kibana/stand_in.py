"""A stand-in for Kibana's import API: checks the request as the API's description says.

It is not Kibana: it knows the form of the request and of the answers, and whether references
lead somewhere. It does not know what Kibana makes of the objects.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct, field

Json = dict[str, Any]


class Received(Struct, frozen=True, kw_only=True):
    """One request that came."""

    path: str
    authorization: str
    objects: list[Json]


class StandIn(Struct, kw_only=True):
    """A server that takes imports; what it shall refuse can be set."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    """Given one after the other, before any real answer."""
    wanted: str = ""
    """The ``Authorization`` it asks for; empty: none."""


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Give a running stand-in on loopback."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = _answered(stand_in, self, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answered(stand_in: StandIn, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
    if stand_in.answers:
        return stand_in.answers.pop(0)
    parts = _parts(request.headers.get("Content-Type", ""), body)
    if refused := _refused(stand_in, request, parts):
        return refused[0], json.dumps({"statusCode": refused[0], "message": refused[1]}).encode()
    lines = parts[0].get_payload(decode=True).decode().splitlines()
    objects = [one for one in map(json.loads, lines) if "exportedCount" not in one]
    authorization = request.headers.get("Authorization", "")
    stand_in.received.append(
        Received(path=request.path, authorization=authorization, objects=objects)
    )
    return 200, json.dumps(_imported(objects), separators=(",", ":")).encode()


def _refused(
    stand_in: StandIn, request: BaseHTTPRequestHandler, parts: list[Any]
) -> tuple[int, str] | None:
    """Give why a request is not as the API wants it; none where it is."""
    path, _, query = request.path.partition("?")
    if stand_in.wanted and request.headers.get("Authorization") != stand_in.wanted:
        return 401, "Unauthorized"
    if not path.endswith("/api/saved_objects/_import") or query != "overwrite=true":
        return 404, "Not Found"
    if not request.headers.get("kbn-xsrf"):
        return 400, "Request must contain a kbn-xsrf header."
    if [part.get_param("name", header="content-disposition") for part in parts] != ["file"]:
        return 400, "[request body.file]: expected value of type [Stream]"
    if not (parts[0].get_filename() or "").endswith(".ndjson"):
        return 400, "Invalid file extension"
    return None


def _parts(content_type: str, body: bytes) -> list[Any]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    return list(message.iter_parts()) if message.is_multipart() else []


def _imported(objects: list[Json]) -> Json:
    """Give the answer of the API: every object whose references are there is taken."""
    there = {(one["type"], one["id"]) for one in objects}
    errors = []
    for one in objects:
        pairs = [(reference["type"], reference["id"]) for reference in one["references"]]
        missing = [{"type": kind, "id": name} for kind, name in pairs if (kind, name) not in there]
        if missing:
            error = {"type": "missing_references", "references": missing}
            errors.append({"type": one["type"], "id": one["id"], "error": error})
    answer: Json = {"success": not errors, "successCount": len(objects) - len(errors)}
    return answer | ({"errors": errors} if errors else {})
