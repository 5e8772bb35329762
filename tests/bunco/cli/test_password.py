"""Hashes for the configuration; neither password nor token is ever kept."""

import re
import tomllib

import pytest

from dashboards.access import passwords, tokens
from tests.bunco.cli.shell import typed


def test_a_password_becomes_a_line_for_the_configuration() -> None:
    result = typed("password", stdin="correct horse battery\n")

    (line,) = tomllib.loads(result.stdout).values()
    assert result.exit_code == 0
    assert passwords.fits(line, "correct horse battery")
    assert not passwords.fits(line, "correct horse batterY")
    assert "correct" not in result.stdout + result.stderr


@pytest.mark.parametrize("given", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 2000])
def test_a_weak_password_is_refused(given: str) -> None:
    result = typed("password", stdin=f"{given}\n")

    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_token_is_shown_once_with_its_hash() -> None:
    result = typed("password", "--token")

    token = re.search(r"bunco_[\w-]{43}", result.stdout)
    assert token
    assert tomllib.loads(result.stdout)["token_hash"] == tokens.hashed(token[0])
    assert typed("password", "--token").stdout != result.stdout
