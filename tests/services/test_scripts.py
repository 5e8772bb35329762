"""What the scripts of deploy/services do where Java, Maven or Docker are missing or others."""

import os
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.servers import SCRIPTS, CannotBeHadError, KafkaServer, ServerError

NEEDED = ["bash", "cat", "cksum", "cut", "dirname", "env", "flock", "id", "ls", "mkdir", "mktemp"]
NEEDED += ["mv", "readlink", "rm", "sed", "sleep", "timeout", "touch", "uname"]

Script = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(os.uname().sysname != "Linux", reason="the jars run on Linux only")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Give a folder that holds the usual programs, and neither Java, Maven nor Docker."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in NEEDED:
        if there := shutil.which(name):
            (folder / name).symlink_to(there)
    return folder


@pytest.fixture
def jdk(tmp_path: Path) -> Path:
    """Give the home of what looks like a JDK 25."""
    home = tmp_path / "jdk"
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text('JAVA_VERSION="25.0.1"\n', encoding="ascii")
    for name in ("java", "javac"):
        program(home / "bin", name, 'echo "java $*"')
    return home


@pytest.fixture
def script(tmp_path: Path, programs: Path, jdk: Path) -> Script:
    """Give a call of one of the scripts, with an empty cache and the programs of the test."""
    places = {"PATH": str(programs), "JAVA_HOME": str(jdk), "HOME": str(tmp_path)}

    def call(name: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SCRIPTS / name / "up.sh", *words],
            env=places | {"BUNCO_SERVICES_CACHE": str(tmp_path / "cache")} | more,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def program(folder: Path, name: str, body: str) -> Path:
    """Write a small program that stands for another."""
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\n{textwrap.dedent(body)}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def maven(programs: Path, tmp_path: Path) -> Path:
    """Write a Maven that fetches, slowly, an empty jar; give the file that counts its calls."""
    calls = tmp_path / "mvn-calls"
    program(
        programs,
        "mvn",
        f"""
        echo "$*" >> {calls}
        for word in "$@"; do case $word in -DoutputDirectory=*) out=${{word#*=}} ;; esac; done
        mkdir -p "$out"; sleep 0.3; touch "$out/kafka_2.13-4.4.0.jar"
        """,
    )
    return calls


def docker(programs: Path, tmp_path: Path) -> Path:
    """Write a Docker client whose engine answers; give the file that lists its calls."""
    calls = tmp_path / "docker-calls"
    program(programs, "docker", f'echo "$*" >> {calls}')
    return calls


@pytest.mark.parametrize("name", ["kafka", "elasticsearch"])
def test_without_maven_and_docker_it_says_how_to_get_them(script: Script, name: str) -> None:
    done = script(name, "--fetch")

    assert done.returncode == 69
    assert "Maven" in done.stderr
    assert "apt install maven" in done.stderr
    assert "no Docker engine answers" in done.stderr


def test_what_is_not_fetched_is_named_with_the_command(script: Script, programs: Path) -> None:
    maven(programs, programs)

    done = script("kafka", "--check")

    assert done.returncode == 69
    assert "deploy/services/fetch.sh" in done.stderr
    assert (SCRIPTS / "fetch.sh").exists()


def test_wrong_use_is_told_apart(script: Script) -> None:
    alone = script("kafka")
    no_way = script("kafka", "--fetch", BUNCO_SERVICES_WITH="podman")

    assert (alone.returncode, no_way.returncode) == (64, 64)
    assert "usage: up.sh FOLDER PORT" in alone.stderr
    assert "'podman'" in no_way.stderr


def test_two_at_once_fetch_once(script: Script, programs: Path, tmp_path: Path) -> None:
    calls = maven(programs, tmp_path)
    command = f"{SCRIPTS}/kafka/up.sh --fetch & {SCRIPTS}/kafka/up.sh --fetch & wait"

    subprocess.run(
        [programs / "bash", "-c", command],
        env={
            "PATH": str(programs),
            "JAVA_HOME": str(tmp_path / "jdk"),
            "BUNCO_SERVICES_CACHE": str(tmp_path / "cache"),
        },
        capture_output=True,
        check=True,
    )

    assert len(calls.read_text(encoding="utf-8").splitlines()) == 1
    assert not script("kafka", "--check").returncode


def test_failed_fetch_leaves_nothing_half_done(
    script: Script, programs: Path, tmp_path: Path
) -> None:
    program(programs, "mvn", "exit 1")

    done = script("kafka", "--fetch")

    assert done.returncode == 69
    assert "Maven could not fetch it" in done.stderr
    assert not any((tmp_path / "cache").glob("*kafka*.part"))
    assert not (tmp_path / "cache" / "kafka-4.4.0").exists()


def test_docker_stands_in_where_maven_is_missing(
    script: Script, programs: Path, tmp_path: Path
) -> None:
    calls = docker(programs, tmp_path)

    done = script("kafka", str(tmp_path / "data"), "19555")

    *_, run = calls.read_text(encoding="utf-8").splitlines()
    settings = (tmp_path / "data/config/server.properties").read_text(encoding="utf-8")
    assert not done.returncode, done.stderr
    assert run.startswith("run --rm --network host")
    assert run.endswith("apache/kafka:4.4.0")
    assert f"--volume {tmp_path}/data/config:/mnt/shared/config:ro" in run
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:19555" in settings


@pytest.mark.parametrize(("password", "secure"), [("", "false"), ("well kept", "true")])
def test_elasticsearch_in_docker_asks_for_a_password_when_told(
    script: Script, programs: Path, tmp_path: Path, password: str, secure: str
) -> None:
    calls = docker(programs, tmp_path)
    folder = tmp_path / "data"

    done = script("elasticsearch", str(folder), "19556", BUNCO_SERVICES_PASSWORD=password)

    *_, run = calls.read_text(encoding="utf-8").splitlines()
    assert not done.returncode, done.stderr
    assert f"--env xpack.security.enabled={secure}" in run
    assert "--env http.host=127.0.0.1 --env http.port=19556" in run
    assert f"--volume {folder}/data:/usr/share/elasticsearch/data" in run
    assert not password or password not in run


def test_server_that_cannot_be_had_says_why(
    programs: Path, jdk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("JAVA_HOME", str(jdk))
    monkeypatch.setenv("BUNCO_SERVICES_CACHE", str(tmp_path / "cache"))

    reason = KafkaServer.missing()

    assert "Maven" in reason
    with pytest.raises(CannotBeHadError, match="Maven"):
        KafkaServer(tmp_path / "data").start()


def test_server_that_ends_shows_its_last_words(
    programs: Path, jdk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven(programs, tmp_path)
    program(jdk / "bin", "java", 'echo "no room on the disk" >&2; exit 3')
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("JAVA_HOME", str(jdk))
    monkeypatch.setenv("BUNCO_SERVICES_CACHE", str(tmp_path / "cache"))

    with pytest.raises(ServerError, match=r"ended with 3.*\n.*no room on the disk"):
        KafkaServer(tmp_path / "data").start()
