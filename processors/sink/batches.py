"""What the store is to write of what was gathered, and whom removals are sent on to."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from bunco.model import Batch, Enriched, Removal, Verdict
from bunco.ports.stores import Store
from processors.segments import segments
from processors.sink.gathering import Entry, Gathered

_MOST_ITEMS = 5000
"""Of one commit; a record may hold as many posts. Source: ours."""


def batches(gathered: Gathered, latest: Mapping[str, int]) -> list[Batch]:
    """Give what is to be written, one commit after the other.

    Args:
        gathered: what was read.
        latest: the highest generation of ingesters that wrote about each source.
    """
    pieces = [
        piece
        for segment in segments(item for _, item in gathered.entries())
        for piece in _pieces(segment)
    ]
    *before, last = [_batch(piece) for piece in pieces]
    parts = gathered.parts.values()
    known = [
        record
        for part in parts
        for record in part.sources
        if record.generation >= latest.get(record.state.source, 0)
    ]
    findings = {name: finding for part in parts for name, finding in part.findings.items()}
    frame = replace(
        last,
        findings=tuple(findings.values()),
        sources=tuple({record.state.source: record.state for record in known}.values()),
        polls=tuple(record.poll for record in known if record.poll is not None),
        dead=tuple(letter for part in parts for letter in part.dead),
    )
    return [*before, frame]


def generations(gathered: Gathered, latest: Mapping[str, int]) -> dict[str, int]:
    """Give the highest generation that wrote about each source, with what was gathered."""
    found = dict(latest)
    sources = (part.sources for part in gathered.parts.values())
    for record in chain.from_iterable(sources):
        name = record.state.source
        found[name] = max(found.get(name, 0), record.generation)
    return found


def misaddressed(gathered: Gathered, store: Store, recent: Mapping[str, str]) -> list[Removal]:
    """Give removals of posts with their true authors, where they came without, or with others.

    One without an author stands on every partition; whichever copy is written first erases the
    author, so whichever finds one is answered, and so is a post that came after a copy. Many
    may be: repeats are harmless.

    Args:
        gathered: what was read.
        store: knows posts that are stored, and that others were removed.
        recent: authors of posts written of late, whom another sink may have had erased since.

    Raises:
        StoreError: the store could not be asked.
    """
    posts: dict[str, str] = {}
    removals: list[Removal] = []
    for _, item in gathered.entries():
        if isinstance(item, Enriched):
            posts.setdefault(item.post.id, item.post.author)
        elif isinstance(item, Removal) and item.removed == "post":
            removals.append(item)
    known = store.known([*posts, *(removal.id for removal in removals)])
    found = {
        name: Removal(removed="post", id=name, author=author)
        for name, author in posts.items()
        if known.get(name) == ""
    }
    for removal in removals:
        author = known.get(removal.id) or posts.get(removal.id) or recent.get(removal.id, "")
        if author in {"", removal.author}:
            found.pop(removal.id, None)
        else:
            found[removal.id] = replace(removal, author=author)
    return list(found.values())


def _batch(items: Sequence[Entry]) -> Batch:
    posts = {one.post.id: one for one in reversed(items) if isinstance(one, Enriched)}
    return Batch(
        posts=tuple(reversed(posts.values())),
        removals=tuple(one for one in items if isinstance(one, Removal)),
        verdicts=tuple(one for one in items if isinstance(one, Verdict)),
    )


def _pieces(items: Sequence[Entry]) -> Iterable[Sequence[Entry]]:
    for start in range(0, len(items) or 1, _MOST_ITEMS):
        yield items[start : start + _MOST_ITEMS]
