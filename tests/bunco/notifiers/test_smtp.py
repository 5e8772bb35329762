"""Mails over a real SMTP server, in all its moods."""

import asyncio
from time import monotonic
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.alerting import Outgoing
from bunco.errors import SendError
from bunco.notifiers import smtp
from bunco.notifiers.smtp import Options, SmtpNotifier
from bunco.values import Duration, Secret
from tests.mail_server import CERTIFICATE, Handler, Mood, login, mail_server, tls

# After a refused login aiosmtplib closes TLS without waiting for the server's goodbye; a loop that
# ends at once, as those of these tests, leaves the rest to Python's collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed (transport|<s):ResourceWarning")

MESSAGE = Outgoing(
    id="m1",
    sender="bunco@example.org",
    recipient="ann@example.org",
    subject="Hello",
    text="Hello",
    page="",
    mail=b"Subject: Hello\r\nMessage-ID: <m1@example.org>\r\n\r\nHello\r\n.\r\nEnd\r\n",
)


def options(port: int, **changes: Any) -> Options:
    given = Options(host="127.0.0.1", port=port, security="none", timeout=Duration(seconds=1))
    return replace(given, **changes)


def send(options: Options, *messages: Outgoing) -> list[SendError | None]:
    """Send over one notifier; give what became of each."""

    async def sending() -> list[SendError | None]:
        notifier, outcomes = SmtpNotifier(options), list[SendError | None]()
        for message in messages:
            try:
                await notifier.send(message)
                outcomes.append(None)
            except SendError as error:
                outcomes.append(error)
        await notifier.close()
        return outcomes

    return asyncio.run(sending())


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server(handler := Handler()) as port:
        assert send(options(port), MESSAGE) == [None]

    assert handler.raw == [MESSAGE.mail]


def test_one_connection_carries_many_mails() -> None:
    with mail_server(handler := Handler()) as port:
        send(options(port), *[MESSAGE] * 5)

    assert len(handler.raw) == 5
    assert len(handler.peers) == 1


def test_tls_and_a_login_are_used() -> None:
    given: dict[str, Any] = {
        "tls_context": tls(),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": login,
    }
    with mail_server(handler := Handler(), **given) as port:
        right = options(
            port,
            security="starttls",
            ca_file=str(CERTIFICATE),
            username="ann",
            password=Secret("right"),
            timeout=Duration(seconds=10),
        )
        assert send(right, MESSAGE) == [None]
        (error,) = send(replace(right, password=Secret("wrong")), MESSAGE)

    assert len(handler.raw) == 1
    assert error is not None
    assert not error.recoverable
    assert "535" in error.reason
    assert "wrong" not in error.reason


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS
def test_tls_from_the_first_byte_is_used_with_a_login() -> None:
    given: dict[str, Any] = {
        "ssl_context": tls(),
        "auth_required": True,
        "auth_require_tls": False,
        "authenticator": login,
    }
    with mail_server(handler := Handler(), **given) as port:
        right = options(
            port,
            security="tls",
            ca_file=str(CERTIFICATE),
            username="ann",
            password=Secret("right"),
            timeout=Duration(seconds=10),
        )
        assert send(right, MESSAGE, MESSAGE) == [None, None]
        (error,) = send(replace(right, ca_file=""), MESSAGE)

    assert len(handler.raw) == 2
    assert error is not None, "the certificate is nobody's that the system knows"


def test_more_than_so_many_mails_a_minute_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_MINUTE_S", 0.4)
    with mail_server(handler := Handler()) as port:
        began = monotonic()
        send(options(port, most_a_minute=2), *[MESSAGE] * 2)
        quick = monotonic() - began
        send(options(port, most_a_minute=2), *[MESSAGE] * 5)
        slow = monotonic() - began - quick

    assert len(handler.raw) == 7
    assert slow >= 0.8, "the third waits for the first to be a minute old, the fifth for the third"


def test_a_certificate_of_somebody_else_is_refused() -> None:
    with mail_server(handler := Handler(), tls_context=tls()) as port:
        (error,) = send(options(port, security="starttls"), MESSAGE)

    assert error is not None
    assert not handler.raw


def test_a_server_without_tls_gets_no_password() -> None:
    with mail_server(handler := Handler()) as port:
        given = options(port, security="starttls", username="ann", password=Secret("right"))
        (error,) = send(given, MESSAGE)

    assert error is not None
    assert not handler.raw


@pytest.mark.parametrize(
    ("mood", "is_recoverable"),
    [("refuse", False), ("later", True), ("drop", True), ("drop after", True), ("stall", True)],
)
def test_failures_that_heal_are_told_from_those_that_do_not(
    mood: Mood, is_recoverable: bool
) -> None:
    with mail_server(Handler((mood,))) as port:
        first, second = send(options(port), MESSAGE, MESSAGE)

    assert first is not None
    assert first.recoverable == is_recoverable
    assert second is None


def test_an_unknown_recipient_is_for_good_and_the_next_gets_theirs() -> None:
    handler = Handler()
    handler.refused.add("ann@example.org")
    with mail_server(handler) as port:
        outcomes = send(options(port), MESSAGE, replace(MESSAGE, recipient="bob@example.org"))

    assert outcomes[0] is not None
    assert not outcomes[0].recoverable
    assert outcomes[1] is None


def test_a_server_that_is_not_there_may_come_back() -> None:
    with mail_server(Handler()) as port:
        pass

    (error,) = send(options(port), MESSAGE)

    assert error is not None
    assert error.recoverable
