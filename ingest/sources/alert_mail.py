"""Posts out of alert mails: Google Alerts, lists of links, newsletters where they are wanted.

The mails come from an IMAP folder, a Maildir, an mbox or ``.eml`` files. Nothing is marked as
read, moved or deleted; nothing that a mail links to or holds is fetched or run. Other mails give
no post, and over IMAP nothing but their headers is fetched.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bunco.errors import BadInput
from bunco.model import DeadLetter, Delivery, Post
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration, LateSecret, Secret, Size
from ingest.feeds.worker import off_loop
from ingest.mail import files, progress, sifting
from ingest.mail.files import Taken
from ingest.mail.imap import Server
from ingest.mail.mailbox import Mailbox
from ingest.mail.posts import Letter, Rules, contents

_SENDERS = (
    "googlealerts-noreply@google.com", "alerts.google.com", "talkwalker.com", "f5bot.com",
)  # fmt: skip
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_IDLE = timedelta(minutes=29)
"""Servers may hang up on who says nothing for longer. Source: RFC 2177."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of an ``alert_mail`` source."""

    path: str = ""
    """A Maildir, an mbox, an ``.eml`` file or a folder of them; ``~`` is the home folder."""
    host: str = ""
    """In place of ``path``: an IMAP server."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """0: 993 with ``tls``, else 143."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """``none`` for a server on this machine only."""
    username: str = ""
    password: Secret | None = None
    """The account's, or one made for this program alone."""
    token: LateSecret | None = None
    """In place of ``password``: an access token (XOAUTH2), read anew for each connection."""
    ca_file: str = ""
    """The authority that signed the server's certificate; empty: the system's."""
    folder: str = "INBOX"
    """The folder of the IMAP server."""
    follow: bool = True
    """Wait for more mails at the end; else the source ends there."""
    every: Duration = Duration(minutes=1)
    """How often a path is looked at, and a server that does not tell of new mails by itself."""
    idle: Duration = Duration(minutes=9)
    """How long a server is waited for in one go (IDLE); a lost line is noticed by then."""
    timeout: Duration = Duration(seconds=60)
    """For each step of a conversation with a server."""
    batch: Annotated[int, Meta(ge=1, le=1000)] = 50
    """Mails of one delivery at most."""
    most_bytes: Size = Size(1 << 20)
    """A larger mail is refused."""
    most_parts: Annotated[int, Meta(ge=1)] = 50
    """Parts of a mail that are looked at."""
    most_links: Annotated[int, Meta(ge=1)] = 100
    """Posts of one alert at most."""
    senders: tuple[str, ...] = _SENDERS
    """Whose mails are alerts: addresses, domains, List-Ids."""
    newsletters: bool = False
    """Whether a newsletter is a post."""
    authserv: str = ""
    """What your mail server calls itself in ``Authentication-Results``; only its word counts."""
    require_verified: bool = False
    """Set mails aside whose sender ``authserv`` does not vouch for."""

    def __post_init__(self) -> None:
        """Hold that there is one place for mails, and all that it needs.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if bool(self.path) == bool(self.host):
            raise ValueError("exactly one of path and host")
        if self.host and not self.username:
            raise ValueError("a username for the host")
        if self.host and (self.password is None) == (self.token is None):
            raise ValueError("exactly one of password and token for the host")
        if self.host and self.security == "none" and self.host not in _HERE:
            raise ValueError('security = "none" for localhost only')
        if self.require_verified and not self.authserv:
            raise ValueError("require_verified with an authserv only")
        if not timedelta(seconds=1) <= self.idle <= _LONGEST_IDLE:
            raise ValueError("idle of 1 s to 29 min")
        if min(self.every, self.timeout) <= timedelta(0):
            raise ValueError("every and timeout above zero")


class AlertMailSource:
    """One mailbox; see the module. All it remembers is in the cursor."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._rules = _rules(options, tools.name)
        where = (options.path, options.host, options.username, options.folder)
        self._asked = progress.asked(where)
        self._path = Path(options.path).expanduser()
        server = _server(options)
        self._mailbox = Mailbox(server, self._rules) if server else None

    async def read(self, cursor: bytes) -> Delivery:
        """Give the posts of the next mails; at the end wait for more, or end.

        Raises:
            SourceError: the mails cannot be read now; the reason says what to do.
        """
        before = progress.decode(cursor, self._asked)
        mailbox = self._mailbox
        if mailbox is None:
            return await self._delivered(await self._of_path(before))
        was_open = mailbox.is_open
        taken = await mailbox.take(before, self._options.batch, self._now())
        # The first reading answers at once, so that the source is seen to work.
        waits = taken.is_all and was_open and self._options.follow
        if waits and await mailbox.wait(self._options.idle.total_seconds()):
            taken = await mailbox.take(before, self._options.batch, self._now())
        return await self._delivered(taken)

    async def close(self) -> None:
        """Take leave of the server."""
        if self._mailbox is not None:
            await self._mailbox.close()

    async def _of_path(self, before: progress.Progress) -> Taken:
        options = self._options
        return await off_loop(
            files.take, self._path, before, options.batch, options.most_bytes, self._now()
        )

    async def _delivered(self, taken: Taken) -> Delivery:
        found = await off_loop(sifting.sift, taken.letters, taken.progress, self._rules)
        waits = taken.is_all and self._options.follow and not self._is_told
        return Delivery(
            source=self._tools.name,
            items=found.posts,
            dead=found.dead,
            cursor=progress.encode(found.progress),
            wait=self._options.every if waits else timedelta(0),
            ended=taken.is_all and not self._options.follow,
            outcome="read" if taken.letters else "unchanged",
            note=found.note,
        )

    @property
    def _is_told(self) -> bool:
        """Tell whether the server tells of new mails, so that no wait is needed."""
        return self._mailbox is not None and self._mailbox.can_wait

    def _now(self) -> datetime:
        return self._tools.clock.now()


def make(options: Options, tools: SourceTools) -> Source:
    """Make the source; nothing is opened yet."""
    return AlertMailSource(options, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Give the posts of the alerts in a saved mail, or in an mbox.

    Raises:
        BadInput: there is none in it, with the reason.
    """
    rules = Rules(senders=_SENDERS)
    posts: list[Post] = []
    dead: list[DeadLetter] = []
    for number, raw in enumerate(files.split(document), start=1):
        origin = f"{url}: mail {number}" if url else f"mail {number}"
        found = contents(Letter(raw=raw, origin=origin, arrived=seen_at), rules)
        posts += found.posts
        dead += found.dead
    if not posts and not dead:
        raise BadInput("an ordinary mail, no alert")
    return Parsed(items=tuple(posts), dead=tuple(dead))


def _rules(options: Options, name: str) -> Rules:
    return Rules(
        source=name,
        senders=tuple(sender.lower().lstrip("@.") for sender in options.senders),
        newsletters=options.newsletters,
        authserv=options.authserv.lower(),
        require_verified=options.require_verified,
        most_parts=options.most_parts,
        most_links=options.most_links,
    )


def _server(options: Options) -> Server | None:
    if not options.host:
        return None
    return Server(
        host=options.host,
        port=options.port or _PORTS[options.security],
        security=options.security,
        username=options.username,
        password=options.password,
        token=options.token,
        folder=options.folder,
        ca_file=options.ca_file,
        timeout=options.timeout.total_seconds(),
        most_bytes=options.most_bytes,
    )


PART: Part[Source] = Part(Options, make, parse)
