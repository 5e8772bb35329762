"""The records that posts are made of, as far as they are read.

Source: the lexicons app.bsky.feed.post, app.bsky.feed.repost, app.bsky.richtext.facet and
app.bsky.embed.*. No server checks records against them, so what may be left out, may.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
_WEB = "https://bsky.app/profile"


class Ref(Struct, frozen=True, gc=False):
    """A strong reference to a record."""

    uri: str = ""


class Reply(Struct, frozen=True, gc=False):
    """What a post answers."""

    parent: Ref = Ref()


class Feature(Struct, frozen=True, gc=False):
    """What a stretch of text is: a link or a mention."""

    uri: str = ""
    did: str = ""


class Facet(Struct, frozen=True, gc=False):
    """A stretch of text with features."""

    features: tuple[Feature, ...] = ()


class Card(Struct, frozen=True, gc=False):
    """A link card."""

    uri: str = ""
    title: str = ""


class Image(Struct, frozen=True, gc=False):
    """A picture, in words."""

    alt: str = ""


class Quoted(Struct, frozen=True, gc=False):
    """The record that is quoted; beside media it is one step further in."""

    uri: str = ""
    record: Ref | None = None


class Media(Struct, frozen=True, gc=False):
    """What stands beside a quotation."""

    external: Card | None = None
    images: tuple[Image, ...] | None = None
    alt: str | None = None


class Embed(Media, frozen=True, gc=False):
    """What stands below the text."""

    record: Quoted | None = None
    media: Media | None = None


class PostRecord(Struct, frozen=True, gc=False):
    """A post."""

    text: str = ""
    created: str = msgspec.field(name="createdAt", default="")
    langs: tuple[str, ...] | None = None
    reply: Reply | None = None
    facets: tuple[Facet, ...] | None = None
    embed: Embed | None = None

    @property
    def card(self) -> Card | None:
        """Give its link card."""
        if self.embed is None:
            return None
        return self.embed.external or (self.embed.media.external if self.embed.media else None)

    @property
    def quoted(self) -> str:
        """Give the address of the record that it quotes; empty for none."""
        found = self.embed.record if self.embed else None
        if found is None:
            return ""
        return found.record.uri if found.record else found.uri

    def descriptions(self) -> Iterator[str]:
        """Give what its pictures show, as its author describes them."""
        if self.embed is None:
            return
        for media in filter(None, (self.embed, self.embed.media)):
            yield from (image.alt for image in media.images or () if image.alt)
            if media.alt:
                yield media.alt


class RepostRecord(Struct, frozen=True, gc=False):
    """A repost."""

    subject: Ref
    created: str = msgspec.field(name="createdAt", default="")


post = msgspec.json.Decoder(PostRecord).decode
repost = msgspec.json.Decoder(RepostRecord).decode


def web_address(uri: str) -> str:
    """Give where a post can be looked at; empty for another record.

    >>> web_address("at://did:plc:abc/app.bsky.feed.post/3k")
    'https://bsky.app/profile/did:plc:abc/post/3k'
    """
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, rkey = rest.partition("/")
    return f"{_WEB}/{did}/post/{rkey}" if collection == POST and did and rkey else ""
