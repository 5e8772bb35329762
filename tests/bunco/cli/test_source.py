"""Sources are added by their addresses, and nothing else in the file changes."""

import tomllib
from pathlib import Path

import pytest

from tests.bunco.cli.shell import typed

CONFIG = """# mine
[store]
path = "mine.db"   # stays

[[source]]
name = "tea"
kind = "rss"
url = "https://tea.example/feed"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a configuration with one source, in the folder one is in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bunco.toml"
    path.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "posts.jsonl").touch()
    return path


def sources(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    return found


def test_a_source_is_added_at_the_end_with_a_comment(config: Path) -> None:
    result = typed("source", "add", "posts.jsonl")

    assert result.exit_code == 0
    assert config.read_text(encoding="utf-8").startswith(CONFIG)
    assert sources(config)[1] == {"name": "posts", "kind": "jsonl", "path": "posts.jsonl"}
    assert "# posts.jsonl is a file of posts" in config.read_text(encoding="utf-8")
    assert "the source posts was added" in result.stderr


def test_a_dry_run_prints_the_table_and_changes_nothing(config: Path) -> None:
    result = typed("source", "add", "posts.jsonl", "--name", "mine", "--dry-run")

    (table,) = tomllib.loads(result.stdout)["source"]
    assert table["name"] == "mine"
    assert config.read_text(encoding="utf-8") == CONFIG


def test_what_is_there_is_not_added_again(config: Path) -> None:
    typed("source", "add", "posts.jsonl")
    before = config.read_bytes()

    again = typed("source", "add", "posts.jsonl")

    assert again.exit_code == 2
    assert "the source posts reads it already" in again.stderr
    assert config.read_bytes() == before


def test_a_name_that_is_taken_is_refused(config: Path) -> None:
    result = typed("source", "add", "posts.jsonl", "--name", "tea")

    assert result.exit_code == 2
    assert config.read_text(encoding="utf-8") == CONFIG


def test_a_secret_address_goes_into_a_file_of_its_own(config: Path, tmp_path: Path) -> None:
    address = "https://www.google.com/alerts/feeds/012345678/9876543210"

    result = typed("source", "add", address)

    place = tmp_path / "google-alert.secret-url"
    assert result.exit_code == 0, result.stderr
    assert place.read_text(encoding="utf-8").strip() == address
    assert place.stat().st_mode & 0o777 == 0o600
    assert "9876543210" not in config.read_text(encoding="utf-8") + result.stdout + result.stderr
    assert sources(config)[1]["secret_url"] == {"file": str(place)}


def test_a_file_for_a_secret_that_is_there_is_never_overwritten(
    config: Path, tmp_path: Path
) -> None:
    (tmp_path / "google-alert.secret-url").write_text("mine", encoding="utf-8")

    result = typed("source", "add", "https://www.google.com/alerts/feeds/012345678/9876543210")

    assert result.exit_code == 2
    assert (tmp_path / "google-alert.secret-url").read_text(encoding="utf-8") == "mine"
    assert config.read_text(encoding="utf-8") == CONFIG


def test_what_is_missing_stands_as_a_comment(config: Path) -> None:
    result = typed("source", "add", "r/python", "--dry-run")

    assert '# feed_token = { file = "PATH" }' in result.stdout
    assert "To fill in: feed_token" in result.stderr
    assert config.read_text(encoding="utf-8") == CONFIG


def test_a_configuration_is_begun_where_there_is_none(config: Path) -> None:
    config.unlink()

    result = typed("source", "add", "posts.jsonl")

    assert result.exit_code == 0
    assert [one["name"] for one in sources(config)] == ["posts"]


def test_what_nobody_knows_is_told_what_there_is(config: Path) -> None:
    result = typed("source", "add", "tea")

    assert result.exit_code == 2
    assert "wss://RELAY" in result.stderr
    assert config.read_text(encoding="utf-8") == CONFIG


def test_a_mailbox_without_a_password_is_added_turned_off(config: Path) -> None:
    result = typed("source", "add", "imaps://ann@imap.example")

    added = sources(config)[1]
    assert result.exit_code == 0, result.stderr
    assert (added["kind"], added["enabled"]) == ("alert_mail", False)
    assert "turned off until" in result.stderr
    assert typed("doctor", "--offline").exit_code == 0


def test_a_mailbox_with_its_password_is_ready(config: Path, tmp_path: Path) -> None:
    result = typed("source", "add", "imaps://ann:secret-word@imap.example", "--name", "box")

    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "box.password").read_text(encoding="utf-8") == "secret-word\n"
    assert "secret-word" not in config.read_text(encoding="utf-8") + result.stderr
    assert "enabled" not in sources(config)[1]
