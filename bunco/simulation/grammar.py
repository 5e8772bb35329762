"""Sentences out of patterns and word lists: ``"{town} {body} {does} {thing}"``."""

from collections.abc import Mapping, Sequence
from string import Formatter

from bunco.simulation.dice import Dice


def words(text: str) -> tuple[str, ...]:
    """Give the words or phrases between the bars.

    >>> words("tea | strong coffee | milk")
    ('tea', 'strong coffee', 'milk')
    """
    return tuple(" ".join(word.split()) for word in text.split("|"))


class Grammar:
    """Patterns whose gaps are filled from word lists, each gap by a throw of its own."""

    def __init__(self, patterns: str, lists: Mapping[str, Sequence[str]]) -> None:
        """Compile the patterns.

        Args:
            patterns: one a line; ``{name}`` stands for any entry of the list of that name.
            lists: the word lists.
        """
        self._patterns = tuple(
            tuple(
                (before, tuple(lists[name]) if name else ())
                for before, name, _, _ in Formatter().parse(line.strip())
            )
            for line in patterns.strip().splitlines()
        )

    def say(self, dice: Dice) -> str:
        """Give one sentence; its first letter is a capital."""
        pick = dice.pick
        pieces = []
        for before, choices in pick(self._patterns):
            pieces.append(before)
            if choices:
                pieces.append(pick(choices))
        sentence = "".join(pieces)
        return sentence[:1].upper() + sentence[1:]
