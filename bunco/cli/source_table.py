"""Write one recognised source as a commented table of the configuration."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bunco.cli.feeds import source_name
from bunco.config import SourceConfig
from bunco.errors import UsageError
from ingest.recognition.recognised import Option, Recognised


def name_for(found: Recognised, wished: str, sources: Sequence[SourceConfig]) -> str:
    """Give the name of a new source.

    Raises:
        UsageError: the wished name is taken, or the same source is there already.
    """
    if (there := _same(found, sources)) is not None:
        raise UsageError(f"{found.found}: the source {there} reads it already")
    taken = {source.name for source in sources}
    if wished in taken:
        raise UsageError(f"there is a source of the name {wished} already")
    return wished or source_name(found.name, taken)


def table_of(found: Recognised, name: str, files: Mapping[str, str]) -> str:
    """Give the table as it stands in the file, what is to be filled in as comments.

    Args:
        found: what it is.
        name: of the source.
        files: where the secrets stand, by option.
    """
    lines = [f"# {_in_comment(found.found)}", "[[source]]", f"name = {_value(name)}"]
    lines.append(f"kind = {_value(found.kind)}")
    lines += [f"{key} = {_value(value)}" for key, value in found.options.items()]
    lines += [f"{key} = {{ file = {_value(files[key])} }}" for key in found.secrets]
    lines += [f"# {line}  # {why}" for line, why in found.missing]
    lines += [] if found.is_ready else ["enabled = false  # until the above is filled in"]
    return "\n" + "\n".join(lines) + "\n"


def _same(found: Recognised, sources: Sequence[SourceConfig]) -> str | None:
    """Give the name of a source that reads the same."""
    said: dict[str, Any] = {
        key: value for key, value in found.options.items() if key != "allow_private"
    }
    for source in sources:
        if source.kind != found.kind or found.secrets:
            continue
        if all(source.options.get(key) == value for key, value in said.items()):
            return source.name
    return None


def _in_comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _value(value: Option) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
