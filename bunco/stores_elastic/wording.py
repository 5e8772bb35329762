"""Errors of Elasticsearch in words that an operator understands."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import BadStatusLine
from typing import Any

from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from bunco.errors import StoreError, UnavailableError

BUSY = frozenset({408, 429, 502, 503, 504})
"""Answers after which the same may work later. Source: Elasticsearch, "Bulk API", and what
proxies in front of it say."""


@contextmanager
def worded(shown: str) -> Iterator[None]:
    """Turn an error of the client into one of ours.

    Args:
        shown: the address, without its password.

    Raises:
        UnavailableError: it does not answer now; later may be better.
        StoreError: whatever else Elasticsearch could not do, with its own words.
    """
    try:
        yield
    except TlsError as error:
        raise StoreError(
            f"no trusted connection to Elasticsearch at {shown}: {_tls(error)}"
        ) from error
    except ConnectionTimeout as error:
        raise UnavailableError(f"Elasticsearch at {shown} did not answer in time") from error
    except UnsupportedProductError as error:
        raise StoreError(f"what answers at {shown} is not Elasticsearch") from error
    except ApiError as error:
        raise refusal(shown, error.status_code, error.body) from error
    except TransportError as error:
        raise UnavailableError(
            f"no Elasticsearch answers at {shown}: {_innermost(error)}"
        ) from error


def refusal(shown: str, status: int, body: object) -> StoreError:
    """Give the error that an answer with this status stands for."""
    said = reason(body)
    if full(body):
        return UnavailableError(
            f"Elasticsearch at {shown} has as many shards as it may have: delete indices that are "
            "not needed, or raise cluster.max_shards_per_node; then writing goes on by itself"
        )
    if status in BUSY or blocked(body):
        return UnavailableError(f"Elasticsearch at {shown} cannot take it now: {said}")
    match status:
        case 401:
            return StoreError(
                f"Elasticsearch at {shown} does not accept the user and password or the API key"
            )
        case 403:
            return StoreError(f"Elasticsearch at {shown} does not allow it: {said}")
        case 400 | 406 if "media_type" in said or "compatible-with" in said:
            return StoreError(
                f"Elasticsearch at {shown} is too old for the installed client "
                "(version 9 or later is needed)"
            )
        case _:
            return StoreError(f"Elasticsearch at {shown} refused ({status}): {said}")


def blocked(body: object) -> bool:
    """Tell whether writing is blocked for a time, by a full disk or by retention."""
    return "cluster_block_exception" in str(body)


def full(body: object) -> bool:
    """Tell whether no index can be made until others are deleted or more are allowed."""
    return re.search(r"maximum (normal |frozen )?shards open", str(body)) is not None


def reason(body: object) -> str:
    """Give the words of an error, as told in the body of an answer."""
    match body:
        case {"error": error}:
            return reason(error)
        case {"type": str(kind), **rest}:
            return _with_cause(kind, rest)
        case _:
            return str(body)[:500]


def _with_cause(kind: str, error: Mapping[Any, Any]) -> str:
    said = str(error.get("reason") or kind)
    match error:
        case {"failed_shards": [{"reason": {"reason": str(cause)}}, *_]}:
            said = f"{said}: {cause}"
        case {"caused_by": {"reason": str(cause)}} if cause not in said:
            said = f"{said}: {cause}"
    if "disk usage exceeded" in said or "read-only-allow-delete" in said:
        said += " (the disk is too full: make room, then writing goes on by itself)"
    return said[:1000]


def _tls(error: TlsError) -> str:
    text = " ".join(map(str, _chain(error)))
    if "WRONG_VERSION_NUMBER" in text or "record layer" in text:
        return "it does not speak TLS; use http:// or elastic://"
    if "ingerprint" in text:
        return "its certificate has another fingerprint than the configured one"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        _, _, why = text.partition("CERTIFICATE_VERIFY_FAILED")
        why = why.strip("] ").partition(" (_ssl")[0]
        return f"its certificate is not trusted; name its authority as ca_file ({why[:200]})"
    return text[:300]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and those behind it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _innermost(error: BaseException) -> str:
    """Give the words at the bottom of a chain of errors: "Connection refused"."""
    *_, last = _chain(error)
    if isinstance(last, BadStatusLine):  # also where the connection was closed without a word
        return (
            "it stopped just now, or what listens there speaks no HTTP: a wrong port, "
            "or one that wants TLS (https://, elastics://)"
        )
    return str(last)[:300] or type(last).__name__
