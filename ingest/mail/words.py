"""Text out of mails: charsets, encoded words, flowed lines. Nothing here can fail."""

import codecs
import re
from binascii import Error as NoBase64
from email.errors import HeaderParseError
from email.header import decode_header

HEADER_LIMIT = 10_000
"""Characters of a header that are looked at. Source: ours."""

_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that no mail is written in; some take a time that grows with the square."""

_FOLD = re.compile(r"\r?\n[ \t]*")


def decoded(body: bytes, charset: str) -> str:
    r"""Give the text of a body; what its charset does not know becomes a replacement sign.

    >>> decoded(b"Gr\xfc\xdfe", "iso-8859-1"), decoded("Grüße".encode(), "no-such-charset")
    ('Grüße', 'Grüße')
    """
    try:
        # Through bytes once more: UTF-7 can give halves of signs, which nothing can store.
        return body.decode(_codec(charset)).encode("utf-8", "replace").decode("utf-8")
    except (LookupError, ValueError):
        pass
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def header(raw: str) -> str:
    r"""Give a header as people read it, on one line.

    Args:
        raw: as Python's parser gives it: signs beyond ASCII as surrogates.

    >>> header("=?utf-8?q?Google_=E5=BF=AB=E8=A8=8A?= -\r\n tea")
    'Google 快訊 - tea'
    """
    text = raw[:HEADER_LIMIT]
    if not text.isascii():
        text = decoded(text.encode("utf-8", "surrogateescape"), "utf-8")
    if "=?" in text:
        text = _without_encoded_words(_FOLD.sub(" ", text))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def unflowed(text: str, *, deletes_space: bool) -> str:
    r"""Give a text of ``format=flowed`` with its soft line ends gone. Source: RFC 3676.

    >>> unflowed("One long \nline\n-- \nAnn\n", deletes_space=False)
    'One long line\n-- \nAnn\n'
    """
    whole: list[str] = []
    is_open = False
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n").removeprefix(" ")
        is_soft = bare.endswith(" ") and bare != "-- "
        kept = bare[:-1] if is_soft and deletes_space else bare
        kept += "" if is_soft else "\n"
        if is_open:
            whole[-1] += kept
        else:
            whole.append(kept)
        is_open = is_soft
    return "".join(whole)


def _codec(charset: str) -> str:
    name = codecs.lookup(charset.strip("\"' ")).name
    if name.replace("-", "_") in _NO_CHARSETS:
        raise LookupError(charset)
    return name


def _without_encoded_words(text: str) -> str:
    try:
        pieces = decode_header(text)
    except (HeaderParseError, NoBase64, ValueError):
        return text
    return "".join(
        piece if isinstance(piece, str) else decoded(piece, charset or "utf-8")
        for piece, charset in pieces
    )
