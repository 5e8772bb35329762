"""Read one document of any format; say in words why one is no feed."""

import re

from bunco.errors import BadInput
from ingest.feeds import discovery, json_feed, syndication
from ingest.feeds.feed import Feed

_ROOT = re.compile(rb"<([a-zA-Z][\w.:-]*)")
# Possessive throughout: a failed match gives nothing back, so odd input costs no time.
_PREAMBLE = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\])?+[^>]*+>", re.DOTALL)
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html\b", re.IGNORECASE)
_HEAD_BYTES = 8192
_BOMS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
         (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip


def read(document: bytes, *, url: str = "", content_type: str = "") -> Feed:
    """Read RSS 0.9x, 1.0, 2.0, RDF, Atom or JSON Feed.

    Args:
        document: the bytes as they came, decompressed.
        url: where they came from, for the feeds an HTML page names.
        content_type: the server's.

    Raises:
        discovery.Page: it is an HTML page; knows the feeds it names.
        BadInput: it is something else, or broken beyond reading.
    """
    head = document.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:_HEAD_BYTES]
    if not head:
        raise BadInput("the document is empty")
    if head[:1] in b"{[":
        return json_feed.read(document)
    root = _root(document, head)
    if _HTML_DOCTYPE.match(head) or root in {"html", "head", "body"}:
        raise discovery.Page(discovery.feeds(document, url))
    try:
        feed = syndication.read(document, content_type)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise BadInput(f"a feed too broken to read ({type(error).__name__})") from error
    except RecursionError as error:
        raise BadInput("a document nested too deeply to read") from error
    if feed.format or any(entry.title or entry.link for entry in feed.entries):
        return feed
    raise _refusal(head, root)


def _root(document: bytes, head: bytes) -> str:
    """Give the name of the first element, without its prefix, in lower case."""
    for bom, encoding in _BOMS:
        if document.startswith(bom):
            head = document[:_HEAD_BYTES].decode(encoding, "ignore").encode()
            break
    root = _ROOT.search(_PREAMBLE.sub(b"", head))
    return root[1].decode("ascii", "replace")[:40].lower().rpartition(":")[2] if root else ""


def _refusal(head: bytes, root: str) -> BadInput:
    if root == "opml":
        return BadInput("an OPML list of feeds, not a feed: bunco import reads it")
    if b"\0" in head[:1000]:
        return BadInput("binary data, not a feed")
    if head.startswith(b"<"):
        begins = f"it begins with <{root}>" if root else "it holds no element"
        return BadInput(f"neither RSS, RDF nor Atom: {begins}")
    return BadInput("plain text, not a feed")
