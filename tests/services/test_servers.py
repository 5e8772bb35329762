"""The servers themselves: they keep their data, their port, and nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.required import skip_or_fail, started
from tests.services.servers import ElasticServer, KafkaServer, ServerError, free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own_elastic(tmp_path: Path) -> Iterator[ElasticServer]:
    with started(ElasticServer(tmp_path)) as server:
        yield server


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    with started(KafkaServer(tmp_path)) as server:
        yield server


def ask(url: str, body: dict[str, object] | None = None, method: str = "GET") -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(url, data, headers, method=method), timeout=10
    ) as answer:
        return dict(json.load(answer))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.services
@pytest.mark.long
@pytest.mark.timeout(240)  # starts a node of 10 s of computing, on a busy machine
def test_killed_elasticsearch_is_back_with_its_documents(own_elastic: ElasticServer) -> None:
    port = own_elastic.port
    ask(f"{own_elastic.url}/kept/_doc/1", {"word": "there"}, "PUT")

    own_elastic.kill()
    down = own_elastic.answers()
    own_elastic.start()

    assert not down
    assert own_elastic.port == port
    assert ask(f"{own_elastic.url}/kept/_doc/1")["_source"] == {"word": "there"}


@pytest.mark.services
@pytest.mark.slow
def test_killed_kafka_is_back_with_its_topics(own_kafka: KafkaServer) -> None:
    pytest.importorskip("kafka", reason="kafka-python is not installed")
    from kafka.admin import KafkaAdminClient, NewTopic  # noqa: PLC0415  # see above

    admin = KafkaAdminClient(bootstrap_servers=own_kafka.address)
    admin.create_topics([NewTopic("kept", 2, 1)])
    admin.close()

    own_kafka.kill()
    down = own_kafka.answers()
    own_kafka.start()
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.address)
    topics = admin.list_topics()
    admin.close()

    assert not down
    assert "kept" in topics


@pytest.mark.services
def test_paused_server_does_not_answer_until_it_goes_on(own_kafka: KafkaServer) -> None:
    own_kafka.pause()
    hung = own_kafka.answers()
    own_kafka.resume()
    own_kafka.start()  # raises where no answer comes

    assert not hung


@pytest.mark.services
@pytest.mark.slow
def test_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    started(KafkaServer(tmp_path)).stop()  # skips where it cannot be had
    words = (
        "import sys, time; from pathlib import Path; from tests.services.servers import *;"
        "print(KafkaServer(Path(sys.argv[1])).start().pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        alive = is_running(pid)

        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 5
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)

    assert alive
    assert not is_running(pid)


@pytest.mark.services
def test_taken_port_is_named(own_kafka: KafkaServer, tmp_path: Path) -> None:
    other = KafkaServer(tmp_path / "other", own_kafka.port)

    with pytest.raises(ServerError, match=f"listens at port {own_kafka.port}"):
        other.start()


@pytest.mark.services
@pytest.mark.timeout(240)  # starts a node of 10 s of computing, on a busy machine
@pytest.mark.slow
def test_development_servers_stop_at_ctrl_c(tmp_path: Path) -> None:
    for kind in (KafkaServer, ElasticServer):
        if reason := kind.missing():
            skip_or_fail(reason)
    ports = {"KAFKA": free_port(adjoining=1), "ELASTIC": free_port()}
    places = {f"BUNCO_SERVICES_{name}_PORT": str(port) for name, port in ports.items()}
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.services"],
        cwd=ROOT,
        env=os.environ | places | {"BUNCO_SERVICES_FOLDER": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stdout is not None
        told = "".join(iter(running.stdout.readline, "Ctrl-C stops both.\n"))
        answered = ElasticServer(tmp_path, ports["ELASTIC"]).answers()

        running.send_signal(signal.SIGINT)
        code = running.wait(20)

    assert f"BUNCO_TEST_KAFKA=127.0.0.1:{ports['KAFKA']}" in told
    assert answered
    assert code == 0
    assert not ElasticServer(tmp_path, ports["ELASTIC"]).answers()
    assert not KafkaServer(tmp_path, ports["KAFKA"]).answers()
