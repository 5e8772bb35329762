"""Colours that can be read by everybody."""

import pytest
from msgspec.structs import asdict

from dashboards.pages.theme import (
    DARK,
    LIGHT,
    SHAPE_PAIRS,
    TEXT_PAIRS,
    Colours,
    contrast,
    stylesheet,
)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_texts_and_shapes_have_the_contrast_of_wcag_aa(colours: Colours) -> None:
    painted = asdict(colours)

    texts = {pair: contrast(painted[pair[0]], painted[pair[1]]) for pair in TEXT_PAIRS}
    shapes = {pair: contrast(painted[pair[0]], painted[pair[1]]) for pair in SHAPE_PAIRS}

    assert {pair: ratio for pair, ratio in texts.items() if ratio < 4.5} == {}
    assert {pair: ratio for pair, ratio in shapes.items() if ratio < 3} == {}


def test_every_colour_of_the_style_sheet_is_one_of_the_theme() -> None:
    sheet = stylesheet()
    names = {name.replace("_", "-") for name in asdict(LIGHT)}

    used = {part.partition(")")[0].partition(",")[0] for part in sheet.split("var(--")[1:]}

    assert used - names - {"swatch"} == set()
    assert "@import" not in sheet
    assert "http" not in sheet
