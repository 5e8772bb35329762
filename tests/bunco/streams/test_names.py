"""The names of topics and groups."""

from bunco.streams import names


def test_names_begin_with_the_prefix() -> None:
    assert names.topic("acme", "findings") == "acme.findings"
    assert names.group("acme", "sink") == "acme-sink"
    assert names.changelog("acme") == "acme-process-authors-changelog"
