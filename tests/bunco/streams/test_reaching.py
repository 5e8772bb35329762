"""Why no broker is reached, in words that say what to mend."""

import socket
import threading
from collections.abc import Iterator

import pytest

from bunco.options import KafkaOptions
from bunco.streams.connection import client_settings
from bunco.streams.reaching import Fault, address, fault
from bunco.values import Secret
from tests.bunco.streams.secured import SecuredServer


def found(options: KafkaOptions) -> Fault | None:
    return fault(options, client_settings(options, "test"))


def words(options: KafkaOptions) -> str:
    """Give the sentence about a fault that does not heal by itself."""
    told = found(options)
    assert told is not None
    assert not told.passes
    return told.sentence


@pytest.fixture
def web_server() -> Iterator[str]:
    """Give the address of something that answers everything as a web server would."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    ("server", "place"),
    [
        ("kafka:9092", ("kafka", 9092)),
        ("[::1]:9092", ("::1", 9092)),
        ("::1:9092", None),
        ("kafka", None),
        (":9092", None),
        ("kafka:", None),
        ("kafka:0", None),
        ("kafka:70000", None),
        ("kafka:http", None),
    ],
)
def test_an_address_has_a_host_and_a_port(server: str, place: tuple[str, int] | None) -> None:
    assert address(server) == place


def test_a_port_where_nothing_listens_may_heal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    told = found(KafkaOptions(bootstrap=(f"127.0.0.1:{port}",)))

    assert told == Fault(
        sentence=f"no Kafka at 127.0.0.1:{port}: nothing listens on that port", passes=True
    )


def test_an_unknown_name_may_heal() -> None:
    told = found(KafkaOptions(bootstrap=("kafka.invalid:9092",)))

    assert told is not None
    assert told.passes
    assert "kafka.invalid is not known here" in told.sentence


def test_a_web_server_is_no_kafka(web_server: str) -> None:
    assert "a web server, not Kafka" in words(KafkaOptions(bootstrap=(web_server,)))


def test_a_lasting_fault_is_told_before_one_that_may_heal(web_server: str) -> None:
    both = KafkaOptions(bootstrap=("kafka.invalid:9092", web_server))

    assert web_server in words(both)


@pytest.mark.services
def test_one_broker_in_reach_is_enough(kafka: str) -> None:
    assert found(KafkaOptions(bootstrap=("kafka.invalid:9092", kafka))) is None


@pytest.mark.services
def test_secured_brokers_are_reached_with_the_right_options(secured: SecuredServer) -> None:
    ca_file = str(secured.folder / "ca.pem")
    ours = str(secured.folder / "client.pem")

    reached = [
        found(secured.logging_in(secured.login)),
        found(secured.logging_in(secured.both, security="sasl_tls", ca_file=ca_file)),
        found(secured.options(secured.mutual, security="tls", ca_file=ca_file, cert_file=ours)),
    ]

    assert reached == [None, None, None]


@pytest.mark.services
def test_each_mistake_with_a_login_has_its_sentence(secured: SecuredServer) -> None:
    wrong = secured.logging_in(secured.login, password=Secret("rosebud"))
    unknown = secured.logging_in(secured.login, mechanism="SCRAM-SHA-512")
    by_another_way = secured.logging_in(secured.login, mechanism="SCRAM-SHA-256")

    assert 'refused the login of "ann": wrong name or password' in words(wrong)
    assert 'refused the login of "ann": wrong name or password' in words(unknown)
    assert "no login by SCRAM-SHA-256" in words(by_another_way)
    assert "it wants a login" in words(secured.options(secured.login))
    assert "it wants no login here" in words(secured.logging_in(secured.address))


@pytest.mark.services
def test_each_mistake_with_tls_has_its_sentence(secured: SecuredServer) -> None:
    ca_file = str(secured.folder / "ca.pem")
    elsewhere = f"localhost:{secured.port + 4}"
    trusting = {"security": "sasl_tls", "ca_file": ca_file}
    refused = secured.options(secured.mutual, security="tls", ca_file=ca_file)
    in_vain = secured.options(secured.address, security="tls", ca_file=ca_file)

    assert "kafka.ca_file must be" in words(secured.logging_in(secured.both, security="sasl_tls"))
    assert "for another name" in words(secured.logging_in(elsewhere, **trusting))
    assert "look at kafka.cert_file" in words(refused)
    assert "it does not speak TLS" in words(in_vain)
    assert "it speaks TLS" in words(secured.options(secured.mutual))
    assert "it speaks TLS" in words(secured.logging_in(secured.both))


@pytest.mark.services
def test_the_port_of_a_controller_is_named(secured: SecuredServer) -> None:
    controller = KafkaOptions(bootstrap=(f"127.0.0.1:{secured.port + 1}",))

    assert "the port of a controller" in words(controller)


@pytest.mark.services
def test_an_address_that_a_broker_gives_itself_in_vain_is_named(secured: SecuredServer) -> None:
    told = found(secured.options(secured.lost))

    assert told is not None
    assert told.passes
    assert "calls itself 127.0.0.1:1" in told.sentence
    assert "advertised.listeners" in told.sentence
