"""Know again what came a moment ago: after a rewind a stream gives some of it twice."""

from collections.abc import Hashable


class Recent:
    """A bounded memory of keys: at least the latest ``most``, at most twice as many.

    What it forgets is not lost: a post that comes twice is known by its id in the end.

    Args:
        most: keys that are kept for sure.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._new: set[Hashable] = set()
        self._old: set[Hashable] = set()

    def is_new(self, key: Hashable) -> bool:
        """Tell whether a key comes for the first time, and remember it.

        >>> recent = Recent()
        >>> recent.is_new("a"), recent.is_new("a")
        (True, False)
        """
        if self.has(key):
            return False
        if len(self._new) >= self._most:
            self._old, self._new = self._new, set()
        self._new.add(key)
        return True

    def has(self, key: Hashable) -> bool:
        """Tell whether a key came before, as far as is remembered."""
        return key in self._new or key in self._old

    def clear(self) -> None:
        """Forget all: what was given may have been lost on the way, and is due again."""
        self._new.clear()
        self._old.clear()
