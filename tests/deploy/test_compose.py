"""The stack of docker-compose.yml, as Compose itself reads it. No container is started here."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bunco.cli.app import app
from bunco.config import read
from tests.deploy.compose_project import ROOT, load, project

Service = dict[str, Any]

PARTS = {
    "kafka",
    "elasticsearch",
    "kibana",
    "setup",
    "ingester",
    "processor-1",
    "processor-2",
    "sink",
    "dashboard",
    "mail",
}
"""What a stack has, whatever else it needs for it."""


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    return project()


@pytest.fixture(scope="module")
def services(stack: dict[str, Any]) -> dict[str, Service]:
    return dict(stack["services"])


@pytest.fixture(scope="module")
def ours(services: dict[str, Service]) -> dict[str, Service]:
    return {name: one for name, one in services.items() if "build" in one}


def runs_once(service: Service) -> bool:
    return bool(service.get("restart") == "no")


def test_compose_reads_it_without_a_word(services: dict[str, Service]) -> None:
    said = load(ROOT / "docker-compose.yml").stderr

    assert not said
    assert set(services) >= PARTS


def test_mistake_in_it_would_be_found(tmp_path: Path) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text.replace("setup: { condition", "set-up: { condition"), encoding="utf-8")

    done = load(broken)

    assert done.returncode
    assert "set-up" in done.stderr


def test_everything_that_stays_has_a_health_check(services: dict[str, Service]) -> None:
    without = {name for name, one in services.items() if not one.get("healthcheck", {}).get("test")}

    assert without == {name for name, one in services.items() if runs_once(one)}
    assert without == {"keys", "setup", "kibana-setup"}


def test_every_wait_can_come_to_an_end(services: dict[str, Service]) -> None:
    waits = {
        (name, other, wait["condition"])
        for name, one in services.items()
        for other, wait in (one.get("depends_on") or {}).items()
    }

    wrong = {
        (name, other)
        for name, other, condition in waits
        if condition
        != ("service_completed_successfully" if runs_once(services[other]) else "service_healthy")
    }

    assert not wrong
    assert {name for name, _, _ in waits} == set(services) - {"keys", "kafka", "mail"}


def test_everything_has_a_limit_of_memory(services: dict[str, Service]) -> None:
    limits = {name: int(one.get("mem_limit") or 0) for name, one in services.items()}

    assert all(limits.values())
    assert sum(limits.values()) < 12 << 30, "a stack for one machine of 16 GiB"


def test_images_are_pinned(services: dict[str, Service]) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]

    images = {name: one["image"] for name, one in services.items()}

    assert not [image for image in images.values() if not re.search(r":v?\d+\.\d+\.\d+$", image)]
    assert {image for image in images.values() if image.startswith("bunco:")} == {
        f"bunco:{version}"
    }
    assert images["elasticsearch"].split(":")[1] == images["kibana"].split(":")[1]


def test_servers_are_those_that_tests_run_with(services: dict[str, Service]) -> None:
    for name in ("kafka", "elasticsearch"):
        script = (ROOT / "deploy" / "services" / name / "up.sh").read_text(encoding="utf-8")
        tested = re.search(r"^VERSION=(.*)$", script, re.MULTILINE)

        assert tested
        assert services[name]["image"].endswith(f":{tested[1]}")


def test_our_images_are_never_pulled(ours: dict[str, Service]) -> None:
    assert {one["pull_policy"] for one in ours.values()} == {"build"}


def test_no_password_stands_in_the_open(services: dict[str, Service]) -> None:
    secret = re.compile(r"password|passwd|secret|token|api_?key|credential", re.IGNORECASE)

    open_ones = {
        (name, key)
        for name, one in services.items()
        for key in one.get("environment") or {}
        if secret.search(key) and not key.endswith("_FILE")
    }

    assert not open_ones
    assert "changeme" not in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def test_each_container_sees_no_more_keys_than_it_needs(services: dict[str, Service]) -> None:
    keys = {
        name: {v["source"] for v in one.get("volumes") or [] if v["source"].startswith("keys-")}
        for name, one in services.items()
    }
    writable = {
        name
        for name, one in services.items()
        for v in one.get("volumes") or []
        if v["source"].startswith("keys-") and not v.get("read_only")
    }

    assert writable == {"keys"}
    assert keys.pop("keys") == keys.pop("setup") == {"keys-bunco", "keys-elastic", "keys-kibana"}
    assert keys.pop("elasticsearch") == {"keys-elastic"}
    assert keys.pop("kibana") == {"keys-kibana"}
    assert {one for held in keys.values() for one in held} == {"keys-bunco"}


def test_ports_are_published_on_loopback_alone(services: dict[str, Service]) -> None:
    published = {
        name: {(port["host_ip"], port["published"]) for port in one["ports"]}
        for name, one in services.items()
        if one.get("ports")
    }

    assert {address for ports in published.values() for address, _ in ports} == {"127.0.0.1"}
    assert set(published) == {"dashboard", "kibana", "mail"}


def test_kafka_and_elasticsearch_cannot_be_reached_from_outside(
    stack: dict[str, Any], services: dict[str, Service]
) -> None:
    assert stack["networks"]["inside"]["internal"]
    assert set(services["kafka"]["networks"]) == {"inside"}
    assert set(services["elasticsearch"]["networks"]) == {"inside"}


def test_volumes_are_declared_and_used(stack: dict[str, Any], services: dict[str, Service]) -> None:
    used = [
        v["source"]
        for one in services.values()
        for v in one.get("volumes") or []
        if v["type"] == "volume"
    ]

    assert set(used) == set(stack["volumes"])
    assert [used.count(f"processor-{number}") for number in (1, 2)] == [1, 1]


def test_our_containers_may_do_little(ours: dict[str, Service]) -> None:
    assert len(ours) == 8
    for one in ours.values():
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in one["security_opt"]
        assert not one.get("privileged")


def commands(service: Service) -> Iterator[list[str]]:
    """Give the ``bunco`` commands that a service starts, checks itself with, or finds in setup."""
    words = [*(service.get("entrypoint") or ["bunco"]), *(service.get("command") or [])]
    words += (service.get("healthcheck") or {}).get("test") or []
    text = " ".join(words)
    if "setup.sh" in text:
        text = (ROOT / "deploy" / "compose" / "setup.sh").read_text(encoding="utf-8")
    for found in re.findall(r"\bbunco ((?:[a-z]+ ?)+)", text):
        yield found.split()


def test_commands_of_the_stack_exist(ours: dict[str, Service]) -> None:
    started = {tuple(words) for one in ours.values() for words in commands(one)}

    missing = {words for words in started if not is_command(words)}

    assert len(started) >= 6
    assert not missing


def is_command(words: tuple[str, ...]) -> bool:
    command: Any = typer.main.get_command(app)
    for word in words:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            return False
    return not getattr(command, "commands", None)


def test_ports_of_health_are_those_of_the_configuration(services: dict[str, Service]) -> None:
    config = read(ROOT / "deploy" / "bunco.toml")

    assert services["processor-1"]["healthcheck"]["test"][-1] == str(config.process.port)
    assert services["sink"]["healthcheck"]["test"][-1] == str(config.sink.port)
    dashboard = services["dashboard"]
    assert dashboard["healthcheck"]["test"][-1] == dashboard["command"][-1]
    assert dashboard["ports"][0]["target"] == int(dashboard["command"][-1])


def test_dashboard_of_the_stack_lets_nobody_in_without_a_password(
    services: dict[str, Service],
) -> None:
    text = (ROOT / "deploy" / "bunco.toml").read_text(encoding="utf-8")
    (user,) = tomllib.loads(text)["dashboard"]["users"]

    mounted = {v["source"]: v["target"] for v in services["dashboard"]["volumes"]}

    assert user["password"]["file"] == f"{mounted['keys-bunco']}/dashboard"


def test_configuration_of_the_stack_fits_it(services: dict[str, Service]) -> None:
    config = read(ROOT / "deploy" / "bunco.toml")

    (target,) = {
        v["target"] for v in services["processor-1"]["volumes"] if v["source"] == "processor-1"
    }
    advertised = services["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert config.kafka.bootstrap == (advertised.removeprefix("PLAINTEXT://"),)
    assert config.store.kind == "elastic"
    assert config.process.data == target
    assert any(source.enabled for source in config.sources), "else an ingester has nothing to do"
