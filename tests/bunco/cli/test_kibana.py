"""The commands for Kibana: to a file, to a server, and the queries."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bunco.cli.kibana import kibana
from bunco.errors import ConfigError, UsageError
from dashboards.kibana.objects import export
from tests.dashboards.kibana.stand_in import StandIn, standing_in


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Give a stand-in for Kibana, and an environment without credentials."""
    for name in ("URL", "USERNAME", "PASSWORD", "API_KEY"):
        monkeypatch.delenv(f"KIBANA_{name}", raising=False)
    with standing_in() as stand_in:
        yield stand_in


def test_export_goes_to_standard_output() -> None:
    done = CliRunner().invoke(kibana, ["export"])

    assert done.exit_code == 0
    assert done.stdout_bytes == export("bunco")


def test_export_goes_to_a_file_for_other_indices(tmp_path: Path) -> None:
    path = tmp_path / "ours.ndjson"

    done = CliRunner().invoke(kibana, ["export", "--to", str(path), "--prefix", "spam"])

    assert done.exit_code == 0
    assert path.read_bytes() == export("spam")


def test_prefix_is_that_of_the_configured_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "bunco.toml"
    config.write_text(
        '[store]\nkind = "elastic"\nprefix = "spam"\npassword = { env = "NOT_SET_HERE" }\n'
    )
    monkeypatch.chdir(tmp_path)

    here = CliRunner().invoke(kibana, ["export"])
    named = CliRunner().invoke(kibana, ["queries", "--config", str(config)])
    other = CliRunner().invoke(kibana, ["export", "--prefix", "ham", "--config", str(config)])

    assert here.stdout_bytes == export("spam")
    assert '"index":"spam-posts"' in named.stdout.replace(" ", "")
    assert other.stdout_bytes == export("ham")


def test_prefix_of_another_kind_of_store_is_none_of_kibanas(tmp_path: Path) -> None:
    config = tmp_path / "bunco.toml"
    config.write_text('[store]\nkind = "memory"\nprefix = "spam"\n')

    done = CliRunner().invoke(kibana, ["export", "--config", str(config)])

    assert done.stdout_bytes == export("bunco")


def test_prefix_that_is_no_text_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "bunco.toml"
    config.write_text('[store]\nkind = "elastic"\nprefix = 7\n')

    done = CliRunner().invoke(kibana, ["export", "--config", str(config)])

    assert isinstance(done.exception, ConfigError)
    assert "store.prefix" in str(done.exception)


def test_import_takes_credentials_from_the_environment(
    server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIBANA_API_KEY", "a2V5")

    done = CliRunner().invoke(kibana, ["import", "--url", server.url, "--space", "spam"])

    (received,) = server.received
    assert done.exit_code == 0
    assert "12 objects imported" in done.stderr
    assert received.authorization == "ApiKey a2V5"
    assert received.path.startswith("/s/spam/")


def test_user_name_without_a_password_is_refused(server: StandIn) -> None:
    done = CliRunner().invoke(kibana, ["import", "--url", server.url, "--username", "ann"])

    assert isinstance(done.exception, UsageError)
    assert not server.received


@pytest.mark.parametrize("prefix", ["", "Bunco", "-x", "a b", "a,b", "a*", 'a"'])
def test_prefix_that_no_index_can_have_is_refused(prefix: str) -> None:
    done = CliRunner().invoke(kibana, ["export", "--prefix", prefix])

    assert isinstance(done.exception, UsageError)


def test_queries_are_shown_for_every_panel() -> None:
    done = CliRunner().invoke(kibana, ["queries"])

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["index"] for line in lines} == {
        "bunco-posts",
        "bunco-findings",
        "bunco-sources",
        "bunco-polls",
        "bunco-dead",
    }
    assert all({"query", "size"} <= set(line["body"]) for line in lines)
    assert {"Worst authors", "Rhythm", "Latest findings"} <= {line["panel"] for line in lines}
