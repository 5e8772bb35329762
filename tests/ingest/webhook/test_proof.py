"""Only who has the token or the secret is let in."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.pushes import Push
from bunco.values import Secret
from ingest.webhook.proof import Terms, refusal, signature
from tests.builders import NOON

TOKEN = Terms(token=Secret("open sesame"))
SIGNED = Terms(secret=Secret("It's a Secret to Everybody"))
STAMPED = Terms(
    secret=Secret("s"),
    signature_header="x-slack-signature",
    signature_prefix="v0=",
    signed="v0:{timestamp}:{body}",
    timestamp_header="x-slack-request-timestamp",
)


def a_push(body: bytes = b"{}", /, **headers: str) -> Push:
    return Push(body=body, headers={name.replace("_", "-"): one for name, one in headers.items()})


@pytest.mark.parametrize(
    "given", ["Bearer open sesame", "bearer open sesame", "Bearer  open sesame "]
)
def test_the_token_lets_in(given: str) -> None:
    assert refusal(TOKEN, a_push(authorization=given), NOON) == ""


@pytest.mark.parametrize("given", ["", "open sesame", "Bearer", "Bearer open", "Basic open sesame"])
def test_another_token_does_not(given: str) -> None:
    assert refusal(TOKEN, a_push(authorization=given), NOON) == "the token is missing or wrong"


def test_a_token_may_stand_bare_in_a_header_of_its_own() -> None:
    terms = Terms(token=Secret("open sesame"), token_header="x-token")  # noqa: S106  # a header

    assert refusal(terms, a_push(x_token="open sesame"), NOON) == ""  # noqa: S106  # of a test
    assert refusal(terms, a_push(authorization="Bearer open sesame"), NOON)


def test_a_signature_is_that_of_githubs_documentation() -> None:
    # Source: docs.github.com, "Validating webhook deliveries", the values to test with.
    told = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert signature(SIGNED, b"Hello, World!") == told
    assert refusal(SIGNED, a_push(b"Hello, World!", x_hub_signature_256=told), NOON) == ""


@pytest.mark.parametrize("change", [b"Hello, World", b"hello, World!", b""])
def test_a_changed_body_is_refused(change: bytes) -> None:
    told = signature(SIGNED, b"Hello, World!")

    assert refusal(SIGNED, a_push(change, x_hub_signature_256=told), NOON)


def test_token_and_secret_together_are_both_needed() -> None:
    both = replace(SIGNED, token=Secret("t"))
    told = signature(both, b"{}")

    assert refusal(both, a_push(x_hub_signature_256=told), NOON)
    assert refusal(both, a_push(authorization="Bearer t"), NOON)
    assert refusal(both, a_push(authorization="Bearer t", x_hub_signature_256=told), NOON) == ""


@pytest.mark.parametrize(
    ("age", "is_taken"),
    [(0, True), (299, True), (301, False), (-299, True), (-301, False)],
)
def test_an_old_push_is_not_taken_again(age: int, is_taken: bool) -> None:
    stamp = str(int((NOON - timedelta(seconds=age)).timestamp()))
    headers = {
        "x_slack_signature": signature(STAMPED, b"{}", stamp),
        "x_slack_request_timestamp": stamp,
    }

    assert (refusal(STAMPED, a_push(b"{}", **headers), NOON) == "") == is_taken


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1" * 40, "१२३"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    headers = {
        "x_slack_signature": signature(STAMPED, b"{}", stamp),
        "x_slack_request_timestamp": stamp,
    }

    assert "time" in refusal(STAMPED, a_push(b"{}", **headers), NOON)


def test_the_time_is_signed_too() -> None:
    then, now = str(int(NOON.timestamp()) - 9999), str(int(NOON.timestamp()))
    headers: dict[str, Any] = {
        "x_slack_signature": signature(STAMPED, b"{}", then),
        "x_slack_request_timestamp": now,
    }

    assert "signature" in refusal(STAMPED, a_push(b"{}", **headers), NOON)


def test_a_signature_may_be_base64() -> None:
    terms = replace(SIGNED, encoding="base64", signature_prefix="")
    told = signature(terms, b"Hello, World!")

    assert told == "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc="
    assert refusal(terms, a_push(b"Hello, World!", x_hub_signature_256=told), NOON) == ""
    assert refusal(terms, a_push(b"Hello, World!", x_hub_signature_256=told.lower()), NOON)
