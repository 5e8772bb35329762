"""Parts are found by their kind."""

import subprocess
import sys
from pathlib import Path

import pytest

from bunco import registry
from bunco.config import PartConfig
from bunco.errors import ConfigError
from processors.detectors import repeats


def test_a_shelf_knows_its_kinds() -> None:
    assert registry.kinds("processors.detectors") == ["bursts", "crossposts", "repeats"]


def test_a_part_is_loaded_by_its_kind() -> None:
    part = registry.part("processors.detectors", "repeats", where="x", key="y")

    assert part is repeats.PART


def test_an_unknown_kind_lists_the_kinds() -> None:
    with pytest.raises(ConfigError) as caught:
        registry.part("processors.detectors", "rumours", where="bunco.toml", key="detectors")

    assert str(caught.value) == (
        "bunco.toml: detectors: found 'rumours'; allowed: bursts, crossposts, repeats"
    )


def test_options_are_decoded_with_the_parts_own_record() -> None:
    table = PartConfig(
        name="repeats", kind="repeats", options={"min_count": 9}, where="x", key="detectors.repeats"
    )

    assert registry.options(repeats.PART, table) == repeats.Options(min_count=9)


_WITHOUT_THE_EXTRA = """
import sys
sys.modules.update(elasticsearch=None, elastic_transport=None)
from bunco.cli.app import main
sys.argv = ["bunco", "authors", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("words", [["--store", "elastic://127.0.0.1:9"], ["--config", "it.toml"]])
def test_a_package_that_is_not_installed_is_told_with_what_installs_it(
    words: list[str], tmp_path: Path
) -> None:
    (tmp_path / "it.toml").write_text('[store]\nkind = "elastic"\n')

    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_THE_EXTRA, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "is installed (the extra distributed; in a checkout: pip install" in done.stderr
    assert "'.[distributed]'" in done.stderr


@pytest.mark.parametrize(
    "shelf", ["ingest.sources", "processors.detectors", "bunco.stores", "bunco.buses"]
)
def test_every_module_on_a_shelf_is_a_part(shelf: registry.Shelf) -> None:
    for kind in registry.kinds(shelf):
        part = registry.part(shelf, kind, where="test", key="kind")
        assert part.options.__struct_config__.frozen
