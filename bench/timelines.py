"""Write the recorded timelines among the shared data as files of the wire form.

    python -m bench.timelines OUTDIR [--data DIR]

One file for each timeline, sorted by time, for ``bunco replay``.
"""

import argparse
import sys
from pathlib import Path

from bunco.evaluation.data import data_folder
from bunco.evaluation.timelines import convert


def main() -> None:
    """Convert every timeline of the data folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.timelines", description=__doc__)
    parser.add_argument("outdir", type=Path, help="where the files go")
    parser.add_argument("--data", type=Path, help="the folder of the data")
    options = parser.parse_args()
    folder = data_folder(options.data) / "timelines"
    timelines = sorted(folder.glob("*.jsonl.gz"))
    if not timelines:
        sys.exit(f"there are no timelines in {folder}")
    options.outdir.mkdir(parents=True, exist_ok=True)
    for source in timelines:
        target = options.outdir / source.name.removesuffix(".gz")
        print(f"{target}: {convert(source, target):,} posts")


if __name__ == "__main__":
    main()
