"""Imports into a stand-in for Kibana: by our client, and by the script that uses curl."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bunco.errors import UsageError
from bunco.values import Secret
from dashboards.kibana.objects import export
from dashboards.kibana.sending import Kibana, KibanaError, import_objects
from tests.dashboards.kibana.stand_in import StandIn, standing_in

SCRIPT = Path(__file__).resolve().parents[3] / "deploy/kibana/import.sh"
with_curl = pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")


@pytest.fixture
def server() -> Iterator[StandIn]:
    """Give a stand-in for Kibana."""
    with standing_in() as stand_in:
        yield stand_in


def script(server: StandIn, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the script against a server."""
    environment = {key: value for key, value in os.environ.items() if "KIBANA" not in key}
    return subprocess.run(
        ["sh", str(SCRIPT), *arguments],  # noqa: S607  # the shell of the machine
        env=environment | {"KIBANA_URL": server.url, "KIBANA_WAIT": "20"} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_import_sends_every_object_once(server: StandIn) -> None:
    count = import_objects(Kibana(url=server.url), export("bunco"))

    (received,) = server.received
    assert count == len(received.objects) == 12
    assert received.path == "/api/saved_objects/_import?overwrite=true"
    assert received.authorization == ""


@pytest.mark.parametrize(
    ("base", "space", "path"),
    [
        ("/", "", "/api/saved_objects/_import"),
        ("/kibana/", "", "/kibana/api/saved_objects/_import"),
        ("", "team a", "/s/team%20a/api/saved_objects/_import"),
        ("/kibana", "spam", "/kibana/s/spam/api/saved_objects/_import"),
    ],
)
def test_base_path_and_space_stand_in_the_address(
    server: StandIn, base: str, space: str, path: str
) -> None:
    import_objects(Kibana(url=server.url + base, space=space), export("bunco"))

    assert server.received[0].path == f"{path}?overwrite=true"


def test_api_key_goes_before_name_and_password(server: StandIn) -> None:
    both = Kibana(
        url=server.url, api_key=Secret("a2V5"), username="ann", password=Secret("pass:word")
    )
    pair = Kibana(url=server.url, username="ann", password=Secret("pass:word"))

    for kibana in (both, pair):
        import_objects(kibana, export("bunco"))

    assert [one.authorization for one in server.received] == [
        "ApiKey a2V5",
        "Basic YW5uOnBhc3M6d29yZA==",
    ]
    assert "a2V5" not in repr(both)
    assert "pass:word" not in repr(both)


def test_object_with_a_missing_reference_is_named(server: StandIn) -> None:
    lines = export("bunco").splitlines(keepends=True)
    without_posts = b"".join(line for line in lines if b'"id":"bunco-posts","managed"' not in line)

    with pytest.raises(KibanaError, match="lacks index-pattern bunco-posts") as error:
        import_objects(Kibana(url=server.url), without_posts)

    assert "search bunco-search-posts" in str(error.value)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"message":"[security_exception]"}', "401: wrong or missing credentials"),
        (404, b"<html>", "404: no Kibana at this address"),
        (503, b"Kibana server is not ready yet", "503: Kibana is not ready yet"),
        (302, b"", "302: is this a Kibana?"),
        (200, b"<html>log in</html>", "200: is this a Kibana?"),
        (200, b"[]", "200: is this a Kibana?"),
        (200, b'{"success":false,"successCount":3}', "Kibana took 3 objects, but not"),
    ],
)
def test_refusal_is_told_in_words(server: StandIn, status: int, body: bytes, said: str) -> None:
    server.answers = [(status, body)]

    with pytest.raises(KibanaError) as error:
        import_objects(Kibana(url=server.url), export("bunco"))

    assert said in str(error.value)


def test_many_failures_are_cut_short(server: StandIn) -> None:
    errors = [{"type": "search", "id": str(n), "error": {"type": "conflict"}} for n in range(9)]
    answer = {"success": False, "successCount": 2, "errors": errors}
    server.answers = [(200, json.dumps(answer).encode())]

    with pytest.raises(KibanaError, match=r"search 4 \(conflict\); and 4 more"):
        import_objects(Kibana(url=server.url), export("bunco"))


def test_nobody_there_is_told_with_the_address() -> None:
    with pytest.raises(KibanaError, match=r"http://127\.0\.0\.1:1:"):
        import_objects(Kibana(url="http://127.0.0.1:1"), export("bunco"))


@pytest.mark.parametrize(
    "url",
    [
        "kibana:5601",
        "ftp://kibana.example.org",
        "http://",
        "http://kibana:99999",
        "https://ann:secret@kibana.example.org",
        "http://kibana.example.org/?space=a",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as error:
        import_objects(Kibana(url=url), export("bunco"))

    assert "secret" not in str(error.value)


@with_curl
def test_script_imports_the_same_objects(server: StandIn) -> None:
    done = script(server)
    import_objects(Kibana(url=server.url), export("bunco"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "Imported: 12 objects.\n", "")
    assert server.received[0].objects == server.received[1].objects


@with_curl
def test_script_gives_credentials_and_space(server: StandIn) -> None:
    odd = 'pass:"\\ word'

    script(server, KIBANA_API_KEY="a2V5", KIBANA_SPACE="spam")
    script(server, KIBANA_USERNAME="ann", KIBANA_PASSWORD=odd)

    assert [one.authorization for one in server.received] == [
        "ApiKey a2V5",
        "Basic YW5uOnBhc3M6Ilwgd29yZA==",
    ]
    assert server.received[0].path.startswith("/s/spam/api/")


@with_curl
def test_script_waits_for_a_kibana_that_is_starting(server: StandIn) -> None:
    server.answers = [(503, b"Kibana server is not ready yet")]

    done = script(server)

    assert done.returncode == 0, done.stderr
    assert len(server.received) == 1


@with_curl
def test_script_fails_where_not_all_is_taken(server: StandIn) -> None:
    server.wanted = "ApiKey right"

    done = script(server, KIBANA_API_KEY="wrong")

    assert done.returncode == 1
    assert "Unauthorized" in done.stderr


@with_curl
def test_script_says_which_file_it_cannot_read(server: StandIn, tmp_path: Path) -> None:
    done = script(server, str(tmp_path / "none.ndjson"))

    assert done.returncode == 2
    assert "none.ndjson" in done.stderr
