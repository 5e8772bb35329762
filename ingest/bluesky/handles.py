"""Remember what accounts are called, as long as there is room."""


class Handles:
    """Handles by account: at least the latest ``most`` that were told, at most twice as many.

    Args:
        most: handles that are kept for sure; one takes about 200 bytes.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}

    def take(self, did: str, handle: str) -> None:
        """Remember what an account is called now; an empty handle: that is not known."""
        if len(self._new) >= self._most and did not in self._new:
            self._old, self._new = self._new, {}
        self._new[did] = handle

    def of(self, did: str) -> str:
        """Give what an account is called; empty where that is not known."""
        return self._new.get(did) or self._old.get(did, "")

    def forget(self, did: str) -> None:
        """Forget an account."""
        self._new.pop(did, None)
        self._old.pop(did, None)
