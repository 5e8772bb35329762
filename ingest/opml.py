"""Read and write OPML, the lists in which feed readers pass on their feeds.

Source: OPML 1.0, 1.1 and 2.0, http://opml.org/spec2.opml; RFC 822 dates.
"""

from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.parsers import expat

from msgspec import Struct

from bunco.errors import BadInput

MOST_BYTES = 15 << 20
_MOST_DEPTH = 100
_FOLDER_MARK = "/"
_LISTS = frozenset({"link", "include", "source"})
"""Types of outlines that point at other lists."""


class Outline(Struct, frozen=True):
    """One feed of a list."""

    title: str
    url: str
    folder: str = ""
    """The folders it lies in, outermost first, parted by ``/``; empty: none."""


def read(document: bytes) -> list[Outline]:
    """Give the feeds of an OPML document in its order, each address once.

    Outlines without a feed's address are folders or notes; notes are left out. Documents
    that declare entities are refused: no list needs them, and they can be made to grow
    without end.

    Raises:
        BadInput: it is no OPML, broken, or too large.
    """
    if len(document) > MOST_BYTES:
        raise BadInput(f"an OPML document of more than {MOST_BYTES} bytes")
    reader = _Reader()
    parser = expat.ParserCreate()
    # As if there were a DTD elsewhere: HTML's entities (&nbsp;) are then passed over.
    parser.UseForeignDTD(True)  # noqa: FBT003  # expat takes it by position
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(document.lstrip(), True)  # noqa: FBT003  # expat takes it by position
    except expat.ExpatError as error:
        raise BadInput(f"no readable OPML: {error}") from error
    except (ValueError, LookupError) as error:
        raise BadInput(f"no readable OPML: its encoding is unknown ({error})") from error
    return list(reader.found.values())


def write(outlines: list[Outline], *, title: str, at: datetime) -> bytes:
    """Give an OPML 2.0 document of feeds, in folders as they say, in their order.

    Args:
        outlines: the feeds.
        title: of the list.
        at: when it was made; aware.
    """
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = _clean(title)
    SubElement(head, "dateCreated").text = format_datetime(at)
    body = SubElement(root, "body")
    folders: dict[str, Element] = {"": body}
    for outline in outlines:
        parent = _folder(folders, _clean(outline.folder))
        name = _clean(outline.title or outline.url)
        SubElement(parent, "outline", type="rss", text=name, title=name, xmlUrl=_clean(outline.url))
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


class _Reader:
    """Take outlines from expat's events."""

    def __init__(self) -> None:
        self.found: dict[str, Outline] = {}
        self._folders: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        name = tag.rpartition(":")[2].lower()
        if self._depth == 0 and name != "opml":
            raise BadInput(f"no OPML: it begins with <{tag[:40]}>")
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise BadInput(f"OPML nested more than {_MOST_DEPTH} deep")
        if name == "outline":
            self._outline({key.lower(): value.strip() for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self._depth -= 1
        if tag.rpartition(":")[2].lower() == "outline":
            self._folders.pop()

    def _outline(self, has: dict[str, str]) -> None:
        title = has.get("title") or has.get("text", "")
        url = "" if has.get("type", "").lower() in _LISTS else has.get("xmlurl", "")
        if url.startswith(("http://", "https://", "feed:")):
            url = url.removeprefix("feed://").removeprefix("feed:")
            url = url if url.startswith("http") else f"http://{url}"
            folder = _FOLDER_MARK.join(filter(None, self._folders))
            self.found.setdefault(url, Outline(title or url, url, folder))
        self._folders.append("" if url else title.replace(_FOLDER_MARK, "-"))


def _refuse_entity(*_: object) -> None:
    raise BadInput("an OPML document that declares entities is not read")


def _folder(folders: dict[str, Element], path: str) -> Element:
    if path not in folders:
        outer, _, name = path.rpartition(_FOLDER_MARK)
        folders[path] = SubElement(_folder(folders, outer), "outline", text=name, title=name)
    return folders[path]


def _clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (section 2.2)."""
    return "".join(char for char in text if char >= " " and char not in "\ufffe\uffff")
