"""Find out why no broker is reached: name, port, TLS, login, and the address it gives itself.

kafka-python tries until a time is up and keeps the reason to itself; an operator needs it.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient
from msgspec import Struct

from bunco.options import KafkaOptions

PATIENCE_SECONDS = 3.0
"""For each step at each broker. Source: ours, a broker in reach answers within one."""


_VERSIONS = bytes.fromhex("0000000a 0012 0000 00000001 ffff")
"""Ask for the versions it speaks, as allowed before a login: ApiVersions v0, no client id."""


class Fault(Struct, frozen=True, kw_only=True):
    """Why a broker is not reached."""

    sentence: str
    passes: bool = False
    """It may heal by itself: nobody listens yet, no answer, a name not known yet."""


def address(server: str) -> tuple[str, int] | None:
    """Split ``host:port`` or ``[ip6]:port``; None where it is neither.

    >>> address("kafka.example.org:9092"), address("[::1]:9092"), address("kafka")
    (('kafka.example.org', 9092), ('::1', 9092), None)
    """
    host, colon, port = server.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        return None
    good = colon and host and port.isascii() and port.isdigit() and 0 < int(port) <= 0xFFFF
    return (host, int(port)) if good else None


def fault(options: KafkaOptions, settings: Mapping[str, Any]) -> Fault | None:
    """Give why no broker can be used; None where one can.

    Args:
        options: how Kafka is reached.
        settings: the same as kafka-python's settings.
    """
    found: list[Fault] = []
    for server in options.bootstrap:
        if (one := _fault_at(server, options, settings)) is None:
            return None
        found.append(one)
    return next((one for one in found if not one.passes), found[0])


def _fault_at(server: str, options: KafkaOptions, settings: Mapping[str, Any]) -> Fault | None:
    place = address(server)
    if place is None:
        return Fault(sentence=f'kafka.bootstrap: {server!r} is not of the form "host:9092"')
    if reason := _no_connection(place):
        return Fault(sentence=f"no Kafka at {server}: {reason}", passes=True)
    context = settings.get("ssl_context")
    if context is not None and (reason := _no_tls(place, context)):
        return Fault(sentence=f"{server}: {reason}")
    return _no_kafka(server, place, options, settings)


def _no_connection(place: tuple[str, int]) -> str:
    """Give why no TCP connection is made; empty where it is."""
    try:
        socket.create_connection(place, PATIENCE_SECONDS).close()
    except socket.gaierror:
        return f"the name {place[0]} is not known here"
    except ConnectionRefusedError:
        return "nothing listens on that port"
    except TimeoutError:
        return "nobody answers: a firewall, or a wrong address"
    except OSError as error:
        return f"{error.strerror or error}"
    return ""


def _no_tls(place: tuple[str, int], context: ssl.SSLContext) -> str:
    """Give why TLS is not agreed on; empty where it is."""
    try:
        with (
            socket.create_connection(place, PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=place[0]) as secure,
        ):
            secure.sendall(_VERSIONS)
            secure.recv(1)  # in TLS 1.3 a missing certificate of ours is told only now
            return ""
    except ssl.SSLCertVerificationError as error:
        if "mismatch" in error.verify_message or "not valid for" in error.verify_message:
            return f"its certificate is for another name: {error.verify_message}"
        return (
            f"its certificate is not trusted ({error.verify_message}): kafka.ca_file must be "
            "the authority that signed it"
        )
    except ssl.SSLError as error:
        if "ALERT" in (error.reason or ""):
            return f"it refuses our side of TLS ({error.reason}): look at kafka.cert_file"
        return 'it does not speak TLS: another port, or kafka.security without "tls"'
    except OSError:
        return "it closed the connection: look at kafka.security and the port"


def _no_kafka(
    server: str, place: tuple[str, int], options: KafkaOptions, settings: Mapping[str, Any]
) -> Fault | None:
    error, brokers = _greeting(place, settings)
    if error is None:
        return _no_way_on(server, brokers)
    name = type(error).__name__
    if name == "SaslAuthenticationFailedError":
        reason = f'it refused the login of "{options.username}": wrong name or password'
    elif name == "UnsupportedSaslMechanismError":
        reason = f"it knows no login by {options.mechanism}: look at kafka.mechanism"
    elif name == "IllegalSaslStateError":
        reason = 'it wants no login here: kafka.security without "sasl", or another port'
    elif name == "IncompatibleBrokerVersion":
        reason = "that is the port of a controller, not of a broker"
    elif found := _other_protocol(place, options):
        reason = found
    else:
        return Fault(sentence=f"Kafka at {server} does not answer ({error})", passes=True)
    return Fault(sentence=f"{server}: {reason}")


def _greeting(
    place: tuple[str, int], settings: Mapping[str, Any]
) -> tuple[Exception | None, list[tuple[str, int]]]:
    """Greet a broker as a client does; give what went wrong, and the addresses of all brokers."""
    client = KafkaNetClient(
        **{**settings, "bootstrap_servers": [f"[{place[0]}]:{place[1]}"]},
        request_timeout_ms=int(PATIENCE_SECONDS * 1000),
    )
    manager = client._manager  # noqa: SLF001  # its bootstrap keeps the reason to itself
    _hear_last_words(manager)
    manager._net.start()  # noqa: SLF001  # as the library's admin client does

    async def greet() -> None:
        (node,) = manager.cluster.bootstrap_brokers()
        await manager.get_connection(node.node_id, timeout_ms=PATIENCE_SECONDS * 1000)
        await manager.cluster.refresh_metadata(node.node_id)

    try:
        manager.run(greet)
        return None, [(one.host, one.port) for one in manager.cluster.brokers()]
    except (KafkaError, OSError) as error:
        return error, []
    finally:
        client.close()
        manager._net.stop()  # noqa: SLF001  # see above


def _hear_last_words(manager: Any) -> None:  # noqa: ANN401  # untyped
    """Read what a broker says right before it closes: kafka-python 3.0.12 drops it.

    Why a login is refused is said just so.
    """
    build = manager._build_transport  # noqa: SLF001  # there is no other way to it

    async def built(*args: Any, **options: Any) -> Any:  # noqa: ANN401  # untyped
        transport = await build(*args, **options)
        receive = transport._sock_recv  # noqa: SLF001  # see above

        def heard() -> tuple[bytes, Exception | None]:
            words, error = receive()
            return words, None if words else error  # the end is met again at the next call

        transport._sock_recv = heard  # noqa: SLF001  # see above
        return transport

    manager._build_transport = built  # noqa: SLF001  # see above


def _no_way_on(server: str, brokers: list[tuple[str, int]]) -> Fault | None:
    """Give why none of the addresses that the brokers give themselves can be reached.

    One of several may be down; the others do its work.
    """
    first: Fault | None = None
    for place in brokers:
        if not (reason := _no_connection(place)):
            return None
        sentence = (
            f"{server} answers, but a broker calls itself {place[0]}:{place[1]}, and there "
            f"{reason}: look at its advertised.listeners"
        )
        first = first or Fault(sentence=sentence, passes=True)
    return first


def _other_protocol(place: tuple[str, int], options: KafkaOptions) -> str:
    """Give what is spoken there instead; empty where it cannot be told."""
    if options.security in {"plaintext", "sasl"} and _speaks_tls(place):
        return 'it speaks TLS: another port, or kafka.security with "tls"'
    if _first_bytes(place, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/"):
        return "that is a web server, not Kafka: another port"
    if options.security in {"plaintext", "tls"} and _first_bytes(place, _VERSIONS):
        return 'it wants a login: kafka.security with "sasl", or another port'
    return ""


def _speaks_tls(place: tuple[str, int]) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is told to it, only its protocol is looked at
    try:
        with (
            socket.create_connection(place, PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=place[0]),
        ):
            return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except OSError:
        return False


def _first_bytes(place: tuple[str, int], question: bytes) -> bytes:
    try:
        with closing(socket.create_connection(place, PATIENCE_SECONDS)) as plain:
            plain.settimeout(PATIENCE_SECONDS)
            plain.sendall(question)
            return plain.recv(16)
    except OSError:
        return b""
