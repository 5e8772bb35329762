"""How the brokers are reached: options in, a client's settings or one clear sentence out."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, TypeVar

from kafka.errors import KafkaError

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams.reaching import address, fault

REBALANCE_MS = 60_000
"""How long a group waits for a member that is alive but does not join again. Source: ours; the
client's own are 300 s, in which nobody in the group works."""

SHOWN_SECONDS = 8.0
"""So long a topic may stay unseen before it counts as missing: a broker that has just come back
shows its topics bit by bit. Source: ours."""

REQUEST_BYTES = 4 << 20
"""What a producer's ``max_request_size`` is to be: an item of ``codec.ITEM_LIMIT_BYTES`` fits in
base64 in a dead letter, and topics take a bit more (``topics.RECORD_BYTES``)."""

_PAUSE_SECONDS = 0.5

Shown = TypeVar("Shown", bound=Collection[str])

_PROTOCOLS = {
    "plaintext": "PLAINTEXT",
    "tls": "SSL",
    "sasl": "SASL_PLAINTEXT",
    "sasl_tls": "SASL_SSL",
}
_WHERE = "configuration"

_LOGIN_REFUSED = "it refused the login of kafka.username: wrong name or password"

_SENTENCES = {
    "SaslAuthenticationFailedError": _LOGIN_REFUSED,
    "AuthenticationFailedError": _LOGIN_REFUSED,
    "UnsupportedSaslMechanismError": "it knows no login by kafka.mechanism",
    "IllegalSaslStateError": "it wants no login, or another: look at kafka.security",
    "TopicAuthorizationFailedError": "its rules do not let kafka.username use this topic",
    "GroupAuthorizationFailedError": "its rules do not let kafka.username use this group",
    "ClusterAuthorizationFailedError": "its rules do not let kafka.username do this",
    "UnknownTopicOrPartitionError": 'a topic is missing: make it with "bunco topics create"',
    "InvalidReplicationFactorError": "kafka.replication is above the number of its brokers",
    "MessageSizeTooLargeError": "a record is larger than the topic's max.message.bytes",
    "RecordListTooLargeError": "a record is larger than the topic's segment.bytes",
    "NotEnoughReplicasError": "too few copies are in sync for min.insync.replicas: look at brokers",
    "KafkaTimeoutError": "it does not answer",
    "RequestTimedOutError": "it does not answer in time",
    "NodeNotReadyError": "it does not answer",
    "KafkaConnectionError": "it does not answer",
    "BrokerNotAvailableError": "it does not answer",
    "CoordinatorNotAvailableError": "the coordinator of the group does not answer",
    "IncompatibleBrokerVersion": "this is the port of a controller, or Kafka is too old",
    "UnsupportedVersionError": "this Kafka is too old: 2.4 or newer is needed",
    "InvalidSessionTimeoutError": "a session_timeout outside its group.min/max.session.timeout.ms",
    "FencedInstanceIdError": "another process of the same name took over",
}


class BrokerAwayError(BrokerError):
    """Say that Kafka does not answer now; the same again later may work."""


def client_settings(options: KafkaOptions, name: str) -> dict[str, Any]:
    """Give what every client of kafka-python is made with: brokers, name, security.

    Args:
        options: how Kafka is reached.
        name: what the client does; its brokers see it as ``PREFIX-NAME``.

    Raises:
        ConfigError: options contradict each other, or a file of theirs cannot be read.
    """
    _agree(options)
    settings: dict[str, Any] = {
        "bootstrap_servers": list(options.bootstrap),
        "client_id": f"{options.prefix}-{name}",
        "security_protocol": _PROTOCOLS[options.security],
    }
    if context := tls_context(options):
        settings["ssl_context"] = context
    if options.password is not None:
        settings["sasl_mechanism"] = options.mechanism
        settings["sasl_plain_username"] = options.username
        settings["sasl_plain_password"] = options.password.reveal()
    return settings


def tls_context(options: KafkaOptions) -> ssl.SSLContext | None:
    """Give how TLS is spoken: the broker's name and certificate are checked; None without TLS.

    Raises:
        ConfigError: a certificate or key cannot be read.
    """
    if options.security not in {"tls", "sasl_tls"}:
        return None
    key, file = "ca_file", options.ca_file
    try:
        context = ssl.create_default_context(cafile=options.ca_file or None)
        if options.cert_file:
            key, file = "cert_file", options.cert_file
            context.load_cert_chain(options.cert_file, options.key_file or None)
    except OSError as error:  # ssl.SSLError is one
        allowed = "a readable file in PEM form, with the key that belongs to a certificate"
        raise ConfigError(_WHERE, f"kafka.{key}", f"{file} ({error})", allowed) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def why(error: BaseException, options: KafkaOptions) -> str:
    """Give one sentence for a failure of a client; aiokafka's errors have the same names."""
    servers = ", ".join(options.bootstrap)
    if isinstance(error, BrokerError):
        return str(error)
    for kind in type(error).__mro__:
        if sentence := _SENTENCES.get(kind.__name__):
            return f"Kafka at {servers}: {sentence}"
    return f"Kafka at {servers}: {str(error) or type(error).__name__}"


@contextmanager
def errors_as_ours(options: KafkaOptions) -> Iterator[None]:
    """Turn a client's errors into ours; where no broker is reached, look for the reason.

    Looking takes some seconds more at worst.

    Raises:
        BrokerAwayError: Kafka does not answer now.
        BrokerError: it refuses, and will again.
    """
    try:
        yield
    except KafkaError as error:
        if _is_bootstrap(error) and (found := fault(options, client_settings(options, "probe"))):
            kind = BrokerAwayError if found.passes else BrokerError
            raise kind(found.sentence) from error
        kind = BrokerAwayError if getattr(error, "retriable", False) else BrokerError
        raise kind(why(error, options)) from error


def shown(look: Callable[[], Shown], wanted: Collection[str]) -> Shown:
    """Look at the topics until all that are wanted are there, ``SHOWN_SECONDS`` long; blocks.

    Args:
        look: gives the topics that are shown now, by name.
        wanted: names of topics.

    Returns:
        What the last look gave.
    """
    until = monotonic() + SHOWN_SECONDS
    while not set(wanted).issubset(found := look()) and monotonic() <= until:
        sleep(_PAUSE_SECONDS)
    return found


def _is_bootstrap(error: KafkaError) -> bool:
    return "bootstrap" in str(error)


def _agree(options: KafkaOptions) -> None:
    """Hold that the options belong together.

    Raises:
        ConfigError: two of them contradict each other.
    """
    for server in options.bootstrap:
        if address(server) is None:
            raise ConfigError(_WHERE, "kafka.bootstrap", repr(server), 'texts like "host:9092"')
    for key, found, allowed in _contradictions(options):
        raise ConfigError(_WHERE, f"kafka.{key}", found, allowed)


def _contradictions(options: KafkaOptions) -> Iterator[tuple[str, str, str]]:
    login = options.security in {"sasl", "sasl_tls"}
    named = f'security = "{options.security}"'
    if login and not options.username:
        yield "username", "nothing", f"a name: {named} logs in"
    if login and options.password is None:
        yield "password", "nothing", f'{{ env = "NAME" }} or {{ file = "PATH" }}: {named} logs in'
    if not login and (options.username or options.password is not None):
        key = "username" if options.username else "password"
        yield key, f"one, with {named}", 'none, or security = "sasl" or "sasl_tls"'
    if options.key_file and not options.cert_file:
        yield "key_file", "a key without a certificate", "both, or a certificate that holds its key"
    if options.security not in {"tls", "sasl_tls"}:
        for key in ("ca_file", "cert_file"):
            if getattr(options, key):
                yield key, f"one, with {named}", 'none, or security = "tls" or "sasl_tls"'
