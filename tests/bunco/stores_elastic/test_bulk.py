from datetime import timedelta

import pytest

from bunco.errors import StoreError, UnavailableError
from bunco.stores_elastic import bulk
from bunco.stores_elastic.bulk import Outcome, Write, send
from bunco.stores_elastic.connection import Connection, Reach
from tests.bunco.stores_elastic.scripted import ScriptedServer, items


def sent(server: ScriptedServer, count: int, patience: float = 5.0) -> Outcome:
    connection = Connection(Reach(urls=(server.url,)))
    writes = [
        Write(action="create", index="i", id=str(number), body=b'{"a":1}')
        for number in range(count)
    ]
    try:
        return send(
            connection,
            writes,
            patience=timedelta(seconds=patience),
            restore=lambda: server.requests.append(("restored", b"")),
        )
    finally:
        connection.close()


def ids(body: bytes) -> list[str]:
    return [line.split(b'"_id":"')[1].split(b'"')[0].decode() for line in body.splitlines()[::2]]


def test_what_was_taken_or_there_already_is_sent_once(scripted: ScriptedServer) -> None:
    scripted.answers = [items(201, 409, 200)]

    outcome = sent(scripted, 3)

    assert outcome == Outcome(there=frozenset({1}))
    assert len(scripted.requests) == 1


def test_only_what_a_busy_server_left_is_sent_again(scripted: ScriptedServer) -> None:
    scripted.answers = [items(201, 429, 201, 503), items(429, 201), items(201)]

    outcome = sent(scripted, 4)

    assert outcome == Outcome()
    assert [ids(body) for _, body in scripted.requests] == [["0", "1", "2", "3"], ["1", "3"], ["1"]]


def test_what_does_not_fit_is_told_with_the_servers_words_and_the_rest_goes_on(
    scripted: ScriptedServer,
) -> None:
    scripted.answers = [items(201, 400, 429), items(201)]

    outcome = sent(scripted, 3)

    assert [(one.place, one.reason) for one in outcome.refused] == [(1, "said 400")]


def test_a_whole_request_that_is_refused_for_a_time_is_sent_again(
    scripted: ScriptedServer,
) -> None:
    scripted.answers = [(503, {}), (429, {}), items(201)]

    assert sent(scripted, 1) == Outcome()


def test_a_server_that_stays_busy_is_given_up_after_the_patience(
    scripted: ScriptedServer,
) -> None:
    scripted.answers = [items(429)]

    with pytest.raises(UnavailableError, match="said 429"):
        sent(scripted, 1, patience=0.25)

    assert len(scripted.requests) == 2


def test_a_request_too_large_is_sent_by_halves_and_one_document_too_large_is_set_aside(
    scripted: ScriptedServer,
) -> None:
    too_large = (413, None)  # Elasticsearch says it without a word
    scripted.answers = [too_large, items(201), too_large, too_large, items(201)]

    outcome = sent(scripted, 3)

    assert [ids(body) for _, body in scripted.requests] == [
        *(["0", "1", "2"], ["0"], ["1", "2"], ["1"], ["2"])
    ]
    assert [one.place for one in outcome.refused] == [1]
    assert "too large" in outcome.refused[0].reason


def test_an_index_that_vanished_is_made_again(scripted: ScriptedServer) -> None:
    missing = items(404)
    scripted.answers = [missing, items(201)]

    assert sent(scripted, 1) == Outcome()

    assert [path for path, _ in scripted.requests if path == "restored"] == ["restored"]


def test_a_server_that_does_not_allow_it_loses_no_document(scripted: ScriptedServer) -> None:
    scripted.answers = [items(403)]

    with pytest.raises(StoreError, match="does not allow it"):
        sent(scripted, 1)


def test_much_is_sent_in_several_requests(
    scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_BYTES", 200)
    scripted.answers = [items(201, 201, 201), items(201, 201, 201), items(201)]

    sent(scripted, 7)

    assert [len(ids(body)) for _, body in scripted.requests] == [3, 3, 1]


def test_a_document_for_which_no_index_can_be_made_is_not_refused_but_sent_again(
    scripted: ScriptedServer,
) -> None:
    full = items(400)
    full[1]["items"][0]["create"]["error"]["reason"] = (
        "this action would add [1] shards, but this cluster currently has [9]/[9] maximum normal "
        "shards open"
    )
    scripted.answers = [full, items(201)]

    assert sent(scripted, 1) == Outcome()
    assert len(scripted.requests) == 2
