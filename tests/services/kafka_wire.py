"""Ask a Kafka broker who is alive, without a client library: one Metadata request.

Source: https://kafka.apache.org/protocol, "Metadata API (Key: 3)", version 1.
"""

import socket
import struct

_METADATA, _VERSION = 3, 1
_NO_TOPICS = struct.pack(">i", 0)
_HEADER = struct.pack(">hhih", _METADATA, _VERSION, 1, -1)
"""Key, version, correlation id, no client id."""
_WITHIN = 2.0
"""Seconds for connecting, and for each read."""


def brokers(host: str, port: int) -> int:
    """Give how many brokers the one at this address knows as alive.

    Raises:
        OSError: nobody listens, or what listens does not serve yet.
    """
    request = _HEADER + _NO_TOPICS
    with socket.create_connection((host, port), timeout=_WITHIN) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", _read(connection, 4))
        _correlation, count = struct.unpack_from(">ii", _read(connection, length))
    return int(count)


def _read(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise ConnectionError("the broker closed the connection")
        data += part
    return data
