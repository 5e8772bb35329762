"""Draw a bar chart as a PNG, with nothing but zlib: small, transparent, good on light and dark."""

import struct
import zlib
from collections.abc import Sequence

_WIDTH, _HEIGHT = 1120, 200
"""Twice the size it is shown at, for sharp screens."""
_CLEAR, _BAR, _MARKED, _LINE = range(4)
_PALETTE = bytes((0, 0, 0, 0x7A, 0x8B, 0xA8, 0xD9, 0x5B, 0x2B, 0x8A, 0x93, 0xA3))
_ALPHA = bytes((0, 255, 255, 160))


def bar_chart(values: Sequence[int], marked: Sequence[bool]) -> bytes:
    """Give a PNG with one bar a value; those marked stand out.

    Args:
        values: from 0 on.
        marked: as long.
    """
    most = max(max(values, default=0), 1)
    slot = _WIDTH / max(len(values), 1)
    gap = 2 if slot >= 8 else 0
    rows = [bytearray(_WIDTH) for _ in range(_HEIGHT)]
    for number, (value, stands_out) in enumerate(zip(values, marked, strict=True)):
        height = round((_HEIGHT - 6) * value / most)
        height = max(height, 4) if value else 0
        start, end = round(number * slot) + gap, round((number + 1) * slot) - gap
        colour = bytes([_MARKED if stands_out else _BAR]) * (end - start)
        for row in rows[_HEIGHT - 3 - height : _HEIGHT - 3]:
            row[start:end] = colour
    rows[-1][:] = rows[-2][:] = bytes([_LINE]) * _WIDTH
    return _png([bytes(row) for row in rows])


def _png(rows: Sequence[bytes]) -> bytes:
    """Give a palette PNG.

    Source: https://www.w3.org/TR/png-3/
    """
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", _PALETTE), (b"tRNS", _ALPHA), (b"IDAT", data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in (*chunks, (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
