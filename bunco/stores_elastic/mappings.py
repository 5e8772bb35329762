"""What each index holds: explicit mappings, strict, of the plain types only.

The names of fields are those of the records; panels and searches outside rest on them.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

from bunco.stores_elastic.analysis import ANALYZER, analysis

VERSION = 2
"""Raised with every change here: ``bunco index upgrade`` then builds the indices anew."""

Group: TypeAlias = Literal[
    "posts", "findings", "verdicts", "authors", "states", "sources", "polls", "dead", "gone", "meta"
]
GROUPS: tuple[Group, ...] = get_args(Group)

KEYWORD_MOST = 8191
"""Characters of a keyword; longer ones are kept, not found. Source: Lucene takes terms of up
to 32,766 bytes, a character is up to 4."""

_KEYWORD = {"type": "keyword", "ignore_above": KEYWORD_MOST}
_DATE, _FLOAT, _LONG, _FLAG = (
    {"type": "date"},
    {"type": "float"},
    {"type": "long"},
    {"type": "boolean"},
)
_KEPT = {"type": "object", "enabled": False}
"""As it was written, neither parsed nor indexed."""
_BYTES = {"type": "binary"}
_JSON = {"type": "keyword", "index": False, "doc_values": False}
"""A record as text: replaced as a whole where a part of a document is."""


def _words(raw: int = 0) -> dict[str, Any]:
    """Give a field searched by words and, up to ``raw`` characters, as a whole."""
    field: dict[str, Any] = {"type": "text", "analyzer": ANALYZER}
    if raw:
        field["fields"] = {"raw": {"type": "keyword", "ignore_above": raw}}
    return field


FIELDS: Mapping[Group, Mapping[str, Any]] = {
    "posts": {
        "id": _KEYWORD,
        "author": _KEYWORD,
        "author_name": _words(256),
        "at": _DATE,
        "seen_at": _DATE,
        "source": _KEYWORD,
        "place": _KEYWORD,
        "kind": _KEYWORD,
        "title": _words(),
        "text": _words(),
        "headline": _words(512),
        "url": {"type": "keyword", "ignore_above": 2048},
        "links": {"type": "keyword", "ignore_above": 2048},
        "link_hosts": _KEYWORD,
        "lang": _KEYWORD,
        "reply_to": _KEYWORD,
        "is_conversation": _FLAG,
        "sensational": _FLOAT,
        "body": _KEPT,
    },
    "findings": {
        "id": _KEYWORD,
        "detector": _KEYWORD,
        "subject": _KEYWORD,
        "score": _FLOAT,
        "points": _LONG,
        "severity": _KEYWORD,
        "first_at": _DATE,
        "last_at": _DATE,
        "closes_at": _DATE,
        "reason": _words(),
        "sentence": _KEYWORD,
        "sources": _KEYWORD,
        "places": _KEYWORD,
        "sensational": _FLOAT,
        "headline": _words(512),
        "evidence": _KEYWORD,
        "judged": _KEYWORD,
        "judged_by": _KEYWORD,
        "quiet": _FLAG,
        "quieted_by": _KEYWORD,
        "verdict": _JSON,
        "body": _KEPT,
    },
    "verdicts": {
        "id": _KEYWORD,
        "finding": _KEYWORD,
        "author": _KEYWORD,
        "detector": _KEYWORD,
        "judged": _KEYWORD,
        "by": _KEYWORD,
        "because": _words(),
        "at": _DATE,
        "until": _DATE,
        "began_at": _DATE,
        "post": _KEYWORD,
        "body": _KEPT,
    },
    "authors": {
        "author": _KEYWORD,
        "name": _words(256),
        "named_at": _DATE,
        "findable": _KEYWORD,
    },
    "states": {"author": _KEYWORD, "state": _BYTES},
    "sources": {
        "source": _KEYWORD,
        "error": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 512}}},
        "failures": _FLOAT,
        "polled_at": _DATE,
        "succeeded_at": _DATE,
        "next_at": _DATE,
        "item_at": _DATE,
        "error_since": _DATE,
        "ended": _FLAG,
        "body": _KEPT,
    },
    "polls": {
        "source": _KEYWORD,
        "at": _DATE,
        "outcome": _KEYWORD,
        "note": {"type": "text"},
        "given": _LONG,
        "dead": _LONG,
        "took_ms": _LONG,
        "line": _KEYWORD,
        "body": _KEPT,
    },
    "dead": {
        "id": _KEYWORD,
        "origin": _KEYWORD,
        "source": _KEYWORD,
        "author": _KEYWORD,
        "reason": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 512}}},
        "at": _DATE,
        "number": _LONG,
        "body": _BYTES,
    },
    "gone": {
        "erased": _FLAG,
        "author": _KEYWORD,
        "until": _LONG,
        "at": _DATE,
        "source": _KEYWORD,
        "first_at": _DATE,
        "detector": _KEYWORD,
    },
    "meta": {"value": _KEYWORD, "others": _LONG, "redo": _BYTES},
}


def mapping(group: Group) -> dict[str, Any]:
    """Give the mapping of a group of indices."""
    return {
        "dynamic": "strict",
        "_meta": {"bunco": VERSION},
        "properties": dict(FIELDS[group]),
    }


def template(prefix: str, group: Group, *, shards: int, replicas: int) -> dict[str, Any]:
    """Give the index template of a group: settings and mapping.

    Elasticsearch makes no index by itself: one that was made beside us would not be behind
    the alias by which it is read.

    Args:
        prefix: begins the names of all indices of one store.
        group: which of them.
        shards: of each index of posts; the others are small and have one, which makes
            rankings exact.
        replicas: copies of each shard on other nodes.
    """
    index: dict[str, Any] = {
        "number_of_shards": shards if group == "posts" else 1,
        "number_of_replicas": replicas,
        # a merge that is asked for after a removal leaves nothing of what was removed
        "merge": {"policy": {"expunge_deletes_allowed": 0}},
    }
    if group == "posts":
        index["codec"] = "best_compression"
    settings: dict[str, Any] = {"index": index}
    if any(field.get("analyzer") == ANALYZER for field in FIELDS[group].values()):
        settings["analysis"] = analysis()
    return {
        "index_patterns": [f"{prefix}-{group}-*"],
        "priority": 500,
        "allow_auto_create": False,
        "version": VERSION,
        "_meta": {"bunco": VERSION},
        "template": {
            "settings": settings,
            "mappings": mapping(group),
        },
    }
