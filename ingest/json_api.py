"""Ask a server's JSON API: typed answers, its rate limit obeyed, errors in words.

What the sources share that read by asking again and again. An ``Api`` keeps nothing that it
could not lose.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Raw, Struct

from bunco.errors import BadInput, SourceError
from bunco.model import DeadLetter, Delivery, Item, Post, dead_letter
from bunco.ports.parts import Clock
from bunco.ports.web import Fetched, Manner, Web
from ingest import answers
from ingest.limits import MOST_LINKS, TEXT_LIMIT, TITLE_LIMIT, URL_LIMIT, is_ahead

Answer = TypeVar("Answer")
Params = Mapping[str, str | int]

_GONE = frozenset({404, 410})
_LIMITED = frozenset({429})
_MOST_LETTERS = 100
"""Of one document; those after them are counted."""


class Access(Struct, frozen=True, kw_only=True):
    """Where an API stands and how it is asked."""

    base: str
    """``https://HOST`` or with a path; no slash at its end."""
    headers: Mapping[str, str] = {}
    allow_private: bool = False
    spacing: timedelta | None = None
    told_wait: Callable[[bytes], timedelta | None] | None = None
    """Reads out of the body of a 429 how long to wait, where a network says so there."""


class Api:
    """One server's API.

    Args:
        web: the fetcher.
        clock: what dates in headers are counted from.
        access: where it stands.
    """

    def __init__(self, web: Web, clock: Clock, access: Access) -> None:
        self._web = web
        self._clock = clock
        self._access = access
        self.rest = timedelta(0)
        """How long the latest answers ask to be left alone; zero while there is room."""

    async def get(self, path: str, kind: type[Answer], params: Params | None = None) -> Answer:
        """Give the answer to a question, decoded.

        Raises:
            SourceError: nothing came, or something else than was asked for.
        """
        return decoded(await self.ask(path, params), kind)

    async def find(
        self, path: str, kind: type[Answer], params: Params | None = None
    ) -> Answer | None:
        """Give the same, or None where there is nothing: 404 or 410.

        Raises:
            SourceError: as ``get``.
        """
        fetched = await self.ask(path, params, takes=_GONE)
        return None if fetched.status in _GONE else decoded(fetched, kind)

    async def ask(
        self, path: str, params: Params | None = None, *, takes: frozenset[int] = frozenset()
    ) -> Fetched:
        """Give the answer as it came.

        Args:
            path: begins with a slash.
            params: the query.
            takes: statuses that are an answer too.

        Raises:
            SourceError: nothing came.
        """
        query = f"?{urlencode(params)}" if params else ""
        access = self._access
        fetched = await self._web.fetch(
            f"{access.base}{path}{query}",
            headers={"Accept": "application/json", **access.headers},
            allow_private=access.allow_private,
            manner=Manner(
                takes=takes | (_LIMITED if access.told_wait else frozenset()),
                spacing=access.spacing,
            ),
        )
        if fetched.status in _LIMITED - takes:
            raise self._limited(fetched)
        self.rest = answers.retry_after(fetched.headers, self._clock.now()) or timedelta(0)
        return fetched

    def _limited(self, fetched: Fetched) -> SourceError:
        host = _host(fetched)
        error = answers.failure(fetched.status, host, fetched.headers, self._clock.now())
        told = self._access.told_wait(fetched.body) if self._access.told_wait else None
        if told is None or answers.retry_after(fetched.headers, self._clock.now()) is not None:
            return error
        wait = min(max(told, timedelta(0)), answers.LONGEST_WAIT)
        return SourceError(error.reason, weight=error.weight, retry_after=wait)


class Gathered:
    """What one reading found: items, and what could not be read.

    Args:
        source: the source's name.
        clock: when letters are set aside.
    """

    def __init__(self, source: str, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.items: list[Item] = []
        self.notes: list[str] = []
        self.rest = timedelta(0)
        """How long what went wrong on the way asks to wait."""
        self._letters: dict[str, DeadLetter] = {}
        self._more = 0

    def sift(
        self, entries: Iterable[Raw], read: Callable[[bytes], Answer], where: str
    ) -> list[Answer]:
        """Give the entries that can be read; set the others aside.

        Args:
            entries: as they came.
            read: decodes one; raises BadInput or a msgspec error.
            where: what they are, for the letters.
        """
        found = []
        for entry in entries:
            try:
                found.append(read(bytes(entry)))
            except (BadInput, msgspec.MsgspecError, ValueError, OverflowError) as error:
                self.set_aside(where, str(error), bytes(entry))
        return found

    def set_aside(self, where: str, reason: str, body: bytes) -> None:
        """Make a dead letter of something that cannot be read."""
        if len(self._letters) >= _MOST_LETTERS:
            self._more += 1
            return
        origin = f"{self._source or 'document'}: {where}"
        at = self._clock.now()
        letter = dead_letter(origin, reason, body, source=self._source, at=at)
        self._letters[letter.id] = letter

    def broke_off(self, where: str, error: SourceError, usual: timedelta) -> None:
        """Note that a part of a reading failed; what else was found counts.

        Args:
            where: which part, in words.
            error: what went wrong; it may ask for a wait.
            usual: the wait where it asks for none.
        """
        self.notes.append(f"{where}: {error.reason}")
        self.rest = max(self.rest, error.retry_after or usual)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found."""
        return not (self.items or self._letters)

    @property
    def dead(self) -> tuple[DeadLetter, ...]:
        """Give the dead letters."""
        return tuple(self._letters.values())

    @property
    def ordered(self) -> tuple[Item, ...]:
        """Give the items, posts first, the oldest first: pages show the newest first."""
        posts = [item for item in self.items if isinstance(item, Post)]
        others = [item for item in self.items if not isinstance(item, Post)]
        return (*sorted(posts, key=_published), *others)

    @property
    def note(self) -> str:
        """Give what was odd, in words."""
        more = [f"{self._more} more could not be read"] if self._more else []
        return "; ".join([*dict.fromkeys(self.notes), *more])

    def delivery(self, cursor: bytes, wait: timedelta) -> Delivery:
        """Give all of it, with where the source goes on and when it is to be asked again."""
        return Delivery(
            source=self._source,
            items=self.ordered,
            dead=self.dead,
            cursor=cursor,
            wait=wait,
            note=self.note,
        )


def decoded(fetched: Fetched, kind: type[Answer]) -> Answer:
    """Decode an answer.

    Raises:
        SourceError: it is something else; says what.
    """
    try:
        return msgspec.json.decode(fetched.body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        looks = "a web page" if fetched.body.lstrip()[:1] == b"<" else str(error)
        raise SourceError(
            f"{_host(fetched)} answered something else: {looks}", weight="hard"
        ) from error


def _published(post: Post) -> datetime:
    return post.posted_at


def _host(fetched: Fetched) -> str:
    return urlsplit(fetched.url).netloc.rpartition("@")[2]


def within_limits(post: Post) -> Post:
    """Give the post as it is kept: cut, with a date that can be believed.

    Raises:
        BadInput: it has no author, or says nothing.
    """
    if post.author.partition(":")[2].strip() == "":
        raise BadInput("it names no author")
    if not (post.title or post.text):
        raise BadInput("it says nothing: no title, no text")
    seen_at = post.seen_at or post.posted_at
    undated = post.undated or is_ahead(post.posted_at, seen_at)
    links = dict.fromkeys(link for link in post.links if 0 < len(link) <= URL_LIMIT)
    return msgspec.structs.replace(
        post,
        title=post.title[:TITLE_LIMIT],
        text=post.text[:TEXT_LIMIT],
        links=tuple(links)[:MOST_LINKS],
        posted_at=seen_at if undated else post.posted_at,
        undated=undated,
    )
