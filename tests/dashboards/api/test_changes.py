"""What the API changes: verdicts and taking them back, sources, an author forgotten."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bunco import codec
from bunco.clock import SystemClock
from tests.builders import a_post
from tests.dashboards.house import House, push, repeats

BASE = "/api/v1"


@pytest.fixture
def reviewer(guarded: House) -> Iterator[httpx.Client]:
    with guarded.asking("reviewer") as one:
        yield one


@pytest.fixture
def admin(guarded: House) -> Iterator[httpx.Client]:
    with guarded.asking("admin") as one:
        yield one


def an_author(house: House, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Bring in authors who repeat; give their findings of repeats."""
    with house.asking("pusher") as pusher:
        for number in range(count):
            push(pusher, repeats(6, author=f"web:{name}{number}.example", lang=name))
    with house.asking("viewer") as viewer:
        rows = []
        for number in range(count):
            params = {"author": f"web:{name}{number}.example", "detector": "repeats"}
            rows += viewer.get(f"{BASE}/findings", params=params).json()["rows"]
        return rows


def eventually(what: Callable[[], bool]) -> None:
    """Wait until something holds, some seconds at most."""
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to hold")


def test_a_verdict_is_kept_with_who_when_and_why(guarded: House, reviewer: httpx.Client) -> None:
    (finding,) = an_author(guarded, "judged")

    given = reviewer.post(
        f"{BASE}/findings/{finding['id']}/verdict",
        json={"judged": "fine", "because": " their digest "},
    )
    now = reviewer.get(f"{BASE}/findings/{finding['id']}").json()
    kept = reviewer.get(f"{BASE}/verdicts", params={"finding": finding["id"]}).json()["rows"]

    assert given.status_code == 200
    assert given.json()["by"] == "reviewer"
    assert given.json()["because"] == "their digest"
    assert given.json()["pattern"]["text"]
    assert now["verdict"] == given.json() == kept[0]
    assert now["quiet"] is True


@pytest.mark.parametrize(
    "said",
    [
        {"judged": "fine"},
        {"judged": "fine", "because": "  "},
        {"judged": "fine", "because": "x" * 2001},
        {"judged": "great", "because": "x"},
        {"judged": "mute", "because": "x"},
        {"judged": "mute", "because": "x", "until": "2001-01-01T00:00:00Z"},
        {"judged": "spam", "because": "x", "until": "2101-01-01T00:00:00Z"},
        [],
        3,
    ],
)
def test_a_verdict_that_is_not_whole_is_refused(reviewer: httpx.Client, said: Any) -> None:
    answer = reviewer.post(f"{BASE}/findings/none/verdict", json=said)

    assert answer.status_code == 422


def test_mute_lasts_for_a_time(guarded: House, reviewer: httpx.Client) -> None:
    (finding,) = an_author(guarded, "muted")
    until = SystemClock().now() + timedelta(days=7)

    said = {"judged": "mute", "because": "holiday", "until": until.isoformat()}
    given = reviewer.post(f"{BASE}/findings/{finding['id']}/verdict", json=said)

    assert given.status_code == 200
    assert given.json()["until"][:19] == until.isoformat()[:19]


def test_many_are_judged_as_counted_and_taken_back(guarded: House, reviewer: httpx.Client) -> None:
    findings = an_author(guarded, "bulk", 3)
    filters = {"words": "weird trick", "detector": "repeats", "author": "web:bulk1.example"}
    first = findings[1]["id"]
    reviewer.post(
        f"{BASE}/findings/{first}/verdict", json={"judged": "spam", "because": "before"}
    ).raise_for_status()

    count = reviewer.get(f"{BASE}/findings/count", params=filters).json()["count"]
    said = {"judged": "fine", "because": "all of them"}
    wrong = reviewer.post(
        f"{BASE}/findings/verdicts", params=filters, json=said | {"expected": count + 1}
    )
    right = reviewer.post(
        f"{BASE}/findings/verdicts", params=filters, json=said | {"expected": count}
    )
    judged = reviewer.get(f"{BASE}/findings/{first}").json()["verdict"]["judged"]
    undone = reviewer.post(
        f"{BASE}/findings/verdicts/undo",
        json={"findings": right.json()["findings"], "at": right.json()["at"]},
    )
    stands = reviewer.get(f"{BASE}/findings/{first}").json()["verdict"]["judged"]

    assert wrong.status_code == 409
    assert right.json()["count"] == count == 1
    assert judged == "fine"
    assert undone.json()["findings"] == [first]
    assert stands == "spam"


def test_what_was_never_judged_is_judged_none_when_it_is_taken_back(
    guarded: House, reviewer: httpx.Client
) -> None:
    (finding,) = an_author(guarded, "undone")
    given = reviewer.post(
        f"{BASE}/findings/{finding['id']}/verdict", json={"judged": "fine", "because": "x"}
    ).json()

    undo = {"findings": [finding["id"], "none"], "at": given["at"]}
    reviewer.post(f"{BASE}/findings/verdicts/undo", json=undo).raise_for_status()
    now = reviewer.get(f"{BASE}/findings/{finding['id']}").json()

    assert now["verdict"]["judged"] == "none"
    assert now["quiet"] is False


def test_nobody_takes_back_what_another_said(
    guarded: House, reviewer: httpx.Client, admin: httpx.Client
) -> None:
    (finding,) = an_author(guarded, "others")
    given = reviewer.post(
        f"{BASE}/findings/{finding['id']}/verdict", json={"judged": "fine", "because": "x"}
    ).json()

    undo = {"findings": [finding["id"]], "at": given["at"]}
    undone = admin.post(f"{BASE}/findings/verdicts/undo", json=undo)

    assert undone.json()["count"] == 0


def test_a_source_is_paused_resumed_and_tried(guarded: House, admin: httpx.Client) -> None:
    def health() -> str:
        return str(admin.get(f"{BASE}/sources").json()["rows"][0]["health"])

    def grown(number: int) -> None:
        with guarded.source.open("ab") as file:
            post = a_post(id=f"web:file.example/{number}", author="web:file.example")
            file.write(codec.encode(post) + b"\n")

    def stored(number: int) -> bool:
        return guarded.store.post(f"web:file.example/{number}") is not None

    grown(1)
    eventually(lambda: stored(1))
    paused = admin.post(f"{BASE}/sources/pause", params={"name": "file"})
    grown(2)
    time.sleep(0.3)

    assert paused.status_code == 200
    assert health() == "paused"
    assert not stored(2)

    admin.post(f"{BASE}/sources/resume", params={"name": "file"}).raise_for_status()
    eventually(lambda: stored(2))
    admin.post(f"{BASE}/sources/try", params={"name": "file"}).raise_for_status()
    grown(3)
    eventually(lambda: stored(3))

    assert health() == "ok"
    assert admin.get(f"{BASE}/sources/log", params={"name": "file"}).json()["rows"]
    assert admin.post(f"{BASE}/sources/pause", params={"name": "none"}).status_code == 404


def test_an_author_is_forgotten_for_good(guarded: House, admin: httpx.Client) -> None:
    an_author(guarded, "gone")
    author = "web:gone0.example"

    done = admin.post(f"{BASE}/author/forget", json={"id": author})
    again = admin.post(f"{BASE}/author/forget", json={"id": author})

    assert done.json() == {"id": author, "posts": 6, "findings": done.json()["findings"]}
    assert again.status_code == 404
    assert guarded.store.post(f"{author}/1") is None
    assert "gone0" not in json.dumps(admin.get(f"{BASE}/authors").json())
