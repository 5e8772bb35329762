"""The IMAP client against a server that follows a script: what a real one does not do."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bunco.errors import SourceError
from bunco.values import LateSecret, Secret
from ingest.mail import imap
from ingest.mail.files import Taken
from ingest.mail.imap_talk import LINE_LIMIT
from ingest.mail.imap_wire import Told
from ingest.mail.mailbox import Mailbox
from ingest.mail.posts import Rules
from ingest.mail.progress import Progress
from tests.builders import NOON

Answers = dict[bytes, list[bytes]]
"""By the first words of a command: what is answered; ``T`` stands for its tag."""

HELLO: Answers = {
    b"": [b"* OK hello"],
    b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN", b"T OK"],
    b"AUTHENTICATE": [b"T OK in"],
    b"LOGIN": [b"T OK in"],
    b"EXAMINE": [b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] x", b"* OK [UIDNEXT 12] x", b"T OK"],
    b"NOOP": [b"T OK"],
    b"LOGOUT": [b"* BYE", b"T OK"],
}


class Script:
    """A server that answers each command as written, and keeps what it heard."""

    def __init__(self, answers: Answers) -> None:
        self.answers = HELLO | answers
        self.heard: list[bytes] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def end(self) -> None:
        """Close all that is open."""
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):
            await self._serve(reader, writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        for line in self.answers[b""]:
            writer.write(line + b"\r\n")
        while line := await reader.readline():
            tag, _, command = line.rstrip(b"\r\n").partition(b" ")
            self.heard.append(command or tag)
            found = [name for name in self.answers if name and command.startswith(name)]
            for answer in self.answers[max(found, key=len)] if found else ():
                is_last = answer.startswith(b"T ")
                writer.write((tag + answer[1:] if is_last else answer) + b"\r\n")


@asynccontextmanager
async def served(script: Script, **server: Any) -> AsyncIterator[imap.Server]:
    listening = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    known: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": listening.sockets[0].getsockname()[1],
        "security": "none",
        "username": "ann",
        "password": Secret("tea"),
        "timeout": 2.0,
    }
    try:
        yield imap.Server(**(known | server))
    finally:
        listening.close()
        await script.end()


def talked(
    answers: Answers, then: Callable[[imap.Connection], Awaitable[Any]], **server: Any
) -> tuple[Any, list[bytes]]:
    async def talk() -> Any:
        async with served(script, **server) as there:
            connection = await imap.connect(there)
            try:
                return await then(connection)
            finally:
                await connection.close()

    script = Script(answers)
    return asyncio.run(talk()), script.heard


async def nothing(_: imap.Connection) -> None:
    """Do nothing."""


def refused(answers: Answers, then: Any = nothing, **server: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        talked(answers, then, **server)
    return caught.value


def test_a_token_is_shown_as_google_and_microsoft_ask_for() -> None:
    _, heard = talked({}, nothing, password=None, token=Secret("abc"))

    (proof,) = [one.split(b" ")[2] for one in heard if one.startswith(b"AUTHENTICATE XOAUTH2 ")]
    assert b64decode(proof) == b"user=ann\x01auth=Bearer abc\x01\x01"


def test_a_refused_token_is_said_in_words() -> None:
    script: Answers = {
        b"AUTHENTICATE": [b"+ eyJzdGF0dXMiOiI0MDAifQ==", b"T NO Invalid credentials"]
    }

    error = refused(script, password=None, token=Secret("old"))

    assert error.reason == "127.0.0.1: ann is not let in: NO Invalid credentials"


def test_a_token_is_read_from_its_file_at_each_connection(tmp_path: Any) -> None:
    path = tmp_path / "token"
    token = LateSecret({"file": str(path)})
    path.write_text("first\n")
    _, one = talked({}, nothing, password=None, token=token)
    path.write_text("second\n")
    _, two = talked({}, nothing, password=None, token=token)
    path.unlink()

    assert one != two
    assert "the password or token needs a readable file" in refused({}, token=token).reason


def test_a_server_without_initial_responses_asks_first() -> None:
    script: Answers = {
        b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=PLAIN", b"T OK"],
        b"AUTHENTICATE": [b"+ ", b"T OK"],
    }

    _, heard = talked(script, nothing)

    assert b64decode(heard[heard.index(b"AUTHENTICATE PLAIN") + 1]) == b"\0ann\0tea"


def test_an_old_server_is_logged_in_to_with_quotes() -> None:
    script: Answers = {b"CAPABILITY": [b"* CAPABILITY IMAP4", b"T OK"]}

    _, heard = talked(script, nothing, password=Secret('te"a'))

    assert b'LOGIN "ann" "te\\"a"' in heard


def test_no_password_goes_where_the_server_wants_none() -> None:
    script: Answers = {b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 LOGINDISABLED", b"T OK"]}

    error = refused(script)

    assert "takes no password on an open line" in error.reason


def test_a_server_without_starttls_gets_no_password() -> None:
    assert "there is no STARTTLS on port" in refused({}, security="starttls").reason


def test_words_between_starttls_and_tls_are_not_believed() -> None:
    script: Answers = {
        b"CAPABILITY": [b"* CAPABILITY STARTTLS", b"T OK"],
        b"STARTTLS": [b"T OK go", b"b3 OK [CAPABILITY AUTH=PLAIN]"],
    }

    error = refused(script, security="starttls")

    assert "somebody spoke between STARTTLS and TLS" in error.reason


def test_a_busy_server_weighs_less_than_a_wrong_password() -> None:
    busy = refused({b"AUTHENTICATE": [b"T NO [UNAVAILABLE] later"]})
    wrong = refused({b"AUTHENTICATE": [b"T NO [AUTHENTICATIONFAILED] no"]})

    assert (busy.weight, wrong.weight) == ("soft", "hard")


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"* BYE too many", "the server hung up: too many"),
        (b"220 mail.example ESMTP", "this is no IMAP"),
        (b"x" * (LINE_LIMIT + 10), "this is no IMAP"),
    ],
)
def test_who_greets_otherwise_is_said_in_words(greeting: bytes, words: str) -> None:
    assert words in refused({b"": [greeting]}).reason


def test_silence_ends_in_words() -> None:
    assert refused({b"EXAMINE": []}, timeout=0.2).reason == "127.0.0.1 does not answer"


def test_more_than_was_asked_for_is_not_taken_in() -> None:
    async def fetch(connection: imap.Connection) -> None:
        await connection.fetch([4], "BODY.PEEK[]<0.1000>")

    script: Answers = {b"UID FETCH": [b"* 1 FETCH (UID 4 BODY[]<0> {99999999}", b"x" * 100]}

    assert "sent more than was asked for" in refused(script, fetch, most_bytes=1000).reason


def test_an_answer_in_no_known_form_is_said_in_words() -> None:
    async def fetch(connection: imap.Connection) -> None:
        await connection.fetch([4], "RFC822.SIZE")

    script: Answers = {b"UID FETCH": [b"* 1 FETCH (UID 4 (", b"T OK"]}

    assert "no IMAP that can be understood" in refused(script, fetch).reason


def test_a_search_gives_new_numbers_only_whatever_the_server_says() -> None:
    async def search(connection: imap.Connection) -> list[int]:
        return await connection.search(9)

    script: Answers = {b"UID SEARCH UID 10:*": [b"* SEARCH 12 9 10 10", b"* 4 EXISTS", b"T OK"]}

    found, _ = talked(script, search)

    assert found == [10, 12]


def test_a_large_folder_is_searched_in_pieces() -> None:
    async def search(connection: imap.Connection) -> list[int]:
        return await connection.search(0)

    script: Answers = {
        b"EXAMINE": [b"* OK [UIDVALIDITY 7]", b"* OK [UIDNEXT 250001]", b"T OK"],
        b"UID SEARCH": [b"* SEARCH", b"T OK"],
        b"UID SEARCH UID 200001:*": [b"* SEARCH 250000", b"T OK"],
    }

    found, heard = talked(script, search)

    assert found == [250_000]
    assert [one for one in heard if one.startswith(b"UID SEARCH")] == [
        b"UID SEARCH UID 1:100000",
        b"UID SEARCH UID 100001:200000",
        b"UID SEARCH UID 200001:*",
    ]


def test_a_mail_that_comes_with_the_go_ahead_is_noticed() -> None:
    async def idle(connection: imap.Connection) -> bool:
        return await asyncio.wait_for(connection.idle(5), 2)

    script: Answers = {b"IDLE": [b"+ idling\r\n* 4 EXISTS", b"T OK done"]}

    found, heard = talked(script, idle)

    assert found
    assert b"DONE" in heard


def test_a_line_that_died_while_waiting_is_noticed() -> None:
    async def idle(connection: imap.Connection) -> bool:
        return await connection.idle(0.2)

    assert (
        refused({b"IDLE": [b"+ idling"]}, idle, timeout=0.2).reason == "127.0.0.1 does not answer"
    )


def test_news_of_other_mails_between_the_answers_changes_nothing() -> None:
    async def fetch(connection: imap.Connection) -> dict[int, Told]:
        return await connection.fetch([4, 5], "RFC822.SIZE")

    script: Answers = {
        b"UID FETCH": [
            b"* 9 FETCH (FLAGS (\\Seen))",
            b"* 1 FETCH (UID 4 RFC822.SIZE 10)",
            b"* 2 EXPUNGE",
            b"* 5 EXISTS",
            b"T OK",
        ]
    }

    found, _ = talked(script, fetch)

    assert {uid: one.size for uid, one in found.items()} == {4: 10}


def test_a_mail_that_goes_between_headers_and_body_is_passed_over() -> None:
    head = b'"From: googlealerts-noreply@google.com"'
    script = Script(
        {
            b"UID SEARCH": [b"* SEARCH 4 5", b"T OK"],
            b"UID FETCH 4,5 (UID RFC822.SIZE": [
                b"* 1 FETCH (UID 4 RFC822.SIZE 90 BODY[HEADER]<0> " + head + b")",
                b"* 2 FETCH (UID 5 RFC822.SIZE 90 BODY[HEADER]<0> " + head + b")",
                b"T OK",
            ],
            b"UID FETCH 4,5 (UID BODY.PEEK": [b'* 2 FETCH (UID 5 BODY[]<0> "From: a")', b"T OK"],
        }
    )

    async def take() -> Taken:
        async with served(script) as there:
            mailbox = Mailbox(there, Rules(senders=("google.com",)))
            try:
                return await mailbox.take(Progress(), 50, NOON)
            finally:
                await mailbox.close()

    taken = asyncio.run(take())

    assert [(one.origin, one.refused) for one in taken.letters] == [("INBOX, UID 5", "")]
    assert taken.progress.uid == 5
