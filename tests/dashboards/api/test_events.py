"""Live events over HTTP: whoever comes back with the last id misses nothing."""

import json
import threading
import time
from collections.abc import Callable, Collection
from random import Random
from typing import Any

import httpx
import pytest

from bunco.cli.reading import finding_fields
from bunco.ports.queries import FindingQuery
from dashboards.api.events import Wanted, event_lines
from dashboards.live import Change
from tests.builders import a_finding
from tests.dashboards.house import House, push, repeats

HEADERS = {"Accept": "text/event-stream"}


class Listener:
    """A client as browsers have it: it takes whole events, and the id of the last of them."""

    def __init__(self, client: httpx.Client, path: str = "/api/v1/events") -> None:
        self.client = client
        self.path = path
        self.mark = ""
        self.events: list[tuple[str, Any]] = []

    def listen(
        self, most_lines: int = 100_000, *, until: Callable[[], bool] = lambda: False
    ) -> None:
        """Connect, take so many lines, or until something holds, and be cut off."""
        headers = HEADERS | ({"Last-Event-ID": self.mark} if self.mark else {})
        mark, name, data = self.mark, "message", ""
        with self.client.stream("GET", self.path, headers=headers) as stream:
            assert stream.status_code == 200
            for number, line in enumerate(stream.iter_lines(), start=1):
                field, _, value = line.partition(": ")
                if line == "":
                    self.mark = mark
                    if data:
                        self.events.append((name, json.loads(data)))
                    name, data = "message", ""
                    if until():
                        return
                elif field == "id":
                    mark = value
                elif field == "event":
                    name = value
                elif field == "data":
                    data = value
                if number >= most_lines:
                    return

    def latest(self, ids: Collection[str]) -> dict[str, Any]:
        """Give the latest form of findings, as far as it was told."""
        told = {data["id"]: data for name, data in self.events if name == "finding"}
        return {one: told[one] for one in ids if one in told}


@pytest.mark.parametrize("seed", range(3))
def test_a_client_that_is_cut_off_again_and_again_has_everything_in_the_end(
    open_house: House, seed: int
) -> None:
    random = Random(seed)
    authors = [f"web:cut{seed}-{number}.example" for number in range(8)]
    with open_house.asking() as client, open_house.asking() as other:
        listener = Listener(client, "/api/v1/events?with_quiet=true")
        listener.listen(4)  # learns where it begins

        def write() -> None:
            for count in range(2, 9):
                for author in random.sample(authors, 4):
                    push(other, repeats(count, author=author)).raise_for_status()

        writing = threading.Thread(target=write)
        writing.start()
        while writing.is_alive():
            listener.listen(random.randint(4, 30))
            time.sleep(random.random() * 0.05)
        writing.join()
        stored = {
            finding.id: _json(finding)
            for author in authors
            for finding in open_house.store.findings(FindingQuery(author=author)).rows
        }
        listener.listen(until=lambda: listener.latest(stored) == stored)

    assert len(stored) >= len(authors)


def test_filters_hold_for_live_events_and_the_mark_moves_on(open_house: House) -> None:
    with open_house.asking() as client, open_house.asking() as other:
        listener = Listener(client, "/api/v1/events?author=web:wanted.example")
        listener.listen(4)
        before = listener.mark
        push(other, repeats(5, author="web:other.example"))
        listener.listen(until=lambda: listener.mark != before)
        push(other, repeats(5, author="web:wanted.example"))
        listener.listen(until=lambda: bool(listener.events))

    assert listener.mark != before
    assert {data["subject"] for _, data in listener.events} == {"web:wanted.example"}


def test_what_is_written_is_seen_within_a_second(open_house: House) -> None:
    with (
        open_house.asking() as client,
        open_house.asking() as other,
        client.stream("GET", "/api/v1/events", headers=HEADERS) as stream,
    ):
        lines = stream.iter_lines()
        while not next(lines).startswith("id"):
            continue
        took = []
        for number in range(3):  # the quickest: the machine may be busy with other things
            author = f"web:quick{number}.example"
            began = time.monotonic()
            push(other, repeats(6, author=author)).raise_for_status()
            while author not in next(lines):
                continue
            took.append(time.monotonic() - began)

    assert min(took) < 1.0


def test_a_mark_that_is_not_known_begins_anew_and_says_so(open_house: House) -> None:
    with open_house.asking() as client:
        listener = Listener(client)
        listener.mark = "of-another-store"
        listener.listen(until=lambda: listener.mark != "of-another-store")

    assert listener.events == [("reset", {})]


def test_a_viewer_that_leaves_is_no_viewer_any_more(open_house: House) -> None:
    with open_house.asking() as client:
        for _ in range(5):
            Listener(client).listen(4)
        for _ in range(100):
            text = client.get("/metrics").text
            if "bunco_viewers 0.0" in text:
                break
            time.sleep(0.05)

    assert "bunco_viewers 0.0" in text


def _json(finding: Any) -> Any:
    return json.loads(json.dumps(finding_fields(finding)))


def test_what_many_want_is_made_once() -> None:
    change = Change(mark="m", findings=(a_finding(), a_finding(id="f2", score=0.9)))

    first = event_lines(change, Wanted())
    again = event_lines(change, Wanted())
    fewer = event_lines(change, Wanted(least_score=0.8))

    assert again is first
    assert first.count(b"event: finding") == 2
    assert fewer.count(b"event: finding") == 1
    assert first.count(b"id: m") == fewer.count(b"id: m") == 1
