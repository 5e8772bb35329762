"""Reach Elasticsearch: one client, requests and answers as plain JSON, errors in words."""

import ipaddress
import logging
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import msgspec
from elastic_transport import JsonSerializer, NdjsonSerializer
from elasticsearch import Elasticsearch
from msgspec import Struct

from bunco.errors import StoreError
from bunco.stores_elastic.wording import worded
from bunco.values import Secret

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

_LEAST_MAJOR = 9
"""Of the server. Source: the client sends ``compatible-with=9``, which older ones refuse."""
_NOTHING: Mapping[int, object] = {}
_GZIP = 31
"""The ``wbits`` of zlib that mean a gzip header and trailer."""


class Reach(Struct, frozen=True, kw_only=True):
    """Where Elasticsearch is and how to get in."""

    urls: tuple[str, ...]
    """``http[s]://[user:password@]host[:port][/path]`` of one or more nodes."""
    username: str = ""
    password: Secret | None = None
    api_key: Secret | None = None
    ca_file: str = ""
    verify: bool = True
    fingerprint: str = ""
    timeout: timedelta = timedelta(seconds=30)


class _Json(JsonSerializer):
    """JSON by msgspec: a tenth of the time of the standard library's."""

    def dumps(self, data: Any) -> bytes:  # noqa: ANN401  # JSON leaves here
        return data if isinstance(data, bytes) else _encode(data)

    def loads(self, data: bytes) -> Any:  # noqa: ANN401  # JSON enters here
        return _decode(data) if data else None  # a request that is too large gets no words


class _Lines(NdjsonSerializer):
    """Lines that are bytes already; they may be compressed."""

    def dumps(self, data: Any) -> bytes:  # noqa: ANN401  # see above
        assert isinstance(data, bytes)  # noqa: S101  # only bulk requests come here
        return data


_JSON = "application/vnd.elasticsearch+json"
_NDJSON = "application/vnd.elasticsearch+x-ndjson"


class Connection:
    """A client of one cluster. Any thread may call."""

    def __init__(self, reach: Reach) -> None:
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        nodes = [_split(url) for url in reach.urls]
        self.shown = ", ".join(shown(url) for url in reach.urls)
        """The address for people to read: nothing secret in it."""
        self._compressed = not all(_is_near(node) for node in nodes)
        self._checked = False
        with worded(self.shown):
            self._client = Elasticsearch(
                [_without_login(node) for node in nodes],
                serializers={_JSON: _Json(), "application/json": _Json(), _NDJSON: _Lines()},
                request_timeout=reach.timeout.total_seconds(),
                max_retries=len(nodes) - 1,
                **_entry(reach, nodes[0]),
                **_trust(reach, nodes[0]),
            )

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, str] | None = None,
        instead: Mapping[int, object] = _NOTHING,
    ) -> Any:  # noqa: ANN401  # JSON enters here
        """Send one request and give the answer's JSON.

        Args:
            method: of HTTP.
            path: percent-encoded.
            body: what is sent as JSON; bytes as they are.
            params: of the address.
            instead: what to give in place of an error, by its status.

        Raises:
            UnavailableError: no answer now.
            StoreError: it was refused.
        """
        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        client = self._client.options(ignore_status=list(instead)) if instead else self._client
        with worded(self.shown):
            answer = client.perform_request(method, path, params=params, headers=headers, body=body)
        return instead.get(answer.meta.status, answer.body)

    def bulk(self, lines: bytes) -> tuple[int, Any]:
        """Send lines to ``_bulk``; give the status and the answer's JSON, error or not.

        Raises:
            UnavailableError: no answer now.
        """
        headers = {"accept": "application/json", "content-type": "application/x-ndjson"}
        if self._compressed:
            packer = zlib.compressobj(1, wbits=_GZIP)
            lines = packer.compress(lines) + packer.flush()
            headers["content-encoding"] = "gzip"
        with worded(self.shown):
            answer = self._client.options(ignore_status=range(400, 600)).perform_request(
                "POST",
                "/_bulk",
                params={
                    "filter_path": "error,items.*.status,items.*.error",
                    "timeout": "10s",  # for a shard that is not there; we ask again ourselves
                },
                headers=headers,
                body=lines,
            )
        return answer.meta.status, answer.body

    def require_version(self) -> None:
        """Hold once that the server is one we can work with.

        Raises:
            UnavailableError: no answer now.
            StoreError: it is not Elasticsearch, or too old.
        """
        if self._checked:
            return
        answer = self.request("GET", "/")
        number = str(answer.get("version", {}).get("number", ""))
        major = number.partition(".")[0]
        if not major.isdigit() or int(major) < _LEAST_MAJOR:
            raise StoreError(
                f"Elasticsearch at {self.shown} has version {number or 'unknown'}; "
                f"{_LEAST_MAJOR} or later is needed"
            )
        self._checked = True

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


def shown(url: str) -> str:
    """Give an address without user and password."""
    return _without_login(_split(url))


def login(url: str) -> tuple[str, str] | None:
    """Give the user and password that stand in an address."""
    parts = _split(url)
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def _split(url: str) -> SplitResult:
    """Give the parts of an address, its port always named.

    Raises:
        StoreError: it is no address.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        host = parts.hostname
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), None, 0
    if not host or parts.scheme not in {"http", "https"}:
        raise StoreError("the address of Elasticsearch must read http://HOST:PORT or https://…")
    named = f"[{host}]" if ":" in host else host
    entry, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{entry}{at}{named}:{port}", query="", fragment="")


def _without_login(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _is_near(parts: SplitResult) -> bool:
    """Tell whether a node is on this machine, where compressing costs more than it saves."""
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _entry(reach: Reach, first: SplitResult) -> dict[str, Any]:
    """Give the client's options for who we are."""
    if reach.api_key is not None:
        return {"api_key": reach.api_key.reveal()}
    if reach.username:
        password = reach.password.reveal() if reach.password else ""
        return {"basic_auth": (reach.username, password)}
    if (named := login(urlunsplit(first))) is not None:
        return {"basic_auth": named}
    return {}


def _trust(reach: Reach, first: SplitResult) -> dict[str, Any]:
    """Give the client's options for whom we trust."""
    if first.scheme != "https":
        return {}
    options: dict[str, Any] = {"verify_certs": reach.verify, "ssl_show_warn": False}
    if reach.ca_file:
        options["ca_certs"] = reach.ca_file
    if reach.fingerprint:
        options["ssl_assert_fingerprint"] = reach.fingerprint
    return options
