"""A producer whose acknowledgements a test gives by hand."""

from kafka.future import Future
from msgspec import Struct


class Sent(Struct, frozen=True):
    """One record as it was handed to the producer, with what the sender waits for."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]
    future: Future

    def acknowledge(self) -> None:
        """Say that it is safe."""
        self.future.success(None)

    def fail(self, error: Exception) -> None:
        """Say that it was given up."""
        self.future.failure(error)


class FakeProducer:
    """Keeps what it was given to send; the client's ``send`` raises what ``raises`` holds."""

    def __init__(self, *, answers: bool = False) -> None:
        self.sent: list[Sent] = []
        self.answers = answers
        self.raises: list[Exception] = []
        self.renewed = 0

    def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        headers: list[tuple[str, bytes]] | None = None,
        partition: int | None = None,
    ) -> Future:
        """Take a record; acknowledge it at once where it ``answers``."""
        if self.raises:
            raise self.raises.pop(0)
        sent = Sent(topic, partition or 0, key, value or b"", headers or [], Future())
        self.sent.append(sent)
        if self.answers:
            sent.acknowledge()
        return sent.future

    def partitions_for(self, topic: str) -> set[int]:
        """Never asked for."""
        raise NotImplementedError(topic)

    def close(self, timeout: float | None = None) -> None:
        """Do nothing."""

    async def another(self) -> "FakeProducer":
        """Stand for a new producer too; count how often."""
        self.renewed += 1
        return self

    def values(self, topic: str) -> list[bytes]:
        """Give the values sent to a topic, in order."""
        return [sent.value for sent in self.sent if sent.topic == topic]
