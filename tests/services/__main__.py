"""Run both servers in the foreground for development: what ``make services`` starts.

Their data stays in ``.services/``, so the next start goes on with it.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.services.servers import (
    SCRIPTS,
    CannotBeHadError,
    ElasticServer,
    KafkaServer,
    ServerError,
)

FOLDER = Path(os.environ.get("BUNCO_SERVICES_FOLDER", ".services"))
KAFKA_PORT = int(os.environ.get("BUNCO_SERVICES_KAFKA_PORT", "19092"))
ELASTIC_PORT = int(os.environ.get("BUNCO_SERVICES_ELASTIC_PORT", "19200"))

_READY = """\
Kafka          {kafka}
Elasticsearch  {elastic}
data           {folder}  (remove it to start afresh)

for bunco.toml:

    [kafka]
    bootstrap = ["{kafka}"]

    [store]
    kind = "elastic"
    url = "{elastic}"

for the tests, so that they start none of their own:

    export BUNCO_TEST_KAFKA={kafka} BUNCO_TEST_ELASTIC={elastic}

Ctrl-C stops both."""


def main() -> int:
    """Start both, say where they are, wait for Ctrl-C or SIGTERM; give the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _prefer_docker()
    try:
        subprocess.run([SCRIPTS / "fetch.sh"], check=True)
        with ExitStack() as running:
            _start_both(running)
            signal.pause()
    except KeyboardInterrupt:
        _say("stopped")
    except subprocess.CalledProcessError as failed:
        return failed.returncode  # the script has said why
    except (CannotBeHadError, ServerError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _start_both(running: ExitStack) -> None:
    kafka = KafkaServer(FOLDER / "kafka", KAFKA_PORT)
    password = os.environ.get("BUNCO_SERVICES_PASSWORD", "")
    elastic = ElasticServer(FOLDER / "elasticsearch", ELASTIC_PORT, password)
    for server in (kafka, elastic):
        _say(f"starting {server.kind}")
        running.callback(server.stop)
        server.start()
    _say(_READY.format(kafka=kafka.address, elastic=elastic.url, folder=FOLDER.resolve()))


def _prefer_docker() -> None:
    """Use a Docker engine where one answers, unless told otherwise.

    Tests prefer Java, whose processes start and die quicker; for a day's work containers are
    what most people have.
    """
    docker = shutil.which("docker")
    if docker and not os.environ.get("BUNCO_SERVICES_WITH"):
        answered = subprocess.run([docker, "info"], capture_output=True, check=False)
        if not answered.returncode:
            os.environ["BUNCO_SERVICES_WITH"] = "docker"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
