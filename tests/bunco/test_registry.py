"""Parts are found by their kind."""

import pytest

from bunco import registry
from bunco.config import PartConfig
from bunco.errors import ConfigError
from processors.detectors import repeats


def test_a_shelf_knows_its_kinds() -> None:
    assert registry.kinds("processors.detectors") == ["bursts", "repeats"]


def test_a_part_is_loaded_by_its_kind() -> None:
    part = registry.part("processors.detectors", "repeats", where="x", key="y")

    assert part is repeats.PART


def test_an_unknown_kind_lists_the_kinds() -> None:
    with pytest.raises(ConfigError) as caught:
        registry.part("processors.detectors", "rumours", where="bunco.toml", key="detectors")

    assert str(caught.value) == ("bunco.toml: detectors: found 'rumours'; allowed: bursts, repeats")


def test_options_are_decoded_with_the_parts_own_record() -> None:
    table = PartConfig(
        name="repeats", kind="repeats", options={"min_count": 9}, where="x", key="detectors.repeats"
    )

    assert registry.options(repeats.PART, table) == repeats.Options(min_count=9)


@pytest.mark.parametrize(
    "shelf", ["ingest.sources", "processors.detectors", "bunco.stores", "bunco.buses"]
)
def test_every_module_on_a_shelf_is_a_part(shelf: registry.Shelf) -> None:
    for kind in registry.kinds(shelf):
        part = registry.part(shelf, kind, where="test", key="kind")
        assert part.options.__struct_config__.frozen
