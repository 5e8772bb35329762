"""Every mail of the shared data: the alerts give their links, no other mail gives any."""

import pytest

from bunco.errors import BadInput
from bunco.model import Post
from ingest.mail.posts import Letter, Rules, contents
from ingest.sources.alert_mail import parse
from tests.builders import NOON
from tests.shared_data import shared

_SLUG = "look-willenhall-man-s-python-nearly-ate-friend"
_JOB = "senior-developer--researcher--ccpython-green---field-systematic-trading-platform"
COVENTRY = (
    "LOOK: Willenhall man's stolen python nearly ate friend",
    f"http://www.coventrytelegraph.net/news/coventry-news/2013/03/26/{_SLUG}-92746-33060856/",
    "Coventry Telegraph",
)
CAREERS = (
    "Senior Developer / Researcher (C#/C++/Python) Green - Field Systematic ...",
    f"http://careers.hereisthecity.com/job/{_JOB}-384325/",
    "Here Is The City",
)
DARPA = (
    "DARPA launches PPAML artificial intelligence program to move machine ...",
    "http://www.militaryaerospace.com/articles/2013/03/DARPA-machine-learning.html",
    "Military & Aerospace Electronics",
)


@pytest.mark.parametrize(
    ("name", "expected", "place"),
    [
        ("test1.eml", [DARPA], "Google Alert - Machine Learning"),
        ("test3.eml", [COVENTRY, CAREERS], "Google Alert - Python"),
        ("two_urls_alert.txt", [COVENTRY, CAREERS], "Google Alert - Python"),
    ],
)
def test_a_google_alert_gives_exactly_its_links(
    name: str, expected: list[tuple[str, str, str]], place: str
) -> None:
    raw = shared(f"email/google_alerts/{name}").read_bytes()

    parsed = parse(raw, url=name, seen_at=NOON)

    posts = [item for item in parsed.items if isinstance(item, Post)]
    assert [(post.title, post.url, post.author_name) for post in posts] == expected
    assert {post.place for post in posts} == {f"{place} (unverified)"}
    assert not parsed.dead


def test_a_real_alert_is_verified_by_the_server_that_took_it() -> None:
    raw = shared("email/google_alerts/test1.eml").read_bytes()
    senders = ("googlealerts-noreply@google.com",)
    rules = Rules(senders=senders, authserv="mr.google.com", require_verified=True)

    found = contents(Letter(raw=raw, origin="test1", arrived=NOON), rules)

    assert [post.place for post in found.posts] == ["Google Alert - Machine Learning"]


def test_no_other_mail_gives_an_alert() -> None:
    mails = sorted(shared("email/other").iterdir())

    for mail in mails:
        with pytest.raises(BadInput, match="an ordinary mail, no alert"):
            parse(mail.read_bytes(), url=mail.name, seen_at=NOON)

    assert len(mails) == 74


def test_talk_of_lists_is_no_newsletter() -> None:
    rules = Rules(newsletters=True)
    letters = (
        Letter(raw=mail.read_bytes(), origin=mail.name, arrived=NOON)
        for mail in sorted(shared("email/other").iterdir())
    )

    found = [post.author for letter in letters for post in contents(letter, rules).posts]

    assert not found
