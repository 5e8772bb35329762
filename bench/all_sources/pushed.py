"""Sources that come to us, or from what lies about: pushes, topics, mails, a growing file."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import httpx
from kafka import KafkaProducer

from bench.all_sources.world import World, now
from bunco import codec
from bunco.model import Post
from bunco.options import KafkaOptions
from bunco.streams import names, topics
from tests.ingest.mail.dovecot import PASSWORD, Dovecot, command
from tests.ingest.mail.mails import Story, a_google_alert
from tests.services.servers import KafkaServer, free_port

_TOKEN = "a token of the bench"  # noqa: S105  # lives as long as a run
_TOPIC = names.topic("theirs", "posts")
_AGAIN_S = 0.5
_PATIENCE_S = 30.0


class Wired(World):
    """A world that speaks bunco's own form."""

    def post(self) -> Post:
        """Give the next post."""
        self.written += 1
        name = f"{self.kind}-{self.written}"
        self.there[name] = None
        author = f"{self.kind}:author{self.chance.randrange(30)}"
        return Post(id=f"{self.kind}:{name}", author=author, posted_at=now(), title=self.title())


class FileWorld(Wired):
    """A file that grows."""

    kind = "jsonl"

    @property
    def _path(self) -> Path:
        return self.folder / "posts.jsonl"

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Make it; give the options of its source."""
        del stack
        self._path.touch()
        return {"path": str(self._path), "follow": True}

    async def write(self) -> None:
        """Append a line; one in ten in two pieces."""
        line = codec.encode(self.post()) + b"\n"
        middle = len(line) // 2 if self.chance.random() < 0.1 else len(line)
        for piece in (line[:middle], line[middle:]):
            with self._path.open("ab") as file:
                file.write(piece)
            await asyncio.sleep(0.01)


class WebhookWorld(Wired):
    """Somebody who pushes, and pushes again what was not answered with 200."""

    kind = "webhook"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.port = free_port()
        """Where the dashboard is to listen."""
        self._url = f"http://127.0.0.1:{self.port}/hooks/{self.kind}"
        self._client = httpx.AsyncClient(timeout=_PATIENCE_S)
        self._waiting: list[bytes] = []

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Begin to push; give the options of its source."""
        pushing = asyncio.create_task(self._pushed())
        stack.callback(pushing.cancel)
        stack.push_async_callback(self._client.aclose)
        return {"token": self.secret(_TOKEN)}

    async def write(self) -> None:
        """Leave a post to be pushed."""
        self._waiting.append(codec.encode(self.post()))

    async def trouble(self) -> None:
        """Push nonsense, and push without the token."""
        self.troubles += 2
        for headers in ({}, _bearer()):
            try:
                await self._client.post(self._url, content=b"{nonsense", headers=headers)
            except httpx.HTTPError:
                return

    async def _pushed(self) -> None:
        while True:
            await asyncio.sleep(_AGAIN_S)
            pushed = self._waiting[:50]
            if not pushed:
                continue
            try:
                told = await self._client.post(
                    self._url, content=b"\n".join(pushed), headers=_bearer()
                )
            except httpx.HTTPError:
                continue
            if told.status_code == httpx.codes.OK:
                del self._waiting[: len(pushed)]


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {_TOKEN}"}


class KafkaWorld(Wired):
    """A topic of a real broker, with some records that are none of ours."""

    kind = "kafka"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self._producer: KafkaProducer | None = None

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Start the broker; give the options of its source."""
        server = KafkaServer(self.folder / "kafka").start()
        stack.callback(server.stop)
        broker = f"127.0.0.1:{server.port}"
        producer = await asyncio.to_thread(KafkaProducer, bootstrap_servers=[broker])
        stack.callback(producer.close)
        self._producer = producer
        options = KafkaOptions(bootstrap=(broker,), prefix="theirs")
        await asyncio.to_thread(topics.create, options)
        await self._sent(b"not ours")
        return {"brokers": [broker], "topic": _TOPIC, "start": "earliest"}

    async def write(self) -> None:
        """Publish a record."""
        await self._sent(codec.encode(self.post()))

    async def trouble(self) -> None:
        """Publish nonsense."""
        self.troubles += 1
        await self._sent(b"\x00nonsense")

    async def _sent(self, value: bytes) -> None:
        if self._producer is not None:
            await asyncio.to_thread(self._producer.send, _TOPIC, value)


class MailWorld(World):
    """Google Alerts in the mailbox of a real IMAP server, which is restarted now and then."""

    kind = "alert_mail"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self._server: Dovecot | None = None
        self._number = 0

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Start the server; give the options of its source."""
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bunco-imap-"))
        self._server = Dovecot(command(), Path(folder)).start()
        stack.callback(self._server.stop)
        self._server.maildir()
        return {
            "host": "localhost",
            "port": self._server.tls_port,
            "username": "ann",
            "password": self.secret(PASSWORD),
            "ca_file": str(self._server.ca_file),
        }

    async def write(self) -> None:
        """Deliver an alert with one to three stories."""
        stories = []
        for _ in range(self.chance.randint(1, 3)):
            self.written += 1
            link = f"https://example.org/mail/{self.written}"
            self.there[link] = None
            stories.append(Story(self.title(), link, "Example News"))
        self._number += 1
        if self._server is not None:
            self._server.deliver(a_google_alert(*stories, number=self._number))

    async def trouble(self) -> None:
        """Restart the server, in the midst of whatever it does."""
        self.troubles += 1
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            await asyncio.to_thread(self._server.start)
