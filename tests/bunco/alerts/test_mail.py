"""The mail: right in every language, and no header from a post."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from bunco.alert_options import MailOptions
from bunco.alerting import Alert, Outgoing, Topic
from bunco.alerts.contents import contents_of
from bunco.alerts.mail import outgoing
from bunco.alerts.sections import Desk
from bunco.alerts.subjects import subject_of
from bunco.model import Quote
from tests.builders import NOON, a_finding

HOSTILE = "x\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u202e\x00"


def written(headline: str, other: str = "") -> Outgoing:
    """Give the mail about a headline and another form of it."""
    quotes = (Quote("p1", headline, NOON, headline), Quote("p2", other or f"{headline}!", NOON, ""))
    finding = a_finding(
        subject="reddit:ann",
        quotes=quotes,
        numbers={"count": 14},
        reason=f"Published “{headline}”.",
    )
    topic = Topic(group="author reddit:ann", findings=("f1",))
    alert = Alert(
        id="a1", rule="me", kind="new", reason="new", at=NOON, topics=(topic,), thread="t"
    )
    found = {"f1": finding}
    desk = Desk(base_url="http://127.0.0.1:8600", key=b"k", link_life=timedelta(days=1))
    subject = subject_of(alert, found, "UTC")
    told = contents_of(
        alert, found, {"reddit:ann": [NOON]}, desk, subject=subject, recipient="b@example.org"
    )
    return outgoing(alert, told, "b@example.org", MailOptions(sender="bunco@example.org"))


@pytest.mark.parametrize("headline", ["Plain", "هذه الحيلة 🤑", "一个技巧" * 30, HOSTILE, "\ud800"])
def test_a_mail_is_read_without_defects(headline: str) -> None:
    message = message_from_bytes(written(headline).mail, policy=policy.strict)

    assert not [defect for part in message.walk() for defect in part.defects]
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<script>" not in written(headline).page


def test_a_subject_keeps_its_letters() -> None:
    message = message_from_bytes(written("هذه الحيلة 🤑").mail, policy=policy.strict)

    assert "“هذه الحيلة 🤑” 14 times" in message["Subject"]


def marked(headline: str, other: str) -> list[tuple[str, str]]:
    """Give what a mail marks as gone and new."""
    return re.findall(r"<(del|ins)[^>]*>([^<]*)<", written(headline, other).page)


def test_what_changed_of_a_headline_is_marked() -> None:
    first = "She drank this tiny gadget every night"

    assert marked(first, "She drank this odd gadget every night") == [
        ("del", "tiny"),
        ("ins", "odd"),
    ]
    assert marked(first, "SHE drank this tiny gadget every night") == [("ins", "SHE")]


def test_nothing_is_marked_in_another_text() -> None:
    assert marked("She drank this tiny gadget", "The purple drink that dentists hate") == []


def test_the_same_alert_gives_the_same_mail() -> None:
    assert written("Plain").mail == written("Plain").mail
