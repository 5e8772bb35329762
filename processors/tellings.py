"""What detectors have to tell of the posts of a batch: each episode once, in its last form."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from bunco.model import Finding, Post
from bunco.ports.detectors import Detector
from processors import judging
from processors.states import AuthorState


class Telling(Struct, frozen=True, gc=False):
    """One episode that opened or changed."""

    detector: Detector[Any, Any]
    post: Post
    """Its latest."""
    episode: Any
    """The detector's own; held here, so that no other object takes its place in memory."""
    state: AuthorState


Fail = Callable[[Post, str, Exception], None]


class Tellings:
    """Episodes that wait to be told.

    Args:
        fail: told what a detector failed on.
    """

    def __init__(self, fail: Fail) -> None:
        self._fail = fail
        self._waiting: dict[int, Telling] = {}

    def add(self, telling: Telling) -> None:
        """Let an episode wait; what waits of it already is overtaken."""
        self._waiting[id(telling.episode)] = telling

    def told(self) -> dict[str, Finding]:
        """Give the findings that wait, by id, marked by what was judged."""
        findings: dict[str, Finding] = {}
        for telling in self._waiting.values():
            detector, judged = telling.detector, telling.state.judged
            try:
                finding = detector.finding(telling.post.author, telling.episode)
                if judged is not None:
                    finding = judging.marked(finding, judged, detector)
            except Exception as error:  # noqa: BLE001  # one detector never stops the rest
                self._fail(telling.post, f"detector:{detector.kind}", error)
            else:
                findings[finding.id] = finding
        self._waiting.clear()
        return findings
