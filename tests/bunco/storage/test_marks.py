import pytest

from bunco.errors import UsageError
from bunco.storage.marks import mark, place


def test_a_mark_gives_its_place_back_and_fits_into_an_address() -> None:
    made = mark(-5, "web:näme/?&=#")

    assert place(made, tuple[int, str]) == (-5, "web:näme/?&=#")
    assert made.replace("-", "").replace("_", "").isalnum()
    assert place("", tuple[int, str]) is None


@pytest.mark.parametrize("after", ["?", "WzFd", mark("a", 1), mark(1, "a", 2), "\ud800"])
def test_what_is_no_mark_of_the_list_is_refused(after: str) -> None:
    with pytest.raises(UsageError, match="no page mark"):
        place(after, tuple[int, str])
