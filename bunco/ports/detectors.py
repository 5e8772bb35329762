"""What judges the posts of one author."""

from typing import Protocol, TypeVar

from msgspec import Struct

from bunco.model import Enriched, Finding, Pattern

State = TypeVar("State", bound=Struct)


Episode = TypeVar("Episode")


class Detector(Protocol[State, Episode]):
    """Judge posts of one author, one after the other. Pure: no I/O, clock or chance.

    ``see`` and ``erase`` change the author's state in place; between batches it is encoded.
    A finding is told once a batch, not once a post: most would be overtaken at once.
    """

    kind: str
    """Its name: the module's, and the word in findings."""
    state_type: type[State]
    """A Struct whose fields all have defaults; a fresh one is ``state_type()``."""
    state_version: int
    """Raised when old states no longer fit; they are then dropped and built anew."""

    def see(self, post: Enriched, state: State) -> Episode | None:
        """Take one post into the state; give the episode that opened or changed, if one did.

        Posts come in order of arrival, not of event time. The same post never comes twice.

        Within a batch an episode is one object for as long as it lasts, and stays as it was
        left when another takes its place, so that ``finding`` tells it at the end of the
        author's posts as it would have been told at once.
        """
        ...

    def finding(self, author: str, episode: Episode) -> Finding:
        """Tell an episode as it is now. Called before the author's next removal or verdict."""
        ...

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        ...

    def pattern(self, finding: Finding) -> Pattern:
        """Give what one of its findings is about, for a verdict on it."""
        ...

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on.

        Args:
            judged: the pattern of the finding that was judged.
            found: the pattern of the finding that is held against it.
        """
        ...
