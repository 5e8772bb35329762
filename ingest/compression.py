"""Undo the compression of an HTTP body without ever making more bytes than allowed."""

import zlib

import brotli  # type: ignore[import-untyped]  # it has no types
import zstandard

from bunco.errors import BadInput, SourceError

ACCEPTED = "gzip, deflate, br, zstd"
"""What to offer in ``Accept-Encoding``."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MOST_LAYERS = 3
_ZSTD_WINDOW_BYTES = 8 << 20
"""Source: RFC 9659, the largest window a zstd content coding may need."""

_ZSTD_STEP_BYTES = 256
"""Fed at once: this decoder has no limit of its own, and a block of 4 bytes can stand for
128 KiB (RFC 8878 section 3.1.1.2), so no step makes more than 8 MiB."""


def decompress(body: bytes, encoding: str, most_bytes: int) -> bytes:
    """Give the body as it was before compression.

    A body that is labelled compressed but is not comes back as it is; a gzip file that is
    not labelled (a feed served as ``.xml.gz``) is opened too.

    Args:
        body: what came over the wire.
        encoding: the ``Content-Encoding`` header; may name several, first applied first.
        most_bytes: of the result, and of each step on the way.

    Raises:
        SourceError: the result would be too large, or the data is broken or cut off.
    """
    layers = [name for name in encoding.lower().replace(" ", "").split(",") if name]
    if len(layers) > _MOST_LAYERS:
        raise SourceError("the answer is compressed too many times", weight="hard")
    try:
        for name in reversed(layers):
            body = _undone(body, name, most_bytes)
        if body.startswith(_GZIP):
            body = _inflated(body, zlib.MAX_WBITS | 16, most_bytes)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise SourceError("the answer's compression is broken or cut off") from error
    return body


class Dictionary:
    """Open single zstd frames that were made with a dictionary of the other side.

    Args:
        trained: the dictionary (RFC 8878 section 5).

    Raises:
        ValueError: it is no dictionary.
    """

    def __init__(self, trained: bytes) -> None:
        given = zstandard.ZstdCompressionDict(trained)
        if not given.dict_id():
            raise ValueError("no zstd dictionary")
        self.id = given.dict_id()
        self._decoder = zstandard.ZstdDecompressor(
            dict_data=given, max_window_size=_ZSTD_WINDOW_BYTES
        )

    def open(self, frame: bytes, most_bytes: int) -> bytes:
        """Give what one frame holds.

        Raises:
            BadInput: it would be too large, is broken, or was made with another dictionary.
        """
        try:
            size = zstandard.get_frame_parameters(frame).content_size
            if size > most_bytes and size != zstandard.CONTENTSIZE_UNKNOWN:
                raise BadInput(f"a message larger than {most_bytes} bytes")
            return self._decoder.decompress(frame, max_output_size=most_bytes)
        except zstandard.ZstdError as error:
            raise BadInput(f"broken compression: {error}") from error


def _undone(body: bytes, name: str, most_bytes: int) -> bytes:
    match name:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            if not body.startswith(_GZIP):
                return body
            return _inflated(body, zlib.MAX_WBITS | 16, most_bytes)
        case "deflate":
            # Servers send zlib (RFC 1950), as the standard wants, or bare deflate (RFC 1951).
            bits = zlib.MAX_WBITS if _is_zlib(body) else -zlib.MAX_WBITS
            return _inflated(body, bits, most_bytes)
        case "br":
            return _unbrotlied(body, most_bytes)
        case "zstd":
            return _unzstandarded(body, most_bytes) if body.startswith(_ZSTD) else body
    raise SourceError(f"the answer is compressed in an unknown way: {name[:20]}", weight="hard")


def _inflated(body: bytes, bits: int, most_bytes: int) -> bytes:
    out = bytearray()
    while body:
        member = zlib.decompressobj(bits)
        out += member.decompress(body, most_bytes - len(out) + 1)
        _check(len(out), most_bytes)
        if not member.eof:
            raise EOFError
        # What follows is another member (RFC 1952 section 2.2), or padding to be ignored.
        body = member.unused_data if member.unused_data.startswith(_GZIP) else b""
    return bytes(out)


def _unbrotlied(body: bytes, most_bytes: int) -> bytes:
    decoder = brotli.Decompressor()
    out = decoder.process(body, output_buffer_limit=most_bytes + 1)
    _check(len(out), most_bytes)
    while not decoder.is_finished():
        more = decoder.process(b"", output_buffer_limit=most_bytes + 1 - len(out))
        if not more:
            raise EOFError
        out += more
        _check(len(out), most_bytes)
    return bytes(out)


def _unzstandarded(body: bytes, most_bytes: int) -> bytes:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    out = bytearray()
    frame = decoder.decompressobj()
    for start in range(0, len(body), _ZSTD_STEP_BYTES):
        piece = body[start : start + _ZSTD_STEP_BYTES]
        while piece:
            if frame.eof:
                frame = decoder.decompressobj()
            out += frame.decompress(piece)
            _check(len(out), most_bytes)
            piece = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise EOFError
    return bytes(out)


def _is_zlib(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and (body[0] << 8 | body[1]) % 31 == 0


def _check(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise SourceError(
            f"the answer is larger than {most_bytes} bytes after decompression", weight="hard"
        )
