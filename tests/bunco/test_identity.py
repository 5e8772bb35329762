"""Accounts are linked by their own word alone."""

import pytest

from bunco.identity import linked


@pytest.mark.parametrize(
    ("author", "to"),
    [
        (
            "mastodon:ann.bsky.social@bsky.brid.gy",
            ["https://bsky.app/profile/ann.bsky.social", "lemmy:ann.bsky.social@bsky.brid.gy"],
        ),
        (
            "mastodon:tea.example@web.brid.gy",
            ["web:tea.example", "lemmy:tea.example@web.brid.gy"],
        ),
        ("mastodon:npub1abc@mostr.pub", ["nostr:npub1abc", "lemmy:npub1abc@mostr.pub"]),
        ("lemmy:ann@lemmy.example", ["mastodon:ann@lemmy.example"]),
        ("mastodon:ann@bsky.brid.gy", ["lemmy:ann@bsky.brid.gy"]),
        ("mastodon:ann@bsky.brid.gy.evil.example", ["lemmy:ann@bsky.brid.gy.evil.example"]),
        ("mastodon:ann", []),
        ("reddit:ann@mostr.pub", []),
        ("bluesky:did:plc:abc", []),
        ("web:ann.example", []),
        ("", []),
    ],
)
def test_only_an_address_itself_links(author: str, to: list[str]) -> None:
    assert [one.to for one in linked(author)] == to


def test_a_platform_that_is_never_linked_is_linked_from_neither_side() -> None:
    author = "mastodon:ann.bsky.social@bsky.brid.gy"

    assert linked(author, never=["mastodon"]) == ()
    assert [one.to for one in linked(author, never=["bluesky", "lemmy"])] == []
