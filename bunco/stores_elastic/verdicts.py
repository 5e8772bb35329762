"""Keep verdicts, and let the documents of the findings they are on know of them.

Who writes a finding looks for verdicts after it, who writes a verdict looks for findings after
it: whichever comes last sees the other, also when two write at once.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from bunco.model import Finding, Page, Verdict, to_ms, without_words
from bunco.ports.queries import VerdictQuery
from bunco.storage.marks import mark, place
from bunco.storage.quieting import asked_of, shown
from bunco.storage.removing import is_gone
from bunco.stores_elastic.admission import Admitted
from bunco.stores_elastic.bulk import Action, Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import (
    FINDING_FIELDS,
    document_id,
    judged_fields,
    stored_finding,
    stored_verdict,
    verdict_document,
)
from bunco.stores_elastic.reading import AT_ONCE, Hit, rows

_PUT = "if (ctx._source.isEmpty()) { ctx.op = 'none' } else { ctx._source.putAll(params.fields) }"
"""Adds fields to a document; one that is gone meanwhile stays gone."""

_encode = msgspec.json.Encoder().encode


def admitted(verdicts: Sequence[Verdict], known: Admitted) -> list[Verdict]:
    """Give the verdicts that may be stored: none on what was removed, no removed words."""
    return [
        without_words(one) if one.pattern and one.pattern.post in known.erased else one
        for one in verdicts
        if not is_gone(known.gone_authors, one.author, to_ms(one.began_at))
    ]


def write(cluster: Cluster, verdicts: Sequence[Verdict], findings: Sequence[Finding]) -> None:
    """Write verdicts, and what they make of findings.

    Args:
        cluster: where to.
        verdicts: those that are there stay as they are.
        findings: those that were just written.
    """
    cluster.write_all([_write(cluster, one, "create") for one in verdicts])
    if verdicts:
        settle(cluster, {one.finding for one in verdicts}, findings)
    elif findings:
        _note(cluster, findings)


def settle(cluster: Cluster, judged: Collection[str], findings: Sequence[Finding] = ()) -> None:
    """Note what was said of the judged beside them, and beside those that they quiet."""
    cluster.make_all_visible(["findings"])
    body = {
        "query": {"terms": {"quieted_by": sorted(judged)}},
        "sort": [{"id": "asc"}],
        "_source": FINDING_FIELDS,
    }
    sources = [
        *cluster.fetch("findings", map(document_id, judged)).values(),
        *(hit["_source"] for hit in rows(cluster, "findings", body, 1 << 62)),
    ]
    _note(cluster, [*findings, *map(stored_finding, sources)])


def latest_on(cluster: Cluster, findings: Collection[str]) -> dict[str, Verdict]:
    """Give the latest verdicts on findings, by finding, whoever wrote them."""
    cluster.make_all_visible(["verdicts"])
    wanted = sorted(findings)
    latest: dict[str, Verdict] = {}
    for start in range(0, len(wanted), AT_ONCE):
        body = {
            "size": AT_ONCE,
            "query": {"terms": {"finding": wanted[start : start + AT_ONCE]}},
            "sort": [{"at": "desc"}, {"id": "desc"}],
            "collapse": {"field": "finding"},
            "_source": ["body"],
        }
        said = [stored_verdict(hit["_source"]) for hit in _hits(cluster, body)]
        latest.update((one.finding, one) for one in said)
    return latest


def verdicts(cluster: Cluster, asked: VerdictQuery, limit: int, after: str) -> Page[Verdict]:
    """Give verdicts, the latest first, then by id."""
    start = place(after, tuple[int, str])
    clauses = [
        {"term": {field: value}} for field, value in msgspec.structs.asdict(asked).items() if value
    ]
    body = {
        "query": {"bool": {"filter": clauses}},
        "sort": [{"at": "desc"}, {"id": "asc"}],
        "_source": ["body"],
    }
    hits = rows(cluster, "verdicts", body, limit + 1, start)
    shown_here = tuple(stored_verdict(hit["_source"]) for hit in hits[:limit])
    last = mark(*hits[limit - 1]["sort"]) if len(hits) > limit else ""
    return Page(rows=shown_here, after=last)


def forget_words(cluster: Cluster, ids: Collection[str]) -> None:
    """Take the words of removed posts out of verdicts; all writes must be visible."""
    query = {"terms": {"post": sorted(ids)}}
    while found := _found(cluster, query):
        cluster.write_all([_write(cluster, without_words(one), "index") for one in found])
        cluster.make_visible(["verdicts"])
        settle(cluster, {one.finding for one in found})


def drop(cluster: Cluster, theirs: dict[str, Any]) -> None:
    """Drop the verdicts that a query finds; all writes must be visible."""
    index = cluster.alias("verdicts")
    while found := _found(cluster, theirs):
        cluster.write_all([Write(action="delete", index=index, id=one.id) for one in found])
        cluster.make_visible(["verdicts"])
        settle(cluster, {one.finding for one in found})


def _note(cluster: Cluster, findings: Iterable[Finding]) -> None:
    """Note beside findings what verdicts make of them, where that is something new."""
    by_id = {one.id: one for one in reversed([*findings])}
    latest = latest_on(cluster, set().union(*map(asked_of, by_id.values())))
    changed = [new for one in by_id.values() if (new := shown(one, latest)) != one]
    cluster.write_all([_update(cluster, one) for one in changed])


def _update(cluster: Cluster, finding: Finding) -> Write:
    script = {"source": _PUT, "lang": "painless", "params": {"fields": judged_fields(finding)}}
    return Write(
        action="update",
        index=cluster.alias("findings"),
        id=document_id(finding.id),
        body=_encode({"script": script, "scripted_upsert": True, "upsert": {}}),
    )


def _write(cluster: Cluster, verdict: Verdict, action: Action) -> Write:
    return Write(
        action=action,
        index=cluster.alias("verdicts"),
        id=verdict.id,
        body=verdict_document(verdict),
    )


def _found(cluster: Cluster, query: dict[str, Any]) -> list[Verdict]:
    body = {"size": AT_ONCE, "query": query, "_source": ["body"]}
    return [stored_verdict(hit["_source"]) for hit in _hits(cluster, body)]


def _hits(cluster: Cluster, body: dict[str, Any]) -> list[Hit]:
    hits: list[Hit] = cluster.search(["verdicts"], body | {"track_total_hits": False})["hits"][
        "hits"
    ]
    return hits
