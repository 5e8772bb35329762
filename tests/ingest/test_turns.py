import asyncio
from datetime import timedelta

import pytest

from ingest import turns
from ingest.turns import Turns, is_this_machine


async def _starts(at: Turns, hosts: list[str], lasting: float = 0.0) -> list[float]:
    loop = asyncio.get_running_loop()
    started: list[float] = []

    async def one(host: str) -> None:
        async with at.at(host):
            started.append(loop.time())
            await asyncio.sleep(lasting)

    await asyncio.gather(*(one(host) for host in hosts))
    return [moment - started[0] for moment in started]


def test_starts_at_one_host_are_apart_and_others_do_not_wait() -> None:
    spacing = timedelta(milliseconds=50)

    same = asyncio.run(_starts(Turns(4, spacing), ["a.example"] * 3))
    others = asyncio.run(_starts(Turns(4, spacing), ["a.example", "b.example", "c.example"]))

    assert same[1] >= 0.05
    assert same[2] >= 0.1
    assert others[2] < 0.05


def test_only_so_many_are_at_a_host_at_once() -> None:
    starts = asyncio.run(_starts(Turns(2, timedelta(0)), ["a.example"] * 4, lasting=0.05))

    assert starts[1] < 0.04
    assert starts[2] >= 0.04


def test_the_machine_itself_needs_no_spacing() -> None:
    starts = asyncio.run(_starts(Turns(4, timedelta(seconds=5)), ["127.0.0.1"] * 4))

    assert starts[-1] < 1


def test_all_of_reddit_is_one_slow_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_REDDIT_SPACING", timedelta(milliseconds=80))
    hosts = ["www.reddit.com", "old.reddit.com"]

    starts = asyncio.run(_starts(Turns(4, timedelta(0)), hosts))

    assert starts[1] >= 0.08


def test_a_waiting_request_that_gives_up_lets_the_next_one_in() -> None:
    async def run() -> None:
        at = Turns(1, timedelta(0))
        async with at.at("a.example"):
            waiting = asyncio.create_task(_starts(at, ["a.example"]))
            await asyncio.sleep(0.01)
            waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.wait_for(_starts(at, ["a.example"]), 1)

    asyncio.run(run())


def test_idle_hosts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_MOST_REMEMBERED", 10)

    async def run() -> int:
        at = Turns(1, timedelta(0))
        for number in range(100):
            async with at.at(f"host{number}.example"):
                pass
        return len(at._hosts)

    assert asyncio.run(run()) <= 11


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.9.9.9", "::1", "[::1]"])
def test_the_machine_itself_is_known_by_its_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1", "example.org"])
def test_others_are_not_the_machine_itself(host: str) -> None:
    assert not is_this_machine(host)


def test_what_a_request_asks_for_does_not_hurry_the_feeds_of_reddit() -> None:
    feeds, api = Turns(4, timedelta(0)), Turns(4, timedelta(seconds=5))
    quick = timedelta(milliseconds=1)

    minute = feeds._slot("old.reddit.com").apart(quick)
    own = api._slot("oauth.reddit.com").apart(quick)

    assert (minute, own) == (60, 0.001)
    assert feeds._slot("www.reddit.com") is feeds._slot("old.reddit.com")
