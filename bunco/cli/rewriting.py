"""Replace a file as a whole: a kill at any moment leaves the old one or the new one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def rewrite(path: Path, content: bytes) -> None:
    """Write a file anew, with the permissions of the one it replaces.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o644)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
