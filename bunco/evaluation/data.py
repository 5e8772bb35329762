"""Where the data that measures bunco is; none of it is part of the package."""

import os
from pathlib import Path

from bunco.errors import UsageError


def data_folder(given: Path | None = None) -> Path:
    """Give the folder of the data: the one named, else one of the usual places.

    The usual places are ``$BUNCO_SHARED/data`` and ``../shared/data`` beside the checkout or
    the working directory.

    Raises:
        UsageError: there is no such folder.
    """
    if given is not None:
        if not given.is_dir():
            raise UsageError(f"there is no folder {given}")
        return given
    shared = os.environ.get("BUNCO_SHARED")
    places = [
        *([Path(shared) / "data"] if shared else []),
        Path(__file__).resolve().parents[3] / "shared" / "data",
        Path.cwd().parent / "shared" / "data",
    ]
    for place in places:
        if place.is_dir():
            return place
    raise UsageError(
        "name the folder of the data with --data (docs/detectors.md tells what it holds)"
    )


def file_in(folder: Path, name: str) -> Path:
    """Give the path of one of its files.

    Raises:
        UsageError: it is not there.
    """
    path = folder / name
    if not path.exists():
        raise UsageError(f"{path} is not there; docs/detectors.md tells what is measured on what")
    return path
