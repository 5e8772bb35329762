"""A Maildir takes each message once, whoever asks again."""

import asyncio
import mailbox
from pathlib import Path

import pytest

from bunco.errors import SendError
from bunco.notifiers.file import PART, Options
from tests.bunco.notifiers.test_smtp import MESSAGE


def send(folder: Path, times: int = 1) -> None:
    """Send one message, some times over."""

    async def sending() -> None:
        notifier = PART.make(Options(path=str(folder)))
        for _ in range(times):
            await notifier.send(MESSAGE)
        await notifier.close()

    asyncio.run(sending())


def test_a_mail_program_finds_the_message_in_the_maildir(tmp_path: Path) -> None:
    send(tmp_path / "box")

    (found,) = mailbox.Maildir(tmp_path / "box", create=False)
    assert found["Subject"] == "Hello"
    assert found["Message-ID"] == "<m1@example.org>"


def test_a_message_sent_again_takes_its_own_place(tmp_path: Path) -> None:
    send(tmp_path, times=2)

    assert [one.name for one in tmp_path.rglob("*bunco")] == ["m1.bunco"]


def test_a_message_that_was_read_does_not_come_again(tmp_path: Path) -> None:
    send(tmp_path)
    (tmp_path / "new/m1.bunco").rename(tmp_path / "cur/m1.bunco:2,S")

    send(tmp_path)

    assert not list((tmp_path / "new").iterdir())


def test_a_folder_that_cannot_be_made_is_told_and_may_heal(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("a file")

    with pytest.raises(SendError) as caught:
        send(tmp_path / "box")

    assert caught.value.recoverable
    assert str(tmp_path / "box") in caught.value.reason
