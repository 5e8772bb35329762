"""What is deleted on a server with Mastodon's API is nowhere in the bytes of the store."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.removals import HEADLINE, WORDS, traces, watched
from tests.e2e.test_polled_removals import minutes, served
from tests.ingest.mastodon.fediverse import Mastodon, post_id

TOKEN = "the-token"  # noqa: S105  # of a server on loopback
BODY = f"<p>More about the {WORDS[0]} and each {WORDS[1]}.</p>"
CARD = {"title": HEADLINE, "url": "https://removed.example/"}
TIMES = 6


def write(network: Mastodon) -> list[str]:
    """Publish what is to go, six times; the last cannot be read."""
    at = [minutes(number) for number in range(TIMES + 1)]
    found = [network.write(BODY, minutes=one, card=CARD) for one in at[:-1]]
    return [*found, network.write(minutes=at[-1], spoiler_text=[BODY])]


def options(network: Mastodon, folder: Path, **changes: Any) -> dict[str, Any]:
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    network.token = TOKEN
    quick = {"every": "100ms", "spacing": "0s", "allow_private": True}
    token = {"token": {"file": str(folder / "token")}}
    return {"kind": "mastodon", "url": network.url, **token, **quick, **changes}


@pytest.mark.parametrize("mode", ["stream", "poll"])
def test_a_deleted_status_and_its_edits_leave_no_trace(tmp_path: Path, mode: str) -> None:
    network = Mastodon()
    ids = [post_id(number) for number in range(1, TIMES + 2)]
    with served(network):
        found = write(network)
        settings = options(network, tmp_path, mode=mode, recheck=mode == "poll")
        with watched(tmp_path, settings) as run:
            run.until_told()
            now = minutes(2 * TIMES)
            network.edit(found[0], f"<p>Now without {WORDS[0]}, a better {WORDS[1]}</p>", now)
            run.until(lambda: run.store.stats().posts == TIMES + 1, "the edit is not stored")
            run.until(lambda: run.store.stats().dead == 1, "nothing was set aside")
            for local in found:
                network.delete(local)
            run.until_removed(*ids)

    assert traces(tmp_path) == []
