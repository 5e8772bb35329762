"""The records of the configuration's fixed tables; the options of parts stand with the parts."""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from bunco.log import LogLevel
from bunco.values import Duration, LateSecret, Secret, Size

Role: TypeAlias = Literal["viewer", "reviewer", "admin"]
"""What a person may do: look; judge as well; all there is. Each may do what the one before may."""
TokenRole: TypeAlias = Literal["viewer", "reviewer", "admin", "pusher"]
"""What a program may do; a ``pusher`` may bring posts and nothing else."""


class PipelineOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How posts go through: ``[pipeline]``."""

    batch_items: Annotated[int, Meta(ge=1, le=100_000)] = 2000
    """The most posts of one commit."""
    batch_wait: Duration = Duration(milliseconds=200)
    """The longest a post waits for others to share its commit."""
    live_authors: Annotated[int, Meta(ge=0)] = 4096
    """Author states kept in memory; the rest is in the store."""
    bus_items: Annotated[int, Meta(ge=1)] = 8000
    """Posts that may wait between sources and pipeline before sources are slowed."""


class HttpOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the web is asked: ``[http]``. Source of the values: rss-fetcher's defaults."""

    user_agent: str = ""
    """Empty: bunco and its version. Put a contact address here when you poll a lot."""
    timeout: Duration = Duration(seconds=30)
    """For a whole answer."""
    most_bytes: Size = Size(15 << 20)
    """Of a body, on the wire and again after decompression."""
    most_message_bytes: Size = Size(2 << 20)
    """Of one message of a stream."""
    most_redirects: Annotated[int, Meta(ge=0, le=50)] = 5
    host_concurrency: Annotated[int, Meta(ge=1)] = 2
    host_spacing: Duration = Duration(seconds=5)
    """Between two requests to one host."""
    concurrency: Annotated[int, Meta(ge=1)] = 32

    def __post_init__(self) -> None:
        """Hold that an answer has time to come.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if self.timeout <= timedelta(0) or self.host_spacing < timedelta(0):
            raise ValueError("a timeout above zero and a spacing of zero or more")


class LogOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged: ``[log]``."""

    level: LogLevel = "info"
    as_json: bool = False


class KafkaOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How Kafka is reached, and its topics: ``[kafka]``."""

    bootstrap: Annotated[tuple[str, ...], Meta(min_length=1)] = ("127.0.0.1:9092",)
    """``host:port`` of some brokers; they name the others."""
    prefix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,100}$")] = "bunco"
    """Begins the names of all topics and groups: ``bunco.posts``."""
    partitions: Annotated[int, Meta(ge=1, le=1000)] = 8
    """Of the topics of posts and findings: the most processors that can share the work. It
    cannot be changed later, as authors would move to partitions without their states."""
    replication: Annotated[int, Meta(ge=1, le=10)] = 1
    """Copies of every record; 3 where there are three brokers."""
    retention: Duration = Duration(days=7)
    """How long posts, findings and dead letters stay in Kafka: the longest that a sink may be
    away, and the longest that a removed text survives there."""
    security: Literal["plaintext", "tls", "sasl", "sasl_tls"] = "plaintext"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """Of ``sasl`` and ``sasl_tls``."""
    username: str = ""
    password: Secret | None = None
    ca_file: str = ""
    """The authority that signed the brokers' certificates; empty: the system's."""
    cert_file: str = ""
    """A certificate of our own, where the brokers ask for one, …"""
    key_file: str = ""
    """… and its key."""


class IngestOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How posts are put into Kafka by ``bunco ingest``: ``[ingest]``."""

    record_items: Annotated[int, Meta(ge=1, le=5000)] = 250
    """The most posts of one record. Source: docs/decisions/0012."""
    record_bytes: Size = Size(256 << 10)
    """A record is sent once it is so large; one post alone may be larger."""
    record_wait: Duration = Duration(milliseconds=200)
    """The longest a post waits for others to share its record."""
    session_timeout: Duration = Duration(seconds=10)
    """After so long without a sign of life the sources of an ingester go to the others."""


class ProcessOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How ``bunco process`` runs detectors over Kafka: ``[process]``."""

    data: Annotated[str, Meta(min_length=1)] = "bunco-process"
    """The folder of this worker's author states; the changelog in Kafka can rebuild it."""
    instance: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{0,100}$")] = ""
    """The worker's name in its group, the same after a restart; empty: the host's name."""
    commit_items: Annotated[int, Meta(ge=1, le=100_000)] = 2000
    """The most posts of one commit: a state is written once in it."""
    commit_wait: Duration = Duration(milliseconds=100)
    """The longest a post waits for others to share its commit."""
    live_authors: Annotated[int, Meta(ge=0)] = 4096
    """Author states kept in memory, for each partition."""
    seen_posts: Annotated[int, Meta(ge=0, le=100_000)] = 1024
    """Of each author, so many of the latest posts are known again if they come twice."""
    session_timeout: Duration = Duration(seconds=10)
    """After so long without a sign of life the work of a worker goes to the others."""
    host: str = "127.0.0.1"
    """Where health and metrics are served, …"""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8610
    """… and the port; 0 for none."""


class SinkOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How ``bunco sink`` brings Kafka's topics into the store: ``[sink]``."""

    batch_items: Annotated[int, Meta(ge=1, le=100_000)] = 2000
    """The most posts and findings of one commit."""
    batch_wait: Duration = Duration(milliseconds=200)
    """The longest one waits for others to share its commit."""
    session_timeout: Duration = Duration(seconds=10)
    """After so long without a sign of life the work of a sink goes to the others."""
    host: str = "127.0.0.1"
    """Where health and metrics are served, …"""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8620
    """… and the port; 0 for none."""


class IdentityOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which authors are never linked to accounts elsewhere: ``[identity]``."""

    never: tuple[str, ...] = ("reddit",)
    """Platforms whose terms forbid it: the part of an author before the colon."""


class UserOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who signs in: ``[[dashboard.users]]``. One of the two says the password."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    role: Role = "viewer"
    password_hash: str = ""
    """What ``bunco password`` printed."""
    password: LateSecret | None = None
    """The password itself, or its hash, from the environment or a file."""


class TokenOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that comes with a token: ``[[dashboard.tokens]]``. One of the two says it."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    role: TokenRole = "viewer"
    token_hash: str = ""
    """What ``bunco password --token`` printed."""
    token: LateSecret | None = None
    """The token itself, or its hash, from the environment or a file."""


class DashboardOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the dashboard is served: ``[dashboard]``."""

    enabled: bool = True
    """Whether ``bunco run`` serves it; ``bunco serve`` does in any case."""
    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    """Where it listens. Any other than loopback needs users or tokens."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8600
    """0: any that is free."""
    base_url: Annotated[str, Meta(pattern=r"^(https?://[^/?#@\s]+/?)?$")] = ""
    """Its address for people where a proxy stands before it: ``https://bunco.example.org``."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of proxies whose ``X-Forwarded-For`` tells who asks."""
    allowed_hosts: tuple[str, ...] = ()
    """More names it may be asked under, without the port."""
    users: tuple[UserOptions, ...] = ()
    tokens: tuple[TokenOptions, ...] = ()
    session: Duration = Duration(days=7)
    """After so long one signs in again; after a day without a request, too."""
    most_bytes: Size = Size(8 << 20)
    """The largest body that is taken."""
