from typing import Any

import pytest

from ingest.mail.mime import read
from ingest.mail.trust import is_verified
from tests.ingest.mail.mails import RIVER, VERIFIED, a_google_alert, with_results

HERE = "mx.example.net"


def verified(*results: str, authserv: str = HERE, **headers: Any) -> bool:
    raw = a_google_alert(RIVER, **headers)
    for one in reversed(results):
        raw = with_results(raw, one)
    return is_verified(read(raw, most_parts=5), authserv)


@pytest.mark.parametrize(
    "results",
    [
        VERIFIED,
        f"{HERE}; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=google.com",
        f"{HERE} 1; spf=fail smtp.mailfrom=x.example; dkim=pass (2048-bit; a) header.d=google.com",
        f"{HERE.upper()};\n dkim=pass\n header.d=google.com",
        f"{HERE}; dkim=fail header.d=google.com; dkim=pass header.d=google.com",
    ],
)
def test_a_pass_of_dkim_or_dmarc_for_the_senders_domain_verifies(results: str) -> None:
    assert verified(results)


@pytest.mark.parametrize(
    "results",
    [
        f"{HERE}; dkim=fail header.d=google.com",
        f"{HERE}; dkim=pass header.d=evil.example",
        f"{HERE}; dkim=pass header.d=notgoogle.com",
        f"{HERE}; dkim=pass header.d=com",
        f"{HERE}; spf=pass smtp.mailfrom=google.com",
        f"{HERE}; dkim=fail (dkim=pass header.d=google.com) header.d=google.com",
        f"{HERE}; none",
        "elsewhere.example; dkim=pass header.d=google.com",
        "",
    ],
)
def test_nothing_else_does(results: str) -> None:
    assert not verified(results)


def test_only_the_topmost_word_of_the_server_counts() -> None:
    assert verified("other.example; dkim=pass header.d=x.example", VERIFIED)
    assert not verified(f"{HERE}; dkim=fail header.d=google.com", VERIFIED)


def test_without_the_servers_name_nothing_is_verified() -> None:
    assert not verified(VERIFIED, authserv="")


def test_a_sender_that_is_no_address_is_never_verified() -> None:
    assert not verified(VERIFIED, sender="nobody")
