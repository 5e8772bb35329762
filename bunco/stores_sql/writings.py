"""The numbers that writes to findings get: one more each time, never the same again."""

from collections.abc import Collection

import apsw

LAST_WRITTEN = (
    "max(ifnull((SELECT max(written) FROM findings), 0), "
    "ifnull((SELECT max(written) FROM removed_findings), 0))"
)
"""SQL for the number given last."""

NEXT_WRITTEN = f"{LAST_WRITTEN} + 1"
"""SQL for the number to give; each row that is written asks for its own."""


def note_removed(connection: apsw.Connection, findings: Collection[str]) -> None:
    """Note that findings are removed, before they are."""
    connection.executemany(
        f"INSERT INTO removed_findings SELECT {NEXT_WRITTEN}, ?",
        [(finding,) for finding in findings],
    )
