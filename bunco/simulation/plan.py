"""What stream is wanted, and the scenario of the demo."""

from datetime import UTC, datetime

from msgspec import Struct

from bunco.errors import UsageError

LEAST_AUTHORS = 10
"""One author of each role, and someone to talk to."""


class Plan(Struct, frozen=True, kw_only=True):
    """The options of a stream; the same options give the same bytes everywhere."""

    seed: int = 1
    days: int = 14
    authors: int = 200
    posts: int = 10_000
    """Different posts, exactly; duplicates and removals come on top."""
    start: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    """Aware. Imported posts are dated earlier, everything else later."""
    late_percent: int = 3
    """How many of a hundred posts reach us minutes to hours after they were published."""
    duplicates: int = 0
    """Posts told a second time under the same id, some minutes later."""
    removals: int = 0
    """Posts that their authors take back, minutes to hours later."""


DEMO = Plan(seed=20, days=18, authors=120, posts=7_000)
"""The scenario of ``make demo``: every role, within seconds."""


def checked(plan: Plan) -> Plan:
    """Give the plan back if a stream can be made of it.

    Raises:
        UsageError: names the option, what was asked for and what is possible.
    """
    for wrong, says in (
        (plan.seed < 0, f"seed: {plan.seed} is below 0"),
        (not 1 <= plan.days <= 366, f"days: {plan.days} is not between 1 and 366"),
        (plan.authors < LEAST_AUTHORS, f"authors: {plan.authors} is below {LEAST_AUTHORS}"),
        (
            plan.posts < plan.authors,
            f"posts: {plan.posts} is fewer than the {plan.authors} authors, who post once at least",
        ),
        (plan.start.tzinfo is None, "start: it has no time zone; end it with Z for UTC"),
        (not 1980 <= plan.start.year <= 9000, f"start: {plan.start.year} is out of 1980…9000"),
        (not 0 <= plan.late_percent <= 100, f"late: {plan.late_percent} is not a percentage"),
        (
            not 0 <= plan.duplicates <= plan.posts,
            f"duplicates: {plan.duplicates} is not between 0 and the number of posts",
        ),
        (
            not 0 <= plan.removals <= plan.posts,
            f"removals: {plan.removals} is not between 0 and the number of posts",
        ),
    ):
        if wrong:
            raise UsageError(says)
    return plan
