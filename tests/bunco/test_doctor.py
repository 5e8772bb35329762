"""The doctor tells what is wrong, and what to do about it."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bunco import doctor
from bunco.errors import SourceError
from bunco.model import Batch, DeadLetter, Delivery, dead_letter
from bunco.wiring import load_config, open_store
from tests.builders import NOON, a_post


class _OneAnswer:
    """A source that gives one delivery, or fails in one way."""

    def __init__(self, answer: Delivery | SourceError) -> None:
        self._answer = answer

    async def read(self, cursor: bytes) -> Delivery:
        del cursor
        if isinstance(self._answer, SourceError):
            raise self._answer
        return self._answer

    async def close(self) -> None:
        """Have nothing to close."""


class _Silent(_OneAnswer):
    """A source that never gives anything."""

    async def read(self, cursor: bytes) -> Delivery:
        del cursor
        await asyncio.sleep(3600)
        raise AssertionError


def _read(answer: Delivery | SourceError) -> doctor.Check:
    return asyncio.run(doctor.source("hn", _OneAnswer(answer), b""))


def _a_delivery(*dead: DeadLetter) -> Delivery:
    return Delivery(source="hn", items=(a_post(),), cursor=b"", dead=dead)


async def _all(config: Path | None) -> list[doctor.Check]:
    return [check async for check in doctor.examine(config, offline=True)]


def _examined(config: Path | None = None) -> dict[str, doctor.Check]:
    return {check.name: check for check in asyncio.run(_all(config))}


def test_this_python_is_fine() -> None:
    assert doctor.python().verdict == "ok"


def test_our_packages_are_ours() -> None:
    assert [check.verdict for check in doctor.packages()] == ["ok"]


def test_a_package_from_elsewhere_is_noticed() -> None:
    (check,) = doctor.packages(["bunco", "msgspec"])

    assert check.verdict == "fail"
    assert check.note.startswith("msgspec is not ours: it is imported from")
    assert "pipx" in check.advice


def test_a_package_that_is_missing_is_noticed() -> None:
    (check,) = doctor.packages(["bunco", "no_such_package"])

    assert check.note == "no_such_package is not ours: it cannot be imported"


def test_another_project_that_wrote_into_our_package_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, "processors", "processors/__init__.py", "processors/theirs.py")
    (tmp_path / "bunco").mkdir()
    (tmp_path / "bunco" / "__init__.py").write_text("")
    monkeypatch.setattr("bunco.__file__", str(tmp_path / "bunco" / "__init__.py"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "processors", raising=False)

    (check,) = doctor.packages(["processors"])

    assert check.note == 'processors is not ours: "processors" wrote into it as well'


def _install(site: Path, name: str, *files: str) -> None:
    """Leave the traces of an installed distribution."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    for file in files:
        (site / file).parent.mkdir(exist_ok=True)
        (site / file).write_text("")


@pytest.mark.parametrize(
    ("now", "newest", "verdict"),
    [
        (NOON, None, "ok"),
        (NOON, NOON - timedelta(days=1), "ok"),
        (NOON, NOON + timedelta(minutes=9), "ok"),
        (NOON, NOON + timedelta(minutes=11), "warn"),
        (datetime(1970, 1, 1, tzinfo=UTC), None, "fail"),
    ],
)
def test_a_clock_is_judged(now: datetime, newest: datetime | None, verdict: str) -> None:
    assert doctor.clock(now, newest).verdict == verdict


def test_room_on_the_disk_is_told_for_a_store_that_is_not_there(tmp_path: Path) -> None:
    check = doctor.disk(tmp_path / "no" / "such" / "bunco.db")

    assert check.name == "disk"
    assert str(tmp_path) in check.note


@pytest.mark.parametrize(
    ("answer", "verdict", "note"),
    [
        (_a_delivery(), "ok", "read: 1 posts"),
        (_a_delivery(dead_letter("hn:2", "no title", b"")), "warn", "read: 1 posts"),
        (SourceError("404 Not Found"), "fail", "404 Not Found"),
        (SourceError("no network", weight="temporary"), "fail", "no network"),
    ],
)
def test_a_source_is_read_once(answer: Delivery | SourceError, verdict: str, note: str) -> None:
    check = _read(answer)

    assert (check.name, check.verdict, check.note) == ("source hn", verdict, note)


def test_advice_for_a_source_says_who_must_act() -> None:
    assert "network of this machine" in _read(SourceError("x", weight="temporary")).advice
    assert "address" in _read(SourceError("x", weight="hard")).advice
    assert "tries again" in _read(SourceError("x", weight="dropped")).advice


def test_a_source_that_stays_silent_is_a_warning() -> None:
    check = asyncio.run(doctor.source("stream", _Silent(_a_delivery()), b"", wait_s=0.01))

    assert (check.verdict, check.note) == ("warn", "nothing came within 0 s")


def _configured(folder: Path, text: str) -> Path:
    path = folder / "bunco.toml"
    path.write_text(f'[store]\npath = "{folder}/bunco.db"\n{text}')
    return path


_SOURCE = '[[source]]\nname = "a"\nkind = "rss"\nurl = "https://news.example/feed"\n'


def test_a_sound_installation_is_ok_throughout(tmp_path: Path) -> None:
    checks = _examined(_configured(tmp_path, _SOURCE))

    assert list(checks) == ["python", "packages", "config", "store", "clock", "disk"]
    assert {check.verdict for check in checks.values()} <= {"ok", "warn"}
    assert checks["store"].note.endswith("is not there yet")
    assert not (tmp_path / "bunco.db").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "TOML file"),
        ("[nonsense]", "unknown table"),
        ('[[source]]\nname = "a"\nkind = "rss"\n', "url"),
        ('[[source]]\nname = "a"\nkind = "carrier_pigeon"\n', "jsonl"),
        ("[detectors.nonsense]", "repeats"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    check = _examined(_configured(tmp_path, text))["config"]

    assert check.verdict == "fail"
    assert said in check.note


def test_a_configuration_without_sources_is_a_warning(tmp_path: Path) -> None:
    assert _examined(_configured(tmp_path, ""))["config"].verdict == "warn"


def test_a_file_that_is_no_store_is_a_failure(tmp_path: Path) -> None:
    path = _configured(tmp_path, "")
    (tmp_path / "bunco.db").write_text("these are no tables" * 100)

    check = _examined(path)["store"]

    assert check.verdict == "fail"
    assert check.advice


def test_dead_letters_are_worth_a_warning(tmp_path: Path) -> None:
    path = _configured(tmp_path, "")
    store = open_store(load_config(path))
    store.commit(Batch(dead=(dead_letter("x:1", "why", b"{"),)))
    store.close()

    checks = _examined(path)

    assert checks["store"].verdict == "ok"
    assert checks["dead letters"].note == "1 dead letters"
