"""What the log of sources says, brought down to one record of each."""

from collections.abc import Iterable
from typing import Any

from bunco import log
from bunco.errors import BadInput
from bunco.streams.records import SourceRecord, check_version, decode_source

_log = log.logger(__name__)


class Known:
    """The records of one partition, brought down to what counts."""

    def __init__(self) -> None:
        self.records: dict[str, SourceRecord] = {}

    def see(self, key: bytes | None, value: bytes | None, headers: Iterable[Any] = ()) -> None:
        """Take one record, in the order of the log.

        The highest generation wins, among equals the later one: a straggler that wrote after
        it had lost the partition changes nothing.
        """
        name = (key or b"").decode("utf-8", "replace")
        if value is None:
            self.records.pop(name, None)
            return
        try:
            check_version(headers)
            record = decode_source(value)
        except BadInput as error:
            _log.warning("source record unreadable", source=name, reason=str(error))
            return
        before = self.records.get(name)
        if before is None or record.generation >= before.generation:
            self.records[name] = record

    def next_generation(self, of_group: int) -> int:
        """Give a number above all seen, and above what an earlier owner writes late.

        The group's own number alone would not do: it starts anew where a group stood empty
        for long, and every record would then lose against older ones.
        """
        seen = max((record.generation for record in self.records.values()), default=0)
        return seen + max(of_group, 1)
