"""Options become a client's settings; failures become one sentence."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import pytest
from kafka import errors as broker

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams.connection import BrokerAwayError, client_settings, errors_as_ours, why
from bunco.values import Secret
from tests.bunco.streams.secured import make_certificates

LOGIN: dict[str, object] = {"username": "ann", "password": Secret("sesame")}


def options(**fields: object) -> KafkaOptions:
    return KafkaOptions(**fields)  # type: ignore[arg-type]  # any field


def test_plain_settings_name_brokers_and_client() -> None:
    settings = client_settings(options(bootstrap=("a:1", "b:2")), "sink")

    assert settings == {
        "bootstrap_servers": ["a:1", "b:2"],
        "client_id": "bunco-sink",
        "security_protocol": "PLAINTEXT",
    }


def test_a_login_is_handed_on() -> None:
    settings = client_settings(options(security="sasl", mechanism="PLAIN", **LOGIN), "sink")

    assert settings["security_protocol"] == "SASL_PLAINTEXT"
    assert settings["sasl_mechanism"] == "PLAIN"
    assert settings["sasl_plain_username"] == "ann"
    assert settings["sasl_plain_password"] == "sesame"  # noqa: S105  # made up


def test_tls_checks_certificate_and_name(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    files = {
        "ca_file": str(tmp_path / "ca.pem"),
        "cert_file": str(tmp_path / "client.crt"),
        "key_file": str(tmp_path / "client.key"),
    }

    settings = client_settings(options(security="sasl_tls", **LOGIN, **files), "sink")

    context = settings["ssl_context"]
    assert settings["security_protocol"] == "SASL_SSL"
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"bootstrap": ("kafka",)}, "kafka.bootstrap"),
        ({"bootstrap": ("a:1", "b:99999")}, "kafka.bootstrap"),
        ({"bootstrap": ("http://a:1",)}, "kafka.bootstrap"),
        ({"security": "sasl"}, "kafka.username"),
        ({"security": "sasl_tls", "username": "ann"}, "kafka.password"),
        ({"security": "sasl", "password": Secret("x")}, "kafka.username"),
        (LOGIN, "kafka.username"),
        ({"password": Secret("x")}, "kafka.password"),
        ({"security": "tls", **LOGIN}, "kafka.username"),
        ({"ca_file": "/ca.pem"}, "kafka.ca_file"),
        ({"security": "sasl", "cert_file": "/c.pem", **LOGIN}, "kafka.cert_file"),
        ({"security": "tls", "key_file": "/k.pem"}, "kafka.key_file"),
        ({"security": "tls", "ca_file": "/no/such"}, "kafka.ca_file"),
        ({"security": "tls", "cert_file": "/no/such"}, "kafka.cert_file"),
        ({"security": "tls", "ca_file": __file__}, "kafka.ca_file"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    fields: Mapping[str, object], key: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        client_settings(options(**fields), "sink")

    assert caught.value.key == key
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (broker.KafkaTimeoutError("x"), "does not answer"),
        (broker.NodeNotReadyError(1), "does not answer"),
        (broker.SaslAuthenticationFailedError("x"), "wrong name or password"),
        (broker.UnknownTopicOrPartitionError(), "bunco topics create"),
        (broker.MessageSizeTooLargeError(), "max.message.bytes"),
        (broker.TopicAuthorizationFailedError(), "rules"),
        (broker.NotEnoughReplicasAfterAppendError(), "NotEnoughReplicasAfterAppendError"),
        (OSError("no route"), "no route"),
        (ValueError(), "ValueError"),
    ],
)
def test_a_failure_is_one_sentence_with_the_address(error: Exception, words: str) -> None:
    sentence = why(error, options())

    assert sentence.startswith("Kafka at 127.0.0.1:9092: ")
    assert words in sentence


def test_our_own_errors_are_told_as_they_are() -> None:
    assert why(BrokerError("no topic"), options()) == "no topic"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (broker.KafkaTimeoutError("x"), BrokerAwayError),
        (broker.CoordinatorNotAvailableError(), BrokerAwayError),
        (broker.SaslAuthenticationFailedError("x"), BrokerError),
        (broker.TopicAuthorizationFailedError(), BrokerError),
    ],
)
def test_what_may_heal_is_told_apart(error: Exception, kind: type[BrokerError]) -> None:
    with pytest.raises(BrokerError) as caught, errors_as_ours(options()):
        raise error

    assert type(caught.value) is kind
