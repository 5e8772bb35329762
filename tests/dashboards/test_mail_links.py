"""From a post to a mail beside a run, and from the mail's links to what they do."""

import re
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest

from bunco.ledgers.sqlite import SqliteLedger
from bunco.stores.sqlite import Options
from tests.dashboards.house import ACCOUNTS, House, house, push, repeats

READER = "ann@example.org"


def tables(folder: Path) -> dict[str, Any]:
    """Give a configuration that sends to a Maildir at once."""
    return {
        "store": {"kind": "sqlite", "path": str(folder / "bunco.db")},
        "notify": {"box": {"kind": "file", "path": str(folder / "box")}},
        "alert": [
            {
                "name": "me",
                "through": "box",
                "to": [READER],
                "wait": "100ms",
                "spacing": "100ms",
                "newest": "3650d",
            }
        ],
    }


class Mailed:
    """A run that has sent a mail."""

    def __init__(self, at: House, folder: Path) -> None:
        self.at = at
        self.folder = folder
        self.mail = self.mails()[0]
        page = self.mail.get_body(("html",))
        assert page is not None
        self.links = {
            words.strip(): urlsplit(address).path
            for address, words in re.findall(
                r'<a[^>]*href="([^"]+/alert/[^"]+)"[^>]*>([^<]+)<', page.get_content()
            )
        }

    def mails(self) -> list[EmailMessage]:
        """Give the mails that came, as soon as there is one."""
        until = monotonic() + 30
        while not (found := sorted((self.folder / "box").rglob("new/*"))):
            assert monotonic() < until, "no mail came"
            sleep(0.1)
        return [message_from_bytes(one.read_bytes(), policy=default) for one in found]

    def ledger(self) -> SqliteLedger:
        """Open what is kept of alerts."""
        return SqliteLedger(Options(path=str(self.folder / "bunco.db")))


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """Give a run with accounts, to which an author who repeats was brought."""
    folder = tmp_path_factory.mktemp("mailed")
    with house(folder, more=tables(folder), **ACCOUNTS) as one:
        sleep(1.5)  # alerts begin at what is there when they look first
        with one.asking("pusher") as client:
            push(client, repeats()).raise_for_status()
        yield Mailed(one, folder)


def test_a_mail_comes_beside_a_run_and_says_who_did_what(mailed: Mailed) -> None:
    assert "deals.example" in mailed.mail["Subject"]
    assert "one weird trick" in mailed.mail["Subject"]
    assert mailed.mail["To"] == READER
    assert not mailed.mail.defects
    assert {"Silence 1 day", "Silence 7 days", "It is fine", "It is spam"} <= set(mailed.links)


def test_to_follow_a_link_asks_and_changes_nothing(mailed: Mailed) -> None:
    with mailed.at.asking() as client:
        for path in mailed.links.values():
            answer = client.get(path)

            assert answer.status_code == 200
            assert '<form method="post">' in answer.text
            assert "<script" not in answer.text
            assert answer.headers["referrer-policy"] == "no-referrer"

    with closing(mailed.ledger()) as ledger:
        assert not [one for one in ledger.silences() if one.what == "author"]


def test_rules_and_channels_are_shown_with_the_configuration(mailed: Mailed) -> None:
    with mailed.at.asking("admin") as client:
        shown = client.get("/api/v1/settings").json()["settings"]

    assert shown["alerts"][0]["to"] == [READER]
    assert shown["notify"]["box"]["kind"] == "file"


def test_silence_keeps_quiet_about_the_author_for_its_time(mailed: Mailed) -> None:
    with mailed.at.asking() as client:
        answer = client.post(mailed.links["Silence 7 days"])

    assert answer.status_code == 200
    with closing(mailed.ledger()) as ledger:
        (silence,) = [one for one in ledger.silences() if one.what == "author"]
    assert silence.value == "web:deals.example"
    assert (silence.until - silence.at).days == 7
    assert silence.by == READER


def test_a_verdict_of_a_mail_is_kept_with_who_gave_it(mailed: Mailed) -> None:
    with mailed.at.asking() as client:
        answer = client.post(mailed.links["It is spam"])
    with mailed.at.asking("viewer") as client:
        (verdict,) = client.get("/api/v1/verdicts").json()["rows"]

    assert answer.status_code == 200
    assert verdict["judged"] == "spam"
    assert verdict["by"] == READER


def test_a_mail_program_unsubscribes_by_one_request(mailed: Mailed) -> None:
    (address,) = re.findall("<(http[^>]+)>", mailed.mail["List-Unsubscribe"])
    assert mailed.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    with mailed.at.asking() as client:
        answer = client.post(urlsplit(address).path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    with closing(mailed.ledger()) as ledger:
        (silence,) = [one for one in ledger.silences() if one.what == "recipient"]
    assert silence.value == READER
    assert silence.rule == "me"


@pytest.mark.parametrize("change", ["x{}", "{}x", "{0}.{0}", "", "%00", "a" * 5000])
def test_a_link_that_is_damaged_does_nothing(mailed: Mailed, change: str) -> None:
    token = mailed.links["It is fine"].rpartition("/")[2]

    with mailed.at.asking() as client:
        path = f"/alert/{change.format(token)}"
        answers = [client.get(path), client.post(path)]

    assert {answer.status_code for answer in answers} <= {404, 401}
    assert all("<form" not in answer.text for answer in answers)


def test_a_browser_on_another_site_cannot_make_it_act(mailed: Mailed) -> None:
    with mailed.at.asking() as client:
        answer = client.post(mailed.links["It is fine"], headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
