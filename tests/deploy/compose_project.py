"""Read docker-compose.yml with the library that Docker Compose itself reads it with.

It is a Go program of 30 lines, built once where Go is and kept in the cache.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.services.required import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("validator")


def load(file: Path) -> subprocess.CompletedProcess[str]:
    """Give what the validator says of a compose file: the project as JSON, or the mistake.

    Ends the test, with the reason, where the validator is neither built nor can be.
    """
    return subprocess.run(
        [_validator(), file], cwd=file.parent, capture_output=True, text=True, check=False
    )


def project() -> dict[str, Any]:
    """Give our project, all profiles on."""
    done = load(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _validator() -> Path:
    """Give the built program; its name tells what it was built from."""
    places = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    sources = b"".join(path.read_bytes() for path in sorted(SOURCE.iterdir()))
    mark = hashlib.sha256(sources).hexdigest()[:12]
    built = Path(places) / "bunco-services" / f"compose-validator-{mark}"
    if not built.exists():
        _build(built)
    return built


def _build(target: Path) -> None:
    go = shutil.which("go")
    if not go:
        skip_or_fail("the compose file is read with a Go program, and there is no Go on PATH")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}")
    done = subprocess.run(
        [go, "build", "-o", part, "."], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        skip_or_fail(f"Go could not build the validator: {done.stderr.strip()[-300:]}")
    part.replace(target)
