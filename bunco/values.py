"""Values an operator writes in words: durations, sizes, and secrets that stay elsewhere."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB)")
_NO_SECRETS = '{ env = "NAME" } or { file = "PATH" }: no secrets in this file'
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class Duration(timedelta):
    """A length of time, written ``"90s"``, ``"15m"``, ``"6h"``, ``"7d"`` or ``"1h 30m"``."""


class Size(int):
    """A number of bytes, written ``"15 MiB"``."""


class Secret:
    """A value that is never shown; ``reveal`` gives it to the one who needs it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class LateSecret(Secret):
    """A secret that is read when it is asked for: most commands need it not."""

    def __init__(self, place: dict[str, str]) -> None:
        super().__init__(repr(place))
        self._place = place

    def reveal(self) -> str:
        """Read the value.

        Raises:
            ValueError: it cannot be read; says what may stand there.
        """
        return _secret(self._place).reveal()


def parse_duration(text: str) -> Duration:
    """Give the length of ``"90s"``, ``"15m"``, ``"6h"``, ``"7d"``, ``"2w"``, ``"1h 30m"``.

    Raises:
        ValueError: the text is no length of time.
    """
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError('a duration such as "90s", "15m", "6h", "7d" or "1h 30m"')
    return Duration(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))


def from_toml(wanted: type, value: Any) -> Any:  # noqa: ANN401  # TOML enters here
    """Decode one of these types, as msgspec's ``dec_hook``; it knows all others itself.

    Raises:
        ValueError: says what may stand there.
        NotImplementedError: the type is none of these.
    """
    if wanted is Duration:
        if isinstance(value, str):
            return parse_duration(value)
        raise ValueError('a duration in quotes, such as "15m"')
    if wanted is Size:
        if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
            return Size(int(match[1]) * _SIZES[match[2]])
        raise ValueError('a size in quotes, such as "15 MiB"')
    if wanted is Secret:
        return _secret(value)
    if wanted is LateSecret:
        match value:
            case {"env": str()} | {"file": str()} if len(value) == 1:
                return LateSecret(value)
        raise ValueError(_NO_SECRETS)
    raise NotImplementedError(wanted)


def _secret(value: Any) -> Secret:  # noqa: ANN401  # TOML enters here
    match value:
        case {"env": str(name)} if len(value) == 1:
            if name not in os.environ:
                raise ValueError(f"the environment variable {name} to be set")
            return Secret(os.environ[name])
        case {"file": str(path)} if len(value) == 1:
            try:
                return Secret(Path(path).read_text(encoding="utf-8").strip())
            except OSError as error:
                raise ValueError(f"a readable file ({error})") from error
    raise ValueError(_NO_SECRETS)
