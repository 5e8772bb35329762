"""Everything on the page of one author, worked out from their history."""

from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct

from bunco.model import AuthorSummary, Finding, HistoryEntry, StoredPost, Verdict
from dashboards.views.author_groups import Group, groups
from dashboards.views.author_mix import Period, Tally, domains, periods, places
from dashboards.views.author_rate import Day, rate
from dashboards.views.author_rhythm import Rhythm, rhythm


class AuthorView(Struct, frozen=True, kw_only=True):
    """What there is to see of one author; times of day are those of one zone."""

    summary: AuthorSummary
    entries: tuple[HistoryEntry, ...]
    """Posts and findings on one timeline, newest first."""
    posts: tuple[StoredPost, ...]
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    is_cut: bool
    """Whether there is more, older than what was loaded."""
    rhythm: Rhythm
    days: tuple[Day, ...]
    groups: tuple[Group, ...]
    places: tuple[Tally, ...]
    domains: tuple[Tally, ...]
    periods: tuple[Period, ...]

    @property
    def conversation(self) -> float:
        """Give the share of replies among the posts loaded, 0…1."""
        replies = sum(found.post.kind == "reply" for found in self.posts)
        return replies / len(self.posts) if self.posts else 0.0

    @property
    def loud(self) -> float:
        """Give the share of sensational headlines among the headlines loaded, 0…1."""
        headlines = sum(period.headlines for period in self.periods)
        return sum(period.loud for period in self.periods) / headlines if headlines else 0.0


def author_view(
    summary: AuthorSummary,
    entries: Sequence[HistoryEntry],
    verdicts: Sequence[Verdict],
    zone: tzinfo,
    *,
    is_cut: bool = False,
) -> AuthorView:
    """Give the view of an author.

    Args:
        summary: over all time.
        entries: the history, newest first.
        verdicts: on findings of this author, the latest first.
        zone: the viewer's.
        is_cut: whether the history has more.
    """
    posts = tuple(entry.post for entry in entries if entry.post is not None)
    findings = tuple(entry.finding for entry in entries if entry.finding is not None)
    times = [found.post.posted_at for found in posts]
    return AuthorView(
        summary=summary,
        entries=tuple(entries),
        posts=posts,
        findings=findings,
        verdicts=tuple(verdicts),
        is_cut=is_cut,
        rhythm=rhythm(times, zone),
        days=rate(times, findings, zone),
        groups=groups(findings, {found.post.id: found for found in posts}),
        places=places(posts),
        domains=domains(posts),
        periods=periods(posts, zone),
    )
