"""Which partition an author's posts go to: Kafka's own way, so that any producer agrees."""

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=1 << 16)
def partition_of(key: str, partitions: int) -> int:
    """Give the partition of a key, 0 … ``partitions - 1``.

    Source: the default partitioner of Kafka's Java client: murmur2 of the key's UTF-8 bytes,
    the sign bit cleared.
    """
    return (int(murmur2(key.encode("utf-8", "surrogatepass"))) & 0x7FFFFFFF) % partitions
