import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bunco import config, registry
from bunco.errors import BadInput, ConfigError
from bunco.model import Delivery, Post
from bunco.ports.sources import SourceTools
from ingest.mail import progress
from ingest.sources.alert_mail import AlertMailSource, Options, parse
from ingest.unreachable import NoWeb
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest.mail.mails import BRIDGE, RIVER, Story, a_google_alert, a_mail


def a_source(path: Path, **options: Any) -> AlertMailSource:
    tools = SourceTools(name="mails", clock=FakeClock(), web=NoWeb())
    return AlertMailSource(Options(path=str(path), **options), tools)


def read(source: AlertMailSource, cursor: bytes = b"", *, most: int = 100) -> list[Delivery]:
    """Read until nothing more comes at once."""

    async def all_of_it() -> list[Delivery]:
        found: list[Delivery] = []
        at = cursor
        for _ in range(most):
            found.append(await source.read(at))
            at = found[-1].cursor
            if found[-1].wait or found[-1].ended:
                break
        await source.close()
        return found

    return asyncio.run(all_of_it())


def titles(deliveries: list[Delivery]) -> list[str]:
    return [item.title for one in deliveries for item in one.items if isinstance(item, Post)]


def an_mbox(path: Path, *mails: bytes) -> Path:
    with path.open("ab") as file:
        for mail in mails:
            file.write(b"From ann@example.org Mon Mar  2 12:00:00 2026\n" + mail + b"\n")
    return path


def test_a_growing_mbox_is_followed(tmp_path: Path) -> None:
    path = an_mbox(tmp_path / "mbox", a_google_alert(RIVER), a_mail())
    first = read(a_source(path))
    an_mbox(path, a_google_alert(BRIDGE, number=2))

    second = read(a_source(path), first[-1].cursor)

    assert (titles(first), titles(second)) == (["River rises in Ulm"], ["Bridge closed again"])
    assert first[-1].wait == timedelta(minutes=1)
    assert first[0].note == "mails: 1 alert, 1 ordinary, 1 unverified"
    assert read(a_source(path), second[-1].cursor)[0].outcome == "unchanged"


def test_a_source_that_follows_nothing_ends(tmp_path: Path) -> None:
    path = an_mbox(tmp_path / "mbox", *(a_google_alert(RIVER) for _ in range(7)))

    found = read(a_source(path, follow=False, batch=2))

    assert [one.ended for one in found] == [False, False, False, True]
    assert titles(found) == ["River rises in Ulm"]


def test_a_page_in_several_alerts_is_one_post(tmp_path: Path) -> None:
    path = an_mbox(
        tmp_path / "mbox",
        a_google_alert(RIVER, BRIDGE, number=1),
        a_google_alert(BRIDGE, RIVER, query="flood", number=2),
        a_google_alert(RIVER._replace(url=f"{RIVER.url}?utm_source=x"), query="swp", number=3),
    )

    assert titles(read(a_source(path))) == ["River rises in Ulm", "Bridge closed again"]


def test_a_mail_that_was_half_written_gives_the_rest_later(tmp_path: Path) -> None:
    stories = [Story(f"Story {n} of the day", f"https://a.example/{n}", "A") for n in range(20)]
    whole = an_mbox(tmp_path / "whole", a_google_alert(*stories, html=False)).read_bytes()
    path = tmp_path / "mbox"
    path.write_bytes(whole[: len(whole) // 2])
    first = read(a_source(path))
    path.write_bytes(whole)

    second = read(a_source(path), first[-1].cursor)

    assert len(titles(first)) < 20
    assert sorted({*titles(first), *titles(second)}) == sorted(story.title for story in stories)
    assert not set(titles(first)) & set(titles(second))


def test_the_memory_is_bounded() -> None:
    memory = progress.posts(progress.Progress())
    for number in range(5000):
        memory.is_new(progress.mark(str(number)))

    again = progress.Known(memory.row(), 2048)

    assert len(memory.row()) == 2048 * 8
    assert not again.is_new(progress.mark("4999"))
    assert again.is_new(progress.mark("0"))


@pytest.mark.parametrize("cursor", [b"\xc1nonsense", b"\x80", b"\x81\xa7version\x09"])
def test_a_cursor_that_is_none_of_ours_starts_anew(tmp_path: Path, cursor: bytes) -> None:
    path = an_mbox(tmp_path / "mbox", a_google_alert(RIVER))

    assert titles(read(a_source(path), cursor)) == ["River rises in Ulm"]


def test_the_cursor_of_another_mailbox_is_not_used(tmp_path: Path) -> None:
    one = an_mbox(tmp_path / "one", a_google_alert(RIVER))
    two = an_mbox(tmp_path / "two", a_google_alert(RIVER))

    assert titles(read(a_source(two), read(a_source(one))[-1].cursor)) == ["River rises in Ulm"]


def test_what_was_given_is_given_again_under_the_same_ids(tmp_path: Path) -> None:
    path = an_mbox(tmp_path / "mbox", a_google_alert(RIVER, BRIDGE))

    assert read(a_source(path))[0].items == read(a_source(path))[0].items


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "exactly one of path and host"),
        ('path = "a"\nhost = "b"', "exactly one of path and host"),
        ('host = "b"', "a username for the host"),
        ('host = "b"\nusername = "a"', "exactly one of password and token"),
        (
            'host = "b"\nusername = "a"\npassword = { env = "HOME" }\ntoken = { file = "t" }',
            "exactly one of password and token",
        ),
        (
            'host = "b"\nusername = "a"\npassword = { env = "HOME" }\nsecurity = "none"',
            "localhost only",
        ),
        ('host = "b"\nusername = "a"\npassword = "tea"', "no secrets in this file"),
        ('path = "a"\nrequire_verified = true', "with an authserv only"),
        ('path = "a"\nidle = "30m"', "idle of 1 s to 29 min"),
        ('path = "a"\nevery = "0s"', "above zero"),
        ('path = "a"\nbatch = 0', ">= 1"),
    ],
)
def test_a_mistake_in_the_configuration_is_said_in_words(
    tmp_path: Path, table: str, words: str
) -> None:
    path = tmp_path / "bunco.toml"
    path.write_text(f'[[source]]\nname = "mails"\nkind = "alert_mail"\n{table}\n')

    with pytest.raises(ConfigError, match=words):
        registry.options(
            registry.part("ingest.sources", "alert_mail", where="test", key="kind"),
            config.read(path).sources[0],
        )


def test_a_saved_mbox_is_parsed_whole() -> None:
    head = b"From a@b.c Mon Mar  2 12:00:00 2026\n"
    document = head + a_google_alert(RIVER) + b"\n" + head + a_google_alert(BRIDGE, number=2)

    parsed = parse(document, url="mbox", seen_at=NOON)

    assert [item.title for item in parsed.items if isinstance(item, Post)] == [
        "River rises in Ulm",
        "Bridge closed again",
    ]


def test_a_saved_alert_without_results_says_so() -> None:
    parsed = parse(a_google_alert(), url="a.eml", seen_at=NOON)

    assert [(letter.origin, letter.reason) for letter in parsed.dead] == [
        ("document: a.eml: mail 1", "an alert without a single result")
    ]


@pytest.mark.parametrize("document", [a_mail(), bytes(range(256)) * 50], ids=["mail", "noise"])
def test_what_is_no_alert_is_refused_in_words(document: bytes) -> None:
    with pytest.raises(BadInput, match="no alert"):
        parse(document, url="a", seen_at=NOON)
