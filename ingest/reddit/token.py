"""Get a token for Reddit's API and keep it until it expires.

Source: github.com/reddit-archive/reddit/wiki/OAuth2, "Application Only OAuth".
"""

from base64 import b64encode
from datetime import datetime, timedelta
from http import HTTPStatus

from msgspec import Struct

from bunco.errors import SourceError
from bunco.ports.parts import Clock
from bunco.ports.web import Manner, Web
from ingest.json_api import decoded

_EARLY = timedelta(minutes=1)
_REFUSED = frozenset({400, 401, 403})


class Client(Struct, frozen=True, kw_only=True):
    """Who asks for tokens."""

    url: str
    """Where Reddit gives them."""
    client_id: str
    secret: str
    headers: dict[str, str]
    allow_private: bool


class _Granted(Struct, frozen=True):
    access_token: str = ""
    expires_in: float = 3600
    error: str | int = ""


class Token:
    """The token of one client; it is lost with the process, and asked for anew then."""

    def __init__(self, client: Client, web: Web, clock: Clock) -> None:
        self._client = client
        self._web = web
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None

    async def value(self) -> str:
        """Give a token that is good now.

        Raises:
            SourceError: Reddit gives none; says why.
        """
        now = self._clock.now()
        if self._until is not None and now < self._until:
            return self._token
        client = self._client
        basic = b64encode(f"{client.client_id}:{client.secret}".encode()).decode()
        fetched = await self._web.fetch(
            f"{client.url.rstrip('/')}/api/v1/access_token",
            headers={"Authorization": f"Basic {basic}", **client.headers},
            allow_private=client.allow_private,
            manner=Manner(form=b"grant_type=client_credentials", takes=_REFUSED),
        )
        if fetched.status != HTTPStatus.OK:
            reason = f"Reddit gives no token ({fetched.status}): look at client_id and secret"
            raise SourceError(reason, weight="hard")
        granted = decoded(fetched, _Granted)
        if not granted.access_token:
            raise SourceError(f"Reddit gives no token: {granted.error}", weight="hard")
        self._token = granted.access_token
        self._until = now + timedelta(seconds=granted.expires_in) - _EARLY
        return self._token

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        self._until = None
