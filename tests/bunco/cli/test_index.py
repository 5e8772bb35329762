import secrets
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bunco.cli.index import index
from bunco.errors import UsageError
from tests.bunco.cli import shell
from tests.contract.elastic import erase


def typed(*words: str) -> Result:
    return CliRunner().invoke(index, list(words))


@pytest.mark.services
def test_indices_are_made_checked_and_upgraded(elastic: str, tmp_path: Path) -> None:
    prefix = f"t-index-{secrets.token_hex(4)}"
    config = tmp_path / "bunco.toml"
    config.write_text(f'[store]\nkind = "elastic"\nurl = "{elastic}"\nprefix = "{prefix}"\n')
    try:
        assert "nothing is there yet" in typed("check", "--config", str(config)).stderr

        made = typed("create", "--config", str(config))

        assert (made.exit_code, f"{prefix}-findings-000001" in made.stderr) == (0, True)
        assert "as they should be" in typed("check", "--config", str(config)).stderr
        assert "present form" in typed("upgrade", "--config", str(config)).stderr
        erase(elastic, prefix)
        assert typed("check", "--config", str(config)).exit_code == 1
    finally:
        erase(elastic, prefix)


@pytest.mark.services
def test_reading_a_store_that_nobody_made_is_wrong_use(elastic: str) -> None:
    prefix = f"t-index-{secrets.token_hex(4)}"
    place = f"{elastic.replace('http', 'elastic', 1)}/{prefix}"
    try:
        before = shell.typed("authors", "--store", place)
        typed("create", "--store", place)
        after = shell.typed("authors", "--store", place)
    finally:
        erase(elastic, prefix)

    assert before.exit_code == 2
    assert f"no store at {elastic} with the prefix {prefix}: make one with" in before.stderr
    assert '"bunco index create"' in before.stderr
    assert after.exit_code == 0


def test_a_store_without_indices_is_told(tmp_path: Path) -> None:
    result = typed("check", "--store", str(tmp_path / "bunco.db"))

    assert isinstance(result.exception, UsageError)
    assert "has no indices" in str(result.exception)
