"""A server that answers as it is told: what a real one seldom says, or only when it is ill."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, Any]


class ScriptedServer:
    """Gives its answers one after the other, and the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [(200, {})]
        self.requests: list[tuple[str, bytes]] = []
        """Path and body of each."""
        self.product = "Elasticsearch"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                told.requests.append((self.path, body))
                status, answer = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
                packed = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                if told.product:
                    self.send_header("x-elastic-product", told.product)
                self.send_header("content-type", "application/vnd.elasticsearch+json")
                self.send_header("content-length", str(len(packed)))
                self.end_headers()
                self.wfile.write(packed)

            do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  # names of http.server

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def items(*statuses: int) -> Answer:
    """Give an answer to a bulk request, with a status for each document."""
    kinds = {400: "document_parsing_exception", 429: "es_rejected_execution_exception"}
    return 200, {
        "items": [
            {
                "create": {"status": status}
                | (
                    {"error": {"type": kinds.get(status, "odd"), "reason": f"said {status}"}}
                    if status >= 400
                    else {}
                )
            }
            for status in statuses
        ]
    }
