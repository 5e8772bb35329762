"""The fixed tables of a configuration: defaults, limits, errors that name the key."""

from datetime import timedelta
from typing import Any

import pytest

from bunco.config import Config, from_tables
from bunco.errors import ConfigError


def loaded(tables: dict[str, Any], **environment: str) -> Config:
    return from_tables(tables, where="bunco.toml", environment=environment)


def test_nothing_said_about_kafka_is_one_broker_here() -> None:
    empty = loaded({})

    assert empty.kafka.bootstrap == ("127.0.0.1:9092",)
    assert empty.kafka.prefix == "bunco"
    assert empty.kafka.retention == timedelta(days=7)
    assert empty.kafka.password is None
    assert empty.ingest.record_bytes == 256 << 10
    assert empty.process.port == 8610
    assert empty.sink.port == 8620


def test_kafka_is_configured_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "sesame")

    changed = loaded(
        {"kafka": {"prefix": "acme"}},
        BUNCO_KAFKA__BOOTSTRAP='["a:9092", "b:9092"]',
        BUNCO_KAFKA__PASSWORD='{ env = "WORD" }',  # noqa: S106  # only says where it is
        BUNCO_KAFKA__SECURITY="sasl_tls",
        BUNCO_PROCESS__INSTANCE="b",
    )

    assert changed.kafka.bootstrap == ("a:9092", "b:9092")
    assert changed.kafka.prefix == "acme"
    assert changed.kafka.security == "sasl_tls"
    assert changed.kafka.password is not None
    assert changed.kafka.password.reveal() == "sesame"
    assert changed.process.instance == "b"


@pytest.mark.parametrize(
    ("table", "key", "value", "allowed"),
    [
        ("kafka", "brokers", ["a:1"], "bootstrap"),
        ("kafka", "bootstrap", [], "length"),
        ("kafka", "bootstrap", "a:1", "array"),
        ("kafka", "prefix", "a b", "matching"),
        ("kafka", "prefix", "", "matching"),
        ("kafka", "partitions", 0, ">= 1"),
        ("kafka", "replication", 11, "<= 10"),
        ("kafka", "retention", 7, "duration"),
        ("kafka", "security", "ssl", "enum"),
        ("kafka", "mechanism", "GSSAPI", "enum"),
        ("kafka", "password", "sesame", "no secrets in this file"),
        ("ingest", "record_items", 0, ">= 1"),
        ("ingest", "record_bytes", 1024, "size"),
        ("ingest", "record_wait", "soon", "duration"),
        ("process", "seen_posts", -1, ">= 0"),
        ("process", "port", 70000, "<= 65535"),
        ("process", "data", 7, "str"),
        ("sink", "batch_items", "many", "int"),
        ("sink", "host", 1, "str"),
    ],
)
def test_a_wrong_value_names_file_key_and_what_is_allowed(
    table: str, key: str, value: object, allowed: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded({table: {key: value}})

    assert caught.value.where == "bunco.toml"
    assert caught.value.key.startswith(f"{table}.{key}")
    assert allowed in caught.value.allowed
    assert "sesame" not in str(caught.value)
