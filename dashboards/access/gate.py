"""Find out who asks, and let people in: accounts, sessions and throttle together."""

import asyncio
import getpass
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec.structs import replace
from starlette.datastructures import Headers
from starlette.types import Scope

from bunco.errors import ConfigError
from bunco.options import DashboardOptions
from bunco.ports.parts import Clock
from dashboards.access.accounts import Accounts
from dashboards.access.origins import Origins
from dashboards.access.people import HERE, Person
from dashboards.access.sessions import Session, Sessions
from dashboards.access.throttle import Throttle, address_key
from dashboards.errors import TooOften, Unknown

_ADDRESS_FREE, _ADDRESS_EACH = 10, timedelta(minutes=1)
_USER_FREE, _USER_EACH = 30, timedelta(seconds=20)
"""Failures at once, and the wait for each beyond: 1,440 guesses a day from one address, 4,320 at
one user. Source: ours; NIST SP 800-63B-4, section 3.2.2, stops at 100 in a row."""
_AT_ONCE, _WAITING = 2, 20
"""Passwords that are checked at the same time, 64 MiB and a core each; and those that wait."""


class Gate:
    """See the module.

    Args:
        options: the table ``[dashboard]``.
        clock: the time of day.
        where: the configuration's name, for errors.

    Raises:
        ConfigError: something in the table is wrong, or leaves the dashboard open to others.
    """

    def __init__(
        self, options: DashboardOptions, clock: Clock, where: str = "configuration"
    ) -> None:
        self.accounts = Accounts(options, where)
        self.sessions = Sessions(clock, options.session)
        self.origins = Origins(options, must_sign_in=self.accounts.must_sign_in)
        self._clock = clock
        self._proxies = [_network(proxy, where) for proxy in options.trusted_proxies]
        self._by_address = Throttle(clock, free=_ADDRESS_FREE, each=_ADDRESS_EACH)
        self._by_user = Throttle(clock, free=_USER_FREE, each=_USER_EACH)
        self._checkers = ThreadPoolExecutor(_AT_ONCE, "password")
        self._checking = 0
        self._here = replace(HERE, name=_login())
        self._cookie = f"bunco_{options.port}"  # browsers keep no cookies apart by port

    def who(self, scope: Scope, headers: Headers) -> Person | None:
        """Give who asks; None for nobody we know.

        Raises:
            Unknown: there is a token, and it is none of ours.
        """
        if not self.accounts.must_sign_in:
            return self._here
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            program = self.accounts.program(token.strip())
            if program is None:
                raise Unknown("no such token")
            return program
        session = self._session(scope, headers)
        person = self.accounts.named(session.name) if session else None
        if session is None or person is None:
            return None
        return replace(person, session=session.key, is_signed_in=True)

    async def sign_in(self, scope: Scope, headers: Headers, name: str, password: str) -> str:
        """Begin a session; give the word for the cookie.

        Raises:
            Unknown: name and password do not belong together.
            TooOften: there were too many failures; says how long to wait.
        """
        address = address_key(self.address(scope, headers))
        known = self.accounts.has_user(name)
        wait = self._by_address.wait_s(address)
        if known:
            wait = max(wait, self._by_user.wait_s(name))
        if wait or self._checking >= _WAITING:
            raise TooOften(
                f"too many attempts: try again in {wait or 1} s", {"Retry-After": str(wait or 1)}
            )
        # Counted before it is checked: who asks many times at once gets no more than who waits.
        self._by_address.failed(address)
        if known:
            self._by_user.failed(name)
        self._checking += 1
        try:
            loop = asyncio.get_running_loop()
            person = await loop.run_in_executor(self._checkers, self.accounts.user, name, password)
        finally:
            self._checking -= 1
        if person is None:
            raise Unknown("name or password is wrong")
        self._by_address.worked(address)
        self._by_user.worked(name)
        return self.sessions.begin(name)

    def sign_out(self, person: Person) -> None:
        """End the session of a person."""
        self.sessions.end(person.session)

    def cookie(self, scope: Scope, headers: Headers, word: str) -> str:
        """Give the header ``Set-Cookie`` for a session; an empty word takes the cookie back."""
        secure = self.is_https(scope, headers)
        parts = [f"{self._cookie_name(secure=secure)}={word}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts += ["Secure"] if secure else []
        parts += [] if word else ["Max-Age=0"]
        return "; ".join(parts)

    def is_https(self, scope: Scope, headers: Headers) -> bool:
        """Tell whether the person comes by https, to us or to a proxy before us."""
        if self.origins.is_https or scope.get("scheme") in {"https", "wss"}:
            return True
        return self.is_proxied(scope) and headers.get("x-forwarded-proto") == "https"

    def is_proxied(self, scope: Scope) -> bool:
        """Tell whether the request comes through a proxy that is trusted."""
        peer = scope.get("client")
        return peer is not None and self._is_proxy(peer[0])

    def address(self, scope: Scope, headers: Headers) -> str:
        """Give the address of the one who asks, as far as proxies that are trusted tell it."""
        peer = scope.get("client")
        address = str(peer[0]) if peer else "?"
        if self._is_proxy(address):
            told = [part.strip() for part in headers.get("x-forwarded-for", "").split(",")]
            for hop in reversed([hop for hop in told if hop]):
                address = hop
                if not self._is_proxy(hop):
                    break
        return address

    def close(self) -> None:
        """Let go of the threads."""
        self._checkers.shutdown(wait=False, cancel_futures=True)

    def _session(self, scope: Scope, headers: Headers) -> Session | None:
        name = self._cookie_name(secure=self.is_https(scope, headers))
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return None
        found = cookies.get(name)
        return self.sessions.of(found.value) if found else None

    def _cookie_name(self, *, secure: bool) -> str:
        # The prefix keeps neighbours on other names and plain http from setting it.
        return f"__Host-{self._cookie}" if secure else self._cookie

    def _is_proxy(self, address: str) -> bool:
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._proxies)


def _network(text: str, where: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        key = "dashboard.trusted_proxies"
        raise ConfigError(where, key, repr(text), "addresses or networks") from error


def _login() -> str:
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError, ImportError):  # a container's user without a name
        return ""
