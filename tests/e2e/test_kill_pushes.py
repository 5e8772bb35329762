"""What a sender was answered 200 for is stored, whenever the run is killed."""

import threading
import time
from pathlib import Path

import httpx

from bunco import codec, wiring
from tests.builders import a_post
from tests.bunco.cli.test_serve import started

_SENDERS, _KILLS = 4, 2
BEARER = {"Authorization": "Bearer t"}


def pushed_until_it_fails(url: str, name: str, taken: list[str]) -> None:
    """Push post after post until the run is gone."""
    with httpx.Client(base_url=url, headers=BEARER, timeout=10) as client:
        for number in range(10_000):
            post = f"web:{name}/{number}"
            try:
                answer = client.post("/hooks/hook", content=codec.encode(a_post(id=post)))
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                taken.append(post)


def test_no_push_that_was_answered_is_lost(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t", encoding="utf-8")
    (tmp_path / "bunco.toml").write_text(
        f'store = {{ path = "{tmp_path}/kill.db" }}\npipeline = {{ batch_wait = "20ms" }}\n'
        f"dashboard = {{ port = 0 }}\n"
        f'[[source]]\nname = "hook"\nkind = "webhook"\ntoken = {{ file = "{tmp_path}/token" }}\n',
        encoding="utf-8",
    )
    taken: list[str] = []

    for turn in range(_KILLS):
        with started("run", "--config", str(tmp_path / "bunco.toml")) as (_, url):
            senders = [
                threading.Thread(
                    target=pushed_until_it_fails, args=(url, f"{turn}-{number}", taken)
                )
                for number in range(_SENDERS)
            ]
            for sender in senders:
                sender.start()
            time.sleep(0.4 + 0.15 * turn)
        for sender in senders:
            sender.join(20)

    store = wiring.open_store_at(str(tmp_path / "kill.db"))
    lost = [post for post in taken if store.post(post) is None]
    assert len(taken) > _KILLS * _SENDERS
    assert lost == []
    assert store.check() == []
    store.close()
