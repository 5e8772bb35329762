"""Write what is made from the description: ``python -m dashboards.kibana`` in a checkout."""

from pathlib import Path

from dashboards.kibana.drawing import svg
from dashboards.kibana.objects import DASHBOARDS, export

FOLDER = Path(__file__).resolve().parent


def files() -> dict[Path, bytes]:
    """Give every file made from the description, with what belongs in it."""
    docs = FOLDER.parents[1] / "docs"
    pictures = {docs / f"kibana-{board.name}.svg": svg(board).encode() for board in DASHBOARDS}
    return {FOLDER / "bunco.ndjson": export("bunco"), **pictures}


if __name__ == "__main__":
    for path, content in files().items():
        path.write_bytes(content)
