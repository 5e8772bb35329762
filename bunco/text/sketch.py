"""A 512-bit sketch of a wording, to tell most different texts apart in no time.

Two planes of 256 bits each hold the character 3-grams under two hashes, so the share of bits
in common follows the share of 3-grams in common. All characters are hashed at once as the
lanes of one large integer: five times quicker than a loop over them.
"""

from codecs import utf_32_le_encode
from collections.abc import Iterable
from math import exp, log, sqrt

_LANE = 32
_LANE_BYTES = 4
_FACTORS = 0x4B2F63 << 2 * _LANE | 0x6D4E8F << _LANE | 0x35C9A5
"""Odd, mixed 23-bit numbers: three times 127 times one stays within a lane, so that a single
product weighs each character and the two behind it."""

_LOW_BITS = 0x7F
_BLANK = bytes(4096)
_AS_DIGITS = b"1" + b"0" * 255
_BUCKETS = 255
"""A plane has 256; bucket 0 is given up, because the table cannot tell it apart."""

FLOOR = 0.45
"""The least share of 3-grams in common that two edits of one text have."""

_SIGMAS = 5


def sketch(wording: str) -> int:
    """Give the bits of a wording, equal in every process; 0 where it is empty."""
    size = len(wording)
    if not size:
        return 0
    # Called by its own name, as ``encode`` looks for it longer than it runs.
    encoded, _ = utf_32_le_encode(f" {wording} ", "surrogatepass")
    lanes = int.from_bytes(encoded, "little")
    if not wording.isascii():
        lanes &= _repeated(_LOW_BITS, size + 2)
    # The two lowest lanes of the product lack a character, and so do the two highest.
    mixed = (lanes * _FACTORS).to_bytes(_LANE_BYTES * (size + 4), "little")
    start, end = 2 * _LANE_BYTES, (2 + size) * _LANE_BYTES
    blank = _BLANK[:size] if size <= len(_BLANK) else bytes(size)
    # maketrans writes 0 at every byte that occurs: a bitmap without a loop.
    first = bytes.maketrans(mixed[start + 1 : end : _LANE_BYTES], blank)[1:]
    second = bytes.maketrans(mixed[start + 2 : end : _LANE_BYTES], blank)[1:]
    return int((first + second).translate(_AS_DIGITS), 2)


def alike(a: int, b: int) -> bool:
    """Say whether two sketches may have ``FLOOR`` of their 3-grams in common.

    A no is wrong with a chance under one in a million for wordings at the floor, and less
    above it.
    """
    return (a & b).bit_count() >= _LEAST_COMMON[(a | b).bit_count()]


def like(sketch: int, others: Iterable[bytes]) -> list[int]:
    """Give the indices of the sketches, as little-endian bytes, that are ``alike`` to one.

    The same test, written out: it runs for every headline that is remembered of an author.
    """
    least, to_int = _LEAST_COMMON, int.from_bytes
    # The union has no fewer bits than one of the two: most others fall short of that already.
    fewest = least[sketch.bit_count()]
    return [
        at
        for at, kept in enumerate(others)
        if (common := (sketch & (other := to_int(kept, "little"))).bit_count()) >= fewest
        and common >= least[(sketch | other).bit_count()]
    ]


def _repeated(lane: int, lanes: int) -> int:
    return int.from_bytes(lane.to_bytes(_LANE_BYTES, "little") * lanes, "little")


def _least_common(bits: int) -> int:
    """Give the fewest common bits of a pair at the floor whose union sets so many.

    Source: the occupancy of buckets (Feller, An Introduction to Probability Theory, vol. I,
    IV.2), with the variance of the number of full ones, lowered by five deviations.
    """
    planes = 2 * _BUCKETS
    free = max(planes - bits, 1) / planes
    union = -_BUCKETS * log(free)
    load = FLOOR * union / _BUCKETS
    expected = planes * (1 - exp(-load))
    variance = planes * (exp(-load) - (1 + load) * exp(-2 * load))
    return max(0, int(expected - _SIGMAS * sqrt(variance + 1)))


_LEAST_COMMON = tuple(_least_common(bits) for bits in range(2 * _BUCKETS + 1))
