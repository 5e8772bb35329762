"""What the ``memory`` store holds, and how a batch changes it."""

from collections import Counter
from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from bunco.model import (
    Batch,
    DeadLetter,
    Enriched,
    Finding,
    Poll,
    Removal,
    SourceState,
    StoredPost,
    Verdict,
    order_of,
    to_ms,
    without_post,
    without_words,
)
from bunco.storage.keeping import HOUR_MS, MINUTE_MS, POLLS_KEPT, finite
from bunco.storage.letters import mentions
from bunco.storage.quieting import bare, shown
from bunco.storage.removing import is_gone, naming, quoted

_encode = msgspec.json.encode


class Kept(Struct, frozen=True):
    """A post with its event time in ms."""

    at_ms: int
    stored: StoredPost

    @property
    def author(self) -> str:
        """Give whose it is."""
        return self.stored.post.author


class Contents:
    """Everything in a store, by id."""

    def __init__(self) -> None:
        self.posts: dict[str, Kept] = {}
        """In order of arrival."""
        self.names: dict[str, tuple[int, str]] = {}
        """The latest name of an author, and when it was used (ms)."""
        self.findings: dict[str, Finding] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.latest: dict[str, Verdict] = {}
        """By the finding they are on."""
        self.states: dict[str, bytes] = {}
        self.sources: dict[str, SourceState] = {}
        self.polls: dict[str, list[Poll]] = {}
        self.dead: dict[str, tuple[int, DeadLetter]] = {}
        """With its number in the order they were set aside."""
        self.gone: dict[str, str] = {}
        """Posts that do not come back; those dropped by retention with their authors."""
        self.erased: set[str] = set()
        """Those of ``gone`` that were removed, not dropped by retention."""
        self.gone_authors: dict[str, int | None] = {}
        self.post_counts: Counter[tuple[int, str]] = Counter()
        self.finding_counts: Counter[tuple[int, str]] = Counter()
        self.post_minutes: Counter[tuple[int, str]] = Counter()
        self.finding_minutes: Counter[tuple[int, str]] = Counter()
        self.changed: dict[str, int] = {}
        """Findings, those that were removed too, in the order they were written last."""
        self.writings = 0
        """The number of the last of these."""
        self._set_aside = 0

    def write(self, batch: Batch) -> None:
        """Write a batch."""
        for enriched in batch.posts:
            self._write_post(enriched)
        for finding in batch.findings:
            self._write_finding(bare(finite(finding)))
        for verdict in batch.verdicts:
            self._write_verdict(verdict)
        for author, state in batch.author_states.items():
            if self.gone_authors.get(author, 0) is not None:
                self.states[author] = state
        self.sources.update((state.source, state) for state in batch.sources)
        for poll in batch.polls:
            self._write_poll(poll)
        for letter in batch.dead:
            gone = mentions(letter).is_gone(self.erased, self.gone_authors)
            if letter.id not in self.dead and not gone:
                self._set_aside += 1
                self.dead[letter.id] = (self._set_aside, letter)
        self._remove(batch)

    def drop(self, ids: Iterable[str]) -> None:
        """Drop posts; they do not come back."""
        for post in ids:
            kept = self.posts.pop(post, None)
            self.gone[post] = kept.author if kept else self.gone.get(post, "")

    def is_known(self, author: str) -> bool:
        """Tell whether anything of an author's is there to be shown."""
        return any(kept.author == author for kept in self.posts.values()) or any(
            finding.subject == author for finding in self.findings.values()
        )

    def _write_post(self, enriched: Enriched) -> None:
        post, at_ms = enriched.post, enriched.at_ms
        if post.id in self.posts or post.id in self.gone:
            return
        if is_gone(self.gone_authors, post.author, at_ms):
            return
        self.posts[post.id] = Kept(
            at_ms,
            StoredPost(post=post, sensational=enriched.sensational, headline=enriched.headline),
        )
        self.post_counts[at_ms // HOUR_MS, post.source] += 1
        self.post_minutes[at_ms // MINUTE_MS, ""] += 1
        self._name(post.author, at_ms, post.author_name)

    def _name(self, author: str, at_ms: int, name: str) -> None:
        if name:
            self.names[author] = max(self.names.get(author, (at_ms, name)), (at_ms, name))

    def _write_finding(self, finding: Finding) -> None:
        if is_gone(self.gone_authors, finding.subject, to_ms(finding.first_at)):
            return
        if old := self.findings.get(finding.id):
            self._count_finding(old, -1)
        self._count_finding(finding, 1)
        for post in sorted(quoted(finding) & self.erased):
            finding = without_post(finding, post)
        self.findings[finding.id] = shown(finding, self.latest)
        self._note_change(finding.id)

    def _count_finding(self, finding: Finding, count: int) -> None:
        at_ms, detector = to_ms(finding.first_at), finding.detector
        self.finding_counts[at_ms // HOUR_MS, detector] += count
        self.finding_minutes[at_ms // MINUTE_MS, detector] += count

    def _note_change(self, finding: str) -> None:
        self.writings += 1
        self.changed.pop(finding, None)
        self.changed[finding] = self.writings

    def _write_verdict(self, verdict: Verdict) -> None:
        if verdict.id in self.verdicts or is_gone(
            self.gone_authors, verdict.author, to_ms(verdict.began_at)
        ):
            return
        if verdict.pattern is not None and verdict.pattern.post in self.erased:
            verdict = without_words(verdict)
        self.verdicts[verdict.id] = verdict
        self._settle({verdict.finding})

    def _settle(self, judged: Collection[str]) -> None:
        """Let the findings know what was said of these."""
        for name in judged:
            said = [one for one in self.verdicts.values() if one.finding == name]
            self.latest.pop(name, None)
            if said:
                self.latest[name] = max(said, key=order_of)
        for name, finding in self.findings.items():
            if name in judged or finding.quieted_by in judged:
                self.findings[name] = shown(finding, self.latest)
                self._note_change(name)

    def _write_poll(self, poll: Poll) -> None:
        lines = self.polls.setdefault(poll.source, [])
        if poll not in lines:
            lines.append(poll)
            lines.sort(key=lambda line: (to_ms(line.at), _encode(line)), reverse=True)
            del lines[POLLS_KEPT:]

    def _remove(self, batch: Batch) -> None:
        ids = {removal.id for removal in batch.removals if removal.removed == "post"}
        authors = [removal for removal in batch.removals if removal.removed == "author"]
        self._remove_posts(ids)
        for removal in authors:
            self._remove_author(removal, batch.author_states.keys())
        if batch.removals:
            is_theirs = naming(ids, {removal.author for removal in authors})
            self.dead = {name: row for name, row in self.dead.items() if not is_theirs(row[1])}

    def _remove_posts(self, ids: Collection[str]) -> None:
        of = {self.posts[post].author for post in ids if post in self.posts}
        latest = {
            author: max(
                kept.at_ms
                for post, kept in self.posts.items()
                if post in ids and kept.author == author
            )
            for author in of
        }
        self.drop(ids)
        self.erased.update(ids)
        self.gone.update(dict.fromkeys(ids, ""))
        for author, at_ms in latest.items():
            if author in self.names and at_ms >= self.names[author][0]:
                del self.names[author]
                for kept in self.posts.values():
                    if kept.author == author:
                        self._name(author, kept.at_ms, kept.stored.post.author_name)
        for name, named in [(name, quoted(one)) for name, one in self.findings.items()]:
            for post in sorted(named & set(ids)):
                self.findings[name] = without_post(self.findings[name], post)
                self._note_change(name)
        self._forget_words(ids)
        for author in of:
            self._drop_empty(author)

    def _forget_words(self, ids: Collection[str]) -> None:
        """Take the words of removed posts out of verdicts."""
        quoting = [one for one in self.verdicts.values() if one.pattern and one.pattern.post in ids]
        self.verdicts.update((one.id, without_words(one)) for one in quoting)
        self._settle({one.finding for one in quoting})

    def _remove_author(self, removal: Removal, states: Collection[str]) -> None:
        author = removal.author
        until = None if removal.at is None else to_ms(removal.at)
        older = self.gone_authors.get(author, until)
        self.gone_authors[author] = until = (
            None if until is None or older is None else max(until, older)
        )
        gone = {author: until}
        self._remove_posts(
            [post for post, kept in self.posts.items() if is_gone(gone, kept.author, kept.at_ms)]
        )
        for name, finding in list(self.findings.items()):
            if is_gone(gone, finding.subject, to_ms(finding.first_at)):
                del self.findings[name]
                self._note_change(name)
        gone_with = [
            one for one in self.verdicts.values() if is_gone(gone, one.author, to_ms(one.began_at))
        ]
        for one in gone_with:
            del self.verdicts[one.id]
        self._settle({one.finding for one in gone_with})
        later = any(kept.author == author for kept in self.posts.values())
        if until is None or not later or author not in states:
            self.states.pop(author, None)
        self._drop_empty(author)

    def _drop_empty(self, author: str) -> None:
        if not self.is_known(author) and author not in self.states:
            self.names.pop(author, None)
            for post in [post for post, by in self.gone.items() if by == author]:
                self.gone[post] = ""  # of whom nothing is left, not even the name is
