"""Sources are pushed to at /hooks/NAME; what is answered 2xx is stored."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bunco import codec
from bunco.values import Secret
from dashboards import hooks
from ingest.webhook.proof import Terms, signature
from tests.builders import a_post
from tests.dashboards.house import ACCOUNTS, TOKENS, House, house

BEARER = {"Authorization": "Bearer hook-token"}
SECRET = "a secret of a test"  # noqa: S105  # of a test
SIGNED = Terms(secret=Secret(SECRET))


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a house with two webhooks, one with a token, one with a secret."""
    folder = tmp_path_factory.mktemp("hooked")
    (folder / "token").write_text("hook-token", encoding="utf-8")
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    sources: list[dict[str, Any]] = [
        {"name": "hook", "kind": "webhook", "token": {"file": str(folder / "token")}},
        {"name": "signed/one", "kind": "webhook", "secret": {"file": str(folder / "secret")}},
    ]
    with house(folder, more={"source": sources}, most_bytes="64 KiB", **ACCOUNTS) as one:
        yield one


def push(one: House, name: str, body: bytes, **headers: str) -> httpx.Response:
    with one.asking() as client:
        return client.post(f"/hooks/{name}", content=body, headers=headers)


def post_of(name: str) -> bytes:
    return codec.encode(a_post(id=f"web:example.org/{name}", source=""))


def test_what_is_answered_is_stored(hooked: House) -> None:
    answer = push(hooked, "hook", post_of("a"), **BEARER)

    stored = hooked.store.post("web:example.org/a")
    assert (answer.status_code, answer.json()["taken"]) == (200, 1)
    assert stored is not None
    assert stored.post.source == "hook"


def test_the_source_tells_of_its_last_push(hooked: House) -> None:
    push(hooked, "hook", post_of("b"), **BEARER).raise_for_status()

    state = hooked.store.source_states()["hook"]
    assert state.polled_at is not None
    assert state.item_at == state.succeeded_at == state.polled_at
    assert hooked.store.polls("hook", limit=1)[0].outcome == "pushed"


def test_a_signed_push_is_taken_whatever_its_kind_or_origin(hooked: House) -> None:
    body = post_of("c")
    headers = {"X-Hub-Signature-256": signature(SIGNED, body), "Origin": "https://github.com"}

    answer = push(hooked, "signed/one", body, **headers)

    assert answer.status_code == 200
    assert hooked.store.post("web:example.org/c") is not None


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {TOKENS['admin']}"}],
)
def test_nobody_else_is_let_in_and_nothing_is_kept(hooked: House, headers: dict[str, str]) -> None:
    before = hooked.store.stats()

    answer = push(hooked, "hook", post_of("d"), **headers)

    assert answer.status_code == 401
    assert hooked.store.stats() == before


def test_a_token_of_a_source_opens_nothing_else(hooked: House) -> None:
    assert push(hooked, "signed/one", post_of("e"), **BEARER).status_code == 401
    with hooked.asking() as client:
        assert client.get("/api/v1/sources", headers=BEARER).status_code == 401


def test_there_is_no_hook_of_another_name(hooked: House) -> None:
    assert push(hooked, "nobody", b"{}", **BEARER).status_code == 404
    assert push(hooked, "", b"{}", **BEARER).status_code == 404


def test_a_body_beyond_the_limit_is_refused(hooked: House) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1024

    with hooked.asking() as client:
        said = client.post("/hooks/hook", content=b"x" * 70_000, headers=BEARER)
        unsaid = client.post("/hooks/hook", content=endless(), headers=BEARER)

    assert (said.status_code, unsaid.status_code) == (413, 413)


def test_a_host_that_is_not_ours_is_refused(hooked: House) -> None:
    assert push(hooked, "hook", post_of("f"), Host="evil.example", **BEARER).status_code == 421


def test_what_is_wrong_is_a_dead_letter_and_told(hooked: House) -> None:
    answer = push(hooked, "hook", b'{"id": "web:x"}', **BEARER)

    assert answer.status_code == 422
    assert "author" in answer.json()["reasons"][0]
    assert b'{"id": "web:x"}' in [letter.body for letter in hooked.store.dead().rows]


def test_a_paused_source_sends_the_sender_away_for_now(hooked: House) -> None:
    with hooked.asking("admin") as client:
        client.post("/api/v1/sources/pause", params={"name": "hook"}).raise_for_status()
        paused = push(hooked, "hook", post_of("g"), **BEARER)
        client.post("/api/v1/sources/resume", params={"name": "hook"}).raise_for_status()

    assert (paused.status_code, paused.headers["retry-after"]) == (503, "60")
    assert hooked.store.post("web:example.org/g") is None
    assert push(hooked, "hook", post_of("g"), **BEARER).status_code == 200


def test_a_flood_is_bounded_and_nothing_answered_is_lost(hooked: House) -> None:
    taken: list[str] = []
    sent_away: list[str] = []

    def many(worker: int) -> None:
        with hooked.asking(headers=BEARER) as client:
            for number in range(20):
                name = f"flood-{worker}-{number}"
                answer = client.post("/hooks/hook", content=post_of(name))
                (taken if answer.status_code == 200 else sent_away).append(name)
                assert answer.status_code in {200, 503}

    threads = [threading.Thread(target=many, args=(one,)) for one in range(hooks.AT_ONCE + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) + len(sent_away) == 20 * len(threads)
    assert all(hooked.store.post(f"web:example.org/{name}") for name in taken)


def test_the_same_push_again_changes_nothing(hooked: House) -> None:
    push(hooked, "hook", post_of("again"), **BEARER).raise_for_status()
    before = hooked.store.stats().posts

    assert push(hooked, "hook", post_of("again"), **BEARER).status_code == 200
    assert hooked.store.stats().posts == before
