"""What users see is documented: every setting, command, field and link."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer.main

from bunco import codec, registry
from bunco.alert_options import AlertOptions, MailOptions
from bunco.cli.app import app
from bunco.model import Post, Removal, Verdict
from bunco.options import (
    DashboardOptions,
    HttpOptions,
    IdentityOptions,
    IngestOptions,
    KafkaOptions,
    LogOptions,
    PipelineOptions,
    ProcessOptions,
    SinkOptions,
    TokenOptions,
    UserOptions,
)
from bunco.values import Size

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TABLES = {
    "[pipeline]": PipelineOptions,
    "[http]": HttpOptions,
    "[log]": LogOptions,
    "[kafka]": KafkaOptions,
    "[ingest]": IngestOptions,
    "[process]": ProcessOptions,
    "[sink]": SinkOptions,
    "[dashboard]": DashboardOptions,
    "[[alert]]": AlertOptions,
    "[mail]": MailOptions,
    "[identity]": IdentityOptions,
    "[[dashboard.users]]": UserOptions,
    "[[dashboard.tokens]]": TokenOptions,
}
SHELVES: dict[registry.Shelf, str] = {
    "ingest.sources": "Source",
    "processors.detectors": "Detector",
    "bunco.stores": "Store",
    "bunco.notifiers": "Notifier",
}
_TYPED = re.compile(r"(?:^|\| |/)(bunco|make) ([a-z][a-z-]*)", re.MULTILINE)
"""A command as one types it: at the start, behind a pipe, or with its path."""

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def page(path: str) -> str:
    """Give the text of a file of the checkout."""
    return (ROOT / path).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Give what stands below a heading, up to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    rest = text[found.end() :]
    after = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: after.start()] if after else rest


def settings() -> Iterator[tuple[str, Any]]:
    """Give every table of a configuration: its heading in the docs, and its record."""
    yield from ((f"`{table}`", record) for table, record in TABLES.items())
    for shelf, word in SHELVES.items():
        for kind in registry.kinds(shelf):
            part = registry.part(shelf, kind, where="tests", key=kind)
            yield f"{word} `{kind}`", part.options


def toml(value: Any) -> str:
    """Give a default as one writes it in TOML; empty where it is no plain value.

    >>> toml(timedelta(hours=36)), toml(Size(15 << 20)), toml(True), toml(("a:1",))
    ('"36h"', '"15 MiB"', 'true', '["a:1"]')
    """
    match value:
        case timedelta():
            length = value // timedelta(milliseconds=1)
            unit = next(unit for unit, size in _UNITS.items() if not length % size)
            return f'"{length // _UNITS[unit]}{unit}"'
        case Size():
            power = max(p for p in range(4) if not value % (1 << 10 * p))
            return f'"{value >> 10 * power} {("B", "KiB", "MiB", "GiB")[power]}"'
        case (str(), *_):
            return json.dumps(list(value))
        case bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
    return ""


def default(field: msgspec.structs.FieldInfo) -> str:
    """Give what the default column of the docs says of a field."""
    if field.required:
        return "needed"
    value = field.default
    return f"`{text}`" if value is not msgspec.NODEFAULT and (text := toml(value)) else ""


@pytest.mark.parametrize(("heading", "record"), list(settings()))
def test_every_setting_is_documented_with_its_default(heading: str, record: Any) -> None:
    below = section(page("docs/configuration.md"), heading)
    rows = dict(re.findall(r"^\| `([^`]+)` \|(.*)\|$", below, re.MULTILINE))

    fields = {field.encode_name: default(field) for field in msgspec.structs.fields(record)}
    wrong = {name: text for name, text in fields.items() if text not in rows.get(name, "")}

    assert set(rows) == set(fields), "the rows of the table are the keys of the record"
    assert not wrong, "the default in the docs is not the default in the code"


def commands(command: Any = None, words: str = "bunco") -> Iterator[tuple[str, Any]]:
    """Give every command that a person can type, with its words."""
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", {})
    if not inner or getattr(command, "invoke_without_command", False):
        yield words, command
    for name, one in sorted(inner.items()):
        if not one.hidden:
            yield from commands(one, f"{words} {name}")


@pytest.mark.parametrize(("words", "command"), list(commands()))
def test_every_command_is_documented_with_its_options(words: str, command: Any) -> None:
    pages = page("docs/cli.md")
    top, *inner = words.split()[1:]
    headings = re.findall(r"^## (.*)$", pages, re.MULTILINE)
    own = "".join(section(pages, heading) for heading in headings if top in heading.split())

    told = own + section(pages, "What holds for all")
    options = [option for parameter in command.params for option in parameter.opts]
    missing = [one for one in options if one.startswith("--") and one not in told]

    assert f"bunco {top}" in own
    assert all(word in own for word in inner)
    assert set(missing) <= {"--help"}


def test_readme_lists_every_command() -> None:
    readme = page("README.md")

    missing = {words for words, _ in commands() if f"`{words}" not in readme and " " in words}

    assert not missing


def test_commands_that_the_docs_tell_of_exist() -> None:
    known = {words.split()[1] for words, _ in commands() if " " in words}
    targets = set(re.findall(r"^([a-z-]+):.*## ", page("Makefile"), re.MULTILINE))

    told = {
        (path.name, program, word)
        for path in PAGES
        for code in _code(path.read_text(encoding="utf-8"))
        for program, word in _TYPED.findall(code)
    }
    wrong = {one for one in told if one[2] not in (known if one[1] == "bunco" else targets)}

    assert told
    assert not wrong


def test_schema_of_the_wire_form_is_the_one_the_code_gives() -> None:
    written = json.loads(page("docs/wire-form.schema.json"))

    given = json.loads(json.dumps(codec.json_schema()))

    assert written == given, "write it anew: make schema"


@pytest.mark.parametrize("record", [Post, Removal, Verdict])
def test_every_field_of_the_wire_form_is_documented(record: Any) -> None:
    below = section(page("docs/wire-form.md"), f"A {record.__name__.lower()}")

    rows = re.findall(r"^\| `([^`]+)` \|", below, re.MULTILINE)

    assert sorted(rows) == sorted(record.__struct_encode_fields__)


@pytest.mark.parametrize(
    "example", re.findall(r"^\{.*\}$", page("docs/wire-form.md"), re.MULTILINE)
)
def test_examples_of_the_wire_form_are_taken(example: str) -> None:
    item = codec.decode_item(example.encode())

    assert isinstance(item, Post | Removal | Verdict)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_the_docs_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    broken = [
        link
        for link in re.findall(r"\]\(([^)\s]+)\)", _prose(text))
        if not re.match(r"https?:|mailto:", link) and not _leads_somewhere(path, link)
    ]

    assert not broken


def test_docs_that_the_code_names_exist() -> None:
    named = {
        (file.relative_to(ROOT).as_posix(), found)
        for top in ("bunco", "ingest", "processors", "dashboards", "tests", "bench", "training")
        for file in (ROOT / top).rglob("*.py")
        for found in re.findall(r"docs/[\w/.-]*\w", file.read_text(encoding="utf-8"))
    }

    missing = sorted(one for one in named if not _is_there(one[1]))

    assert not missing


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]

    unsaid = [
        f"{path.name}: {word}"
        for path in records
        for word in ("**What.**", "**Rejected.**")
        if word not in path.read_text(encoding="utf-8")
    ]

    assert numbers == list(range(1, len(records) + 1))
    assert not unsaid


def _code(text: str) -> list[str]:
    """Give what stands in code blocks of commands, and between back-quotes."""
    blocks = re.findall(r"^```(?:sh|console|text)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^    (\S.*)$", _prose(text), re.MULTILINE)
    return blocks + re.findall(r"`([^`\n]+)`", _prose(text))


def _prose(text: str) -> str:
    """Give a page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def _leads_somewhere(path: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    """Give the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", _prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _is_there(name: str) -> bool:
    """Say whether a file is there; a decision may be named by its number alone."""
    if re.fullmatch(r"docs/decisions/\d{4}", name):
        return any(ROOT.glob(f"{name}-*.md"))
    return (ROOT / name).exists() or any(ROOT.glob(f"{name}.*"))
