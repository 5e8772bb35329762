"""Author states between batches: what is changed stays, in whatever form it waits."""

from collections.abc import Collection, Mapping

from bunco.model import Removal
from processors.detectors import repeats
from processors.ledger import Ledger
from processors.pipeline import Pipeline
from processors.states import States
from tests.builders import a_post

ANN, BEN, CAT = "reddit:ann", "reddit:ben", "reddit:cat"


class Shelf:
    """Stored states, and who was asked for."""

    def __init__(self) -> None:
        self.states: dict[str, bytes] = {}
        self.asked: list[list[str]] = []

    def load(self, authors: Collection[str]) -> Mapping[str, bytes]:
        self.asked.append(list(authors))
        return {name: self.states[name] for name in authors if name in self.states}


def states_of(shelf: Shelf, most: int = 10) -> States:
    return States([repeats.make(repeats.Options())], shelf.load, most)


def gone_ms(states: States, author: str) -> int | None:
    ledger = states.of(author).ledger
    return None if ledger is None else ledger.gone_ms


def test_a_change_stays_when_the_state_is_put_away_and_looked_at_again() -> None:
    states = states_of(Shelf())
    states.prepare([ANN, BEN])

    states.of(ANN).ledger = Ledger(gone_ms=7)
    states.put_away(ANN)
    states.put_away(BEN)  # nobody worked on it

    assert gone_ms(states, ANN) == 7
    assert gone_ms(states, BEN) is None


def test_what_is_encoded_is_what_was_changed_last() -> None:
    shelf = Shelf()
    states = states_of(shelf)
    states.prepare([ANN])
    for until in (7, 8):
        states.of(ANN).ledger = Ledger(gone_ms=until)
        shelf.states |= states.encoded([ANN])

    again = states_of(shelf)
    again.prepare([ANN])

    assert gone_ms(again, ANN) == 8
    assert states.encoded([ANN]) == again.encoded([ANN]) == shelf.states


def test_a_change_after_the_encoding_is_not_lost() -> None:
    states = states_of(Shelf())
    states.prepare([ANN])
    states.encoded([ANN])

    states.of(ANN).ledger = Ledger(gone_ms=9)
    states.settle()
    states.prepare([ANN])

    assert gone_ms(states, ANN) == 9


def test_only_those_not_at_hand_are_loaded_and_all_of_a_batch_at_once() -> None:
    shelf = Shelf()
    states = states_of(shelf)

    states.prepare([ANN, BEN, ANN])
    states.prepare([BEN, CAT])
    states.prepare([CAT, ANN])

    assert shelf.asked == [[ANN, BEN], [CAT]]


def test_the_longest_unused_are_put_out_and_loaded_when_they_come_again() -> None:
    shelf = Shelf()
    states = states_of(shelf, most=2)
    for batch in ([ANN, BEN], [ANN], [CAT]):
        states.prepare(batch)
        for author in batch:
            states.of(author).ledger = Ledger(gone_ms=len(shelf.asked))
        shelf.states |= states.encoded(batch)
        states.settle()

    assert len(states) == 2
    states.prepare([ANN, CAT])
    assert shelf.asked == [[ANN, BEN], [CAT]]
    states.prepare([BEN])
    assert shelf.asked[-1] == [BEN]
    assert gone_ms(states, BEN) == 1


def test_a_state_that_is_put_out_is_put_out_in_every_form() -> None:
    states = states_of(Shelf(), most=0)
    states.prepare([ANN])
    states.of(ANN).ledger = Ledger(gone_ms=7)

    states.settle()
    states.prepare([ANN])

    assert gone_ms(states, ANN) is None


def test_of_an_author_who_starts_anew_only_the_ledger_is_left() -> None:
    states = states_of(Shelf())
    pipeline = Pipeline([repeats.make(repeats.Options())])
    states.prepare([ANN, BEN])
    states.of(ANN).ledger = Ledger(gone_ms=7)
    posts = [a_post(id=f"reddit:{n}", author=name) for n, name in enumerate((ANN, BEN))]

    pipeline.run([*posts, Removal(removed="author", author=ANN, at=posts[0].posted_at)], states)

    known = states.encoded([ANN, BEN])
    assert gone_ms(states, ANN) == 7
    assert posts[0].title.encode() not in known[ANN]
    assert posts[1].title.encode() in known[BEN]


def test_cleared_states_are_loaded_again_as_they_are_stored() -> None:
    shelf = Shelf()
    states = states_of(shelf)
    states.prepare([ANN])
    states.of(ANN).ledger = Ledger(gone_ms=7)

    states.clear()
    states.prepare([ANN])

    assert shelf.asked == [[ANN], [ANN]]
    assert gone_ms(states, ANN) is None
