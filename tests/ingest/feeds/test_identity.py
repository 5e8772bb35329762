import pytest

from ingest.feeds.feed import Entry
from ingest.feeds.identity import marks, post_id, shares_guids
from tests.builders import NOON


def _id(entry: Entry, *, origin: str = "https://example.org/feed", apart: bool = False) -> str:
    return post_id(entry, home="example.org", origin=origin, apart=apart)


@pytest.mark.parametrize(
    "guid",
    [
        "https://example.org/?p=1",
        "http://www.example.org/1",
        "tag:blogger.com,1999:blog-1.post-2",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
    ],
)
def test_a_guid_that_is_unique_in_the_world_is_the_id(guid: str) -> None:
    assert _id(Entry(guid=guid)) == f"rss:{guid}"


def test_the_same_entry_in_two_feeds_of_a_site_is_one_post() -> None:
    entry = Entry(guid="https://example.org/?p=1")

    assert _id(entry, origin="https://example.org/a") == _id(entry, origin="https://example.org/b")


def test_a_number_is_unique_in_its_feed_only() -> None:
    here = _id(Entry(guid="1"), origin="https://example.org/a")
    there = _id(Entry(guid="1"), origin="https://example.org/b")

    assert here != there
    assert here.startswith("rss:example.org/")
    assert here.endswith("/1")


def test_a_guid_copied_from_another_site_is_not_taken_for_that_sites_post() -> None:
    copied = Entry(guid="https://victim.example/1", link="https://example.org/copy")

    assert _id(copied) != "rss:https://victim.example/1"
    assert _id(copied).endswith("/https://victim.example/1")


def test_a_planet_repeats_the_posts_of_others_under_their_own_ids() -> None:
    entry = Entry(guid="https://blog.example/1", link="https://blog.example/1")

    assert _id(entry) == "rss:https://blog.example/1"


def test_an_entry_without_guid_is_named_by_its_link() -> None:
    assert _id(Entry(link="https://example.org/1")) == "rss:https://example.org/1"


def test_an_entry_without_guid_and_link_is_named_by_what_it_says() -> None:
    one, two = Entry(title="One"), Entry(title="Two", published=NOON)

    assert _id(one) == _id(one)
    assert _id(one) != _id(two)


def test_an_id_is_never_too_long_nor_holds_control_characters() -> None:
    assert len(_id(Entry(guid="x" * 5000))) < 1024
    assert len(_id(Entry(guid="https://example.org/" + "x" * 5000))) < 1024
    assert _id(Entry(guid="a\x00\nb")).endswith("/ab")


def test_entries_that_share_a_guid_are_told_apart() -> None:
    one, two = Entry(guid="1", link="a", title="One"), Entry(guid="1", link="b", title="Two")

    assert shares_guids((one, two))
    assert not shares_guids((one, one))
    assert _id(one, apart=True) != _id(two, apart=True)
    assert _id(one, apart=True).endswith("/1")


def test_entries_without_guid_that_share_a_link_are_told_apart() -> None:
    one, two = Entry(link="https://a/", title="One"), Entry(link="https://a/", title="Two")
    again = Entry(link="https://a/", title="One", published=NOON)

    assert shares_guids((one, two))
    assert shares_guids((one, again))
    assert len({_id(entry, apart=True) for entry in (one, two, again)}) == 3


def test_an_edit_keeps_one_mark() -> None:
    before = marks(Entry(guid="1", link="https://a/1", title="Calm"), apart=False)
    after = marks(Entry(guid="1", link="https://a/1", title="Shocking"), apart=False)

    assert set(before) & set(after)


def test_a_new_guid_for_the_same_entry_keeps_one_mark() -> None:
    before = marks(Entry(guid="1", link="http://a/1", title="T", published=NOON), apart=False)
    after = marks(Entry(guid="2", link="https://a/1", title="T", published=NOON), apart=False)

    assert set(before) & set(after)


def test_a_repeated_headline_with_a_new_guid_and_link_shares_no_mark() -> None:
    before = marks(Entry(guid="1", link="https://a/1", title="Same"), apart=False)
    after = marks(Entry(guid="2", link="https://a/2", title="Same"), apart=False)

    assert not set(before) & set(after)


def test_entries_that_only_have_texts_do_not_look_alike() -> None:
    one, two = marks(Entry(content="a"), apart=False), marks(Entry(content="b"), apart=False)

    assert not set(one) & set(two)
