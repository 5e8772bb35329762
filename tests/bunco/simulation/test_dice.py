from bunco.simulation.dice import Dice


def test_the_same_seed_throws_the_same_on_every_python() -> None:
    dice = Dice(7)

    throws = [dice.below(1000), dice.between(5, 9), dice.pick("abc"), dice.sample(range(9), 3)]

    assert throws == [323, 5, "b", [0, 5, 4]]


def test_a_sample_repeats_nothing_and_may_be_everything() -> None:
    dice = Dice(1)

    assert sorted(dice.sample(range(5), 9)) == [0, 1, 2, 3, 4]
    assert len(set(dice.sample(range(100), 40))) == 40


def test_throws_stay_within_their_limits() -> None:
    dice = Dice(2)

    throws = [dice.between(3, 5) for _ in range(200)]

    assert set(throws) == {3, 4, 5}
    assert all(dice.chance(100) and not dice.chance(0) for _ in range(100))
