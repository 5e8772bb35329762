"""Items are safe when the inbox says so; who waits in vain is told."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bunco.model import Delivery
from dashboards.errors import Unavailable
from dashboards.inbox import Inbox
from tests.builders import a_post


class Outlet:
    """Keep what is put."""

    def __init__(self) -> None:
        self.put_in: list[Delivery] = []

    async def put(self, delivery: Delivery) -> None:
        """Keep it."""
        self.put_in.append(delivery)


def outcome(inbox: Inbox, outlet: Outlet, told: Sequence[str]) -> str:
    """Bring a post in, let things happen, and tell what became of it."""

    async def bring() -> str:
        waiting = asyncio.create_task(inbox.accept([a_post()]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for what in told:
            if what == "another commit":
                inbox.committed([Delivery(source="", items=(a_post(),), cursor=b"")])
            elif what == "its commit":
                inbox.committed(outlet.put_in)
            else:
                inbox.close()
        try:
            await waiting
        except Unavailable as error:
            return error.detail
        return "safe"

    return asyncio.run(bring())


@pytest.mark.parametrize(
    ("told", "became"),
    [
        (["its commit"], "safe"),
        (["another commit", "its commit"], "safe"),
        (["its commit", "its commit", "close"], "safe"),
        (["another commit"], "the pipeline is busy"),
        (["close"], "the run has ended"),
    ],
)
def test_a_post_is_safe_with_its_own_commit(told: list[str], became: str) -> None:
    outlet = Outlet()
    inbox = Inbox(outlet, wait=timedelta(milliseconds=200))

    assert outcome(inbox, outlet, told) == became


def test_a_closed_inbox_takes_nothing() -> None:
    outlet = Outlet()
    inbox = Inbox(outlet)
    inbox.close()

    assert outcome(inbox, outlet, []) == "the run has ended"
    assert outlet.put_in == []
    assert not inbox.is_open
