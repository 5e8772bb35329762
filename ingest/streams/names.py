"""Remember what accounts are called, as long as there is room."""


class Names:
    """Names by account: at least the latest ``most`` that were told, at most twice as many.

    Args:
        most: names that are kept for sure; one takes about 200 bytes.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}

    def take(self, account: str, name: str) -> None:
        """Remember what an account is called now; an empty name: that is not known."""
        if len(self._new) >= self._most and account not in self._new:
            self._old, self._new = self._new, {}
        self._new[account] = name

    def of(self, account: str) -> str:
        """Give what an account is called; empty where that is not known."""
        return self._new.get(account) or self._old.get(account, "")

    def forget(self, account: str) -> None:
        """Forget an account."""
        self._new.pop(account, None)
        self._old.pop(account, None)
