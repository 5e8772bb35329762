"""What stands before every request: who asks, and whether it is answered at all.

In this order: the host it names, who asks, whether it comes from our own pages, what role the
path takes, how large its body is. What is not said to be open is closed.
"""

import asyncio
import secrets
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunco.log import logger
from dashboards.access import headers as said
from dashboards.access.gate import Gate
from dashboards.access.people import Person
from dashboards.desk import DESK, PERSON, Desk
from dashboards.errors import Forbidden, Misdirected, Refused, TooLarge, Unknown
from dashboards.problems import problem_body

NONCE = "bunco.nonce"
"""In the scope of every request: what our own inline scripts and styles bear."""

OPEN = frozenset({"/login", "/healthz", "/readyz", "/favicon.ico"})
"""What everybody may ask for. All else takes somebody we know."""

MAIL_LINKS = "/alert/"
"""What stands below it is a word that was signed and mailed: whoever has it may do what it says."""

HOOKS = "/hooks/"
"""Below it sources are pushed to; each tells by itself, by a token or a signature of its own, who
may. No session or token of ours counts there, so no page of another site can borrow one."""

API = "/api/"
"""Below it each route says its role itself."""

ADMIN_PAGES = ("/settings",)
"""Pages that take the role ``admin``; all others, with what they load, take ``viewer``."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SOCKETS = "/_nicegui_ws/"
"""Pages live on this; a request to it may change something whatever its method."""
_FORWARDED = b"x-forwarded-"
_NOBODY = Person(name="", role="pusher")
_log = logger(__name__)


class Guard:
    """Wrap the whole application; see the module.

    Args:
        app: what is guarded.
        desk: put into the scope of every request.
        gate: knows who asks.
    """

    def __init__(self, app: ASGIApp, desk: Desk, gate: Gate) -> None:
        self.app = app
        self._desk = desk
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one WebSocket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if scope["type"] == "http":
            scope[NONCE] = secrets.token_urlsafe(16)
            send = _Sending(scope, send, is_https=self._gate.is_https(scope, asked))
        try:
            person = self._let_in(scope, asked)
        except Refused as error:
            await self._refuse(scope, asked, send, error)
            return
        scope[DESK], scope[PERSON] = self._desk, person
        if not self._gate.is_proxied(scope):
            scope["headers"] = [
                pair for pair in scope["headers"] if not pair[0].startswith(_FORWARDED)
            ]
        if scope["type"] == "http":
            receive = _limited(receive, self._desk.config.dashboard.most_bytes)
        await self._answer(scope, receive, send, person)

    def _let_in(self, scope: Scope, asked: Headers) -> Person:
        """Give who asks, where they may.

        Raises:
            Refused: they may not.
        """
        path, host = scope["path"], asked.get("host", "")
        if not self._gate.origins.is_ours(host):
            raise Misdirected(
                "this is not the host you asked for; see allowed_hosts of [dashboard]"
            )
        is_hook = path.startswith(HOOKS) and scope["type"] == "http"
        person = _NOBODY if is_hook else self._gate.who(scope, asked)
        is_program = "authorization" in asked and self._gate.accounts.must_sign_in
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if (changes or path.startswith(_SOCKETS)) and not is_program and not is_hook:
            site = asked.get("sec-fetch-site", "")
            if not self._gate.origins.is_same(host, asked.get("origin", ""), site):
                raise Forbidden(
                    "this comes from a page of another site; see base_url of [dashboard]"
                )
        length, most = asked.get("content-length", ""), self._desk.config.dashboard.most_bytes
        if length.isdecimal() and int(length) > most:
            raise _too_large(most)
        if path in OPEN or path.startswith(MAIL_LINKS) or is_hook:
            return person or _NOBODY
        if person is None:
            raise Unknown("sign in, or come with a token", {"WWW-Authenticate": "Bearer"})
        if not path.startswith(API):
            person.require("admin" if path.startswith(ADMIN_PAGES) else "viewer")
        return person

    async def _answer(self, scope: Scope, receive: Receive, send: Send, person: Person) -> None:
        """Run the application; what is long open ends with the session."""
        session = self._gate.sessions.open(person.session)
        if session is None or not _is_long(scope):
            await self._run(scope, receive, send)
            return
        answering = asyncio.ensure_future(self._run(scope, receive, send))
        over = asyncio.ensure_future(session.over.wait())
        left = self._gate.sessions.left_s(session)
        try:
            await asyncio.wait({answering, over}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            if not answering.done():
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
                end: Message = {"type": "http.response.body", "body": b""}
                if scope["type"] == "websocket":
                    end = {"type": "websocket.close", "code": 1008}
                await send(end)
        if not answering.cancelled():
            answering.result()

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001  # outermost: one request never stops the rest
            if isinstance(send, _Sending) and not send.has_begun:
                refused = error if isinstance(error, Refused) else _broken()
                await self._refuse(scope, Headers(scope=scope), send, refused)
            if not isinstance(error, Refused):
                _log.error("a request failed", path=scope["path"], exc_info=error)

    async def _refuse(self, scope: Scope, asked: Headers, send: Send, error: Refused) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": error.title})
            return
        wants_page = "text/html" in asked.get("accept", "") and scope["method"] in _SAFE
        if error.status == Unknown.status and wants_page and self._gate.accounts.has_users:
            back = quote(scope["path"] + ("?" if scope["query_string"] else ""), safe="/?")
            back += quote(scope["query_string"].decode("latin-1"), safe="")
            headers = {"Location": f"/login?next={back.replace('?', '%3F')}"}
            await _respond(send, 303, headers, b"")
            return
        headers = {"Content-Type": "application/problem+json", **error.headers}
        await _respond(send, error.status, headers, problem_body(error, scope["path"]))


class _Sending:
    """Send an answer with what a browser is to hold to; scripts of pages get the nonce."""

    def __init__(self, scope: Scope, send: Send, *, is_https: bool) -> None:
        self._scope = scope
        self._send = send
        self._is_https = is_https
        self._held: Message | None = None
        self._body = bytearray()
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            is_page = headers.get("content-type", "").startswith("text/html")
            self._put_headers(headers, is_page=is_page)
            message["headers"] = headers.raw
            if is_page and "x-nicegui-content" in headers:
                self._held = message
                return
        elif self._held is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = said.with_nonce(bytes(self._body), self._scope[NONCE])
            MutableHeaders(raw=self._held["headers"])["content-length"] = str(len(body))
            await self._send(self._held)
            message, self._held = {"type": "http.response.body", "body": body}, None
        await self._send(message)

    def _put_headers(self, headers: MutableHeaders, *, is_page: bool) -> None:
        for name, value in said.SECURITY:
            headers[name.decode()] = value.decode()
        if self._is_https:
            headers[said.HSTS[0].decode()] = said.HSTS[1].decode()
        if "content-security-policy" not in headers:
            policy = said.page_policy(self._scope[NONCE]) if is_page else said.NOTHING
            headers["content-security-policy"] = policy.decode()
        if "cache-control" not in headers:
            headers["cache-control"] = "no-store"


def _limited(receive: Receive, most: int) -> Receive:
    """Give what receives a body of at most so many bytes, whatever it says of its length."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise _too_large(most)
        return message

    return limited


def _is_long(scope: Scope) -> bool:
    return scope["type"] == "websocket" or "text/event-stream" in Headers(scope=scope).get(
        "accept", ""
    )


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"at most {most:,} bytes at once")


def _broken() -> Refused:
    broken = Refused("something broke here; the log tells more")
    broken.status, broken.title = 500, "Internal Server Error"
    return broken


async def _respond(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    lines = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]
    lines.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
