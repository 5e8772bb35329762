"""Who is known: users and tokens of the configuration, held to what is safe at the start."""

import hmac
import ipaddress
from collections.abc import Iterable, Iterator

from bunco.errors import ConfigError
from bunco.options import DashboardOptions, TokenOptions, UserOptions
from bunco.values import Secret
from dashboards.access import passwords, tokens
from dashboards.access.people import Person


class Accounts:
    """Users and tokens; see the module.

    Args:
        options: the table ``[dashboard]``.
        where: the configuration's name, for errors.

    Raises:
        ConfigError: a user or token is wrong, or there is none where there must be.
    """

    def __init__(self, options: DashboardOptions, where: str = "configuration") -> None:
        self._where = where
        self._users = dict(self._read_users(options.users))
        self._tokens = dict(self._read_tokens(options.tokens))
        self.must_sign_in = bool(self._users or self._tokens)
        self.has_users = bool(self._users)
        # Takes as long to refuse a name that is not there as a wrong password.
        self._nobody = passwords.hashed("a password nobody has") if self._users else ""
        if not self.must_sign_in and not is_loopback(options.host):
            raise ConfigError(
                where,
                "dashboard.host",
                repr(options.host),
                "127.0.0.1, or any address once there are [[dashboard.users]] or "
                "[[dashboard.tokens]] (docs/dashboard.md)",
            )

    def has_user(self, name: str) -> bool:
        """Tell whether there is a user of this name."""
        return name in self._users

    def user(self, name: str, password: str) -> Person | None:
        """Give the person of a name and password; takes tens of milliseconds either way."""
        kept, person = self._users.get(name, (self._nobody, None))
        return person if passwords.fits(kept, password) and person is not None else None

    def named(self, name: str) -> Person | None:
        """Give the person of a name, as they are after they signed in."""
        return self._users.get(name, ("", None))[1]

    def program(self, token: str) -> Person | None:
        """Give the program of a token."""
        asked, found = tokens.hashed(token), None
        for kept, program in self._tokens.items():
            if hmac.compare_digest(kept, asked):  # looks at all, so that time tells nothing
                found = program
        return found

    def _read_users(self, users: Iterable[UserOptions]) -> Iterator[tuple[str, tuple[str, Person]]]:
        names: set[str] = set()
        for number, user in enumerate(users, start=1):
            key = f"dashboard.users[{number}]"
            self._name_once(key, user.name, names)
            self._one_of(key, bool(user.password_hash), user.password is not None, "password")
            given = self._revealed(f"{key}.password", user.password) or user.password_hash
            if passwords.is_hash(given):
                kept = given
            elif user.password is None:
                raise ConfigError(
                    self._where, f"{key}.password_hash", "(hidden)", 'what "bunco password" prints'
                )
            elif reason := passwords.weakness(given):
                raise ConfigError(self._where, f"{key}.password", "(hidden)", reason)
            else:
                kept = passwords.hashed(given)
            yield user.name, (kept, Person(name=user.name, role=user.role))

    def _read_tokens(self, programs: Iterable[TokenOptions]) -> Iterator[tuple[str, Person]]:
        names: set[str] = set()
        for number, program in enumerate(programs, start=1):
            key = f"dashboard.tokens[{number}]"
            self._name_once(key, program.name, names)
            self._one_of(key, bool(program.token_hash), program.token is not None, "token")
            given = self._revealed(f"{key}.token", program.token) or program.token_hash
            if tokens.is_hash(given):
                kept = given
            elif program.token is None:
                allowed = 'what "bunco password --token" prints'
                raise ConfigError(self._where, f"{key}.token_hash", "(hidden)", allowed)
            elif len(given) < tokens.LEAST:
                allowed = f"at least {tokens.LEAST} random characters"
                raise ConfigError(self._where, f"{key}.token", "(hidden)", allowed)
            else:
                kept = tokens.hashed(given)
            yield kept, Person(name=program.name, role=program.role)

    def _revealed(self, key: str, secret: Secret | None) -> str:
        try:
            return secret.reveal() if secret else ""
        except ValueError as error:
            raise ConfigError(self._where, key, "(hidden)", str(error)) from error

    def _name_once(self, key: str, name: str, names: set[str]) -> None:
        if name in names:
            raise ConfigError(self._where, f"{key}.name", repr(name), "a name of its own")
        names.add(name)

    def _one_of(self, key: str, has_hash: bool, has_value: bool, what: str) -> None:  # noqa: FBT001  # two that are said
        if has_hash == has_value:
            found = "both" if has_hash else "neither"
            allowed = f"exactly one of {what} and {what}_hash"
            raise ConfigError(self._where, key, found, allowed)


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
