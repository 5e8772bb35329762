import pytest

from training.logistic import Example, Model, Row, auc, fit, fit_sparse, scale

EXAMPLES = [
    *[Example((1, 0), 1)] * 30,
    *[Example((1, 0), 0)] * 10,
    *[Example((0, 1), 1)] * 10,
    *[Example((0, 1), 0)] * 30,
]


def test_odds_are_those_of_the_examples() -> None:
    model = fit(EXAMPLES, 2, 1e-6)

    assert model.logit((1, 0)) == pytest.approx(1.0986, abs=1e-3)  # log 3
    assert model.logit((0, 1)) == pytest.approx(-1.0986, abs=1e-3)


def test_a_penalty_pulls_weights_to_nothing() -> None:
    light, heavy = fit(EXAMPLES, 2, 1.0), fit(EXAMPLES, 2, 1000.0)

    assert abs(heavy.weights[0]) < abs(light.weights[0]) / 10


def test_scaling_mends_odds_that_are_too_bold() -> None:
    bold = Model(0.0, [10.0, -10.0])

    factor, bias = scale(EXAMPLES, bold)

    assert factor * 10 == pytest.approx(1.0986, abs=1e-2)
    assert bias == pytest.approx(0, abs=1e-6)


def test_sparse_terms_are_learnt() -> None:
    rows = [Row((0,), (0,), 1), Row((0,), (1,), 0)] * 50

    _, _, terms = fit_sparse(rows, 1, 2)

    assert terms[0] > 0 > terms[1]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.1, 0.2, 0.8, 0.9], 1.0),
        ([0.9, 0.8, 0.2, 0.1], 0.0),
        ([0.5] * 4, 0.5),
        ([0.1, 0.8, 0.2, 0.9], 0.75),
    ],
)
def test_auc_is_the_chance_that_a_one_scores_above_a_zero(
    scores: list[float], expected: float
) -> None:
    assert auc(scores, [0, 0, 1, 1]) == pytest.approx(expected)
