from ingest.streams.recent import Recent


def test_the_latest_are_known_again_and_no_more_than_twice_as_many() -> None:
    recent = Recent(100)

    for number in range(1000):
        assert recent.is_new(number)

    assert not any(recent.is_new(number) for number in range(900, 1000))
    assert recent.is_new(799)


def test_what_was_forgotten_is_new_again() -> None:
    recent = Recent()
    recent.is_new("a")

    recent.clear()

    assert recent.is_new("a")
