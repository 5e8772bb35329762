"""Who asks, and what they may do."""

from msgspec import Struct

from bunco.options import TokenRole
from dashboards.errors import Forbidden

_RANKS: dict[TokenRole, int] = {"pusher": 0, "viewer": 1, "reviewer": 2, "admin": 3}


class Person(Struct, frozen=True, kw_only=True):
    """Who asks: a person who signed in, a program with a token, or whoever is at this machine."""

    name: str
    role: TokenRole
    session: str = ""
    """The key of the session; empty for a token, and where nobody has to sign in."""
    is_signed_in: bool = False
    """Whether there is something to sign out of."""

    def may(self, role: TokenRole) -> bool:
        """Tell whether this one may do what that role may."""
        if role == "pusher":
            return self.role in {"pusher", "admin"}
        return _RANKS[self.role] >= _RANKS[role]

    def require(self, role: TokenRole) -> None:
        """Hold that this one may do what that role may.

        Raises:
            Forbidden: they may not.
        """
        if not self.may(role):
            raise Forbidden(f"this takes the role {role}; {self.name} has {self.role}")


HERE = Person(name="", role="admin")
"""Whoever asks a dashboard that has no users and listens on loopback alone."""
