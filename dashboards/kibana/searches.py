"""The saved searches: findings, posts, dead letters, sources."""

from dashboards.kibana.forms import Search
from dashboards.kibana.views import COUNTED, DEAD, FINDINGS, POSTS, SOURCES

LATEST_FINDINGS = Search(
    name="findings",
    title="Findings",
    about="Findings with their sentences, the latest first, without quiet ones.",
    view=FINDINGS,
    columns=("severity", "score", "detector", "author", "reason", "headline", "places"),
    newest="last_at",
    where=(COUNTED,),
)
ALL_FINDINGS = Search(
    name="all-findings",
    title="All findings",
    about="Every finding with its sentence, the quiet ones too, the latest first.",
    view=FINDINGS,
    columns=("severity", "score", "detector", "author", "quiet", "reason", "headline", "places"),
    newest="last_at",
)
LATEST_POSTS = Search(
    name="posts",
    title="Posts",
    about="Every post as it was published, the newest first.",
    view=POSTS,
    columns=("author", "place", "kind", "headline", "sensational", "url"),
    newest="at",
)
DEAD_LETTERS = Search(
    name="dead",
    title="Dead letters",
    about="What could not be read or stored, and why.",
    view=DEAD,
    columns=("source", "origin", "reason", "author"),
    newest="at",
)
ALL_SOURCES = Search(
    name="sources",
    title="Sources",
    about="Every source as its last poll left it.",
    view=SOURCES,
    columns=(
        "source",
        "error",
        "failures",
        "polled_at",
        "succeeded_at",
        "next_at",
        "item_at",
        "ended",
    ),
    newest="polled_at",
)

SEARCHES = (LATEST_FINDINGS, ALL_FINDINGS, LATEST_POSTS, DEAD_LETTERS, ALL_SOURCES)
