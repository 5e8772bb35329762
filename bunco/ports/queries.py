"""Which findings and verdicts are asked for."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from bunco.model import Judged, Severity


class FindingQuery(Struct, frozen=True, kw_only=True):
    """Which findings: every field that is set narrows."""

    detector: str = ""
    detectors: tuple[str, ...] = ()
    """Of any of these; empty: of all."""
    severities: tuple[Severity, ...] = ()
    """With any of these; empty: with all."""
    author: str = ""
    since: datetime | None = None
    """Those with ``last_at`` at or after."""
    until: datetime | None = None
    """Those with ``first_at`` before."""
    least_score: float = 0.0
    source: str = ""
    place: str = ""
    words: str = ""
    """Found in the sentence, any case."""
    verdict: Judged | Literal[""] = ""
    """Judged so last; ``none``: not judged, or no longer."""
    with_quiet: bool = True
    """Those that verdicts keep quiet, too."""


class VerdictQuery(Struct, frozen=True, kw_only=True):
    """Which verdicts: every field that is set narrows."""

    finding: str = ""
    author: str = ""
    detector: str = ""
    by: str = ""
    judged: Judged | Literal[""] = ""
