"""People sign in and out; guessing is slowed down."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.datastructures import Headers

from bunco.config import from_tables
from bunco.errors import ConfigError
from dashboards.access.gate import Gate
from dashboards.access.sessions import IDLE, MOST_EACH, Sessions
from dashboards.access.throttle import MOST_KEYS, Throttle
from dashboards.errors import TooOften, Unknown
from tests.dashboards.house import PASSWORD, House
from tests.fakes import FakeClock

NO_HEADERS = Headers({})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sign_in(client: httpx.Client, password: str = PASSWORD, **fields: str) -> httpx.Response:
    """Send the form."""
    return client.post("/login", data={"name": "ann", "password": password, **fields})


def test_a_person_is_led_to_the_form_and_back(signed: House) -> None:
    with signed.asking(headers={"Accept": "text/html"}) as client:
        led = client.get("/author?id=web:a%2Fb&x=1")
        form = client.get(led.headers["location"])
        done = sign_in(client, next="/author?id=web:a%2Fb&x=1")
        inside = client.get("/api/v1/stats")

    assert led.status_code == 303
    assert 'name="next" value="/author?id=web:a%2Fb&amp;x=1"' in form.text
    assert "<script" not in form.text
    assert done.headers["location"] == "/author?id=web:a%2Fb&x=1"
    assert inside.status_code == 200


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(signed: House) -> None:
    with signed.asking() as client:
        cookie = sign_in(client).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert len(cookie.split(";")[0].split("=")[1]) >= 43


def test_over_https_the_cookie_is_secure() -> None:
    options = from_tables(
        {"dashboard": {"base_url": "https://a.example"}}, where="t", environment={}
    )
    gate = Gate(options.dashboard, FakeClock())

    cookie = gate.cookie({"scheme": "http"}, NO_HEADERS, "word")

    assert cookie.startswith("__Host-bunco_8600=word")
    assert cookie.endswith("; Secure")


def test_a_role_holds_for_a_session_too(signed: House) -> None:
    with signed.asking() as client:
        sign_in(client)
        viewer = client.get("/api/v1/findings")
        reviewer = client.post("/api/v1/findings/none/verdict", json={"judged": "spam"})
        admin = client.get("/api/v1/settings")

    assert viewer.status_code == 200
    assert reviewer.status_code == 422
    assert admin.status_code == 403


def test_who_signed_out_is_out(signed: House) -> None:
    with signed.asking() as client:
        sign_in(client)
        stolen = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        left = client.post("/logout")
        again = client.get("/api/v1/stats", headers={"Cookie": stolen})

    assert left.status_code == 303
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert again.status_code == 401


def test_live_events_end_with_the_session(signed: House) -> None:
    with signed.asking() as client:
        sign_in(client)
        with client.stream(
            "GET", "/api/v1/events", headers={"Accept": "text/event-stream"}
        ) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            with signed.asking(cookies=dict(client.cookies)) as other:
                other.post("/logout")

            rest = list(lines)  # ends

    assert not any(line.startswith("data") for line in rest)


def test_a_wrong_password_is_told_without_telling_whether_there_is_such_a_person(
    signed: House,
) -> None:
    with signed.asking() as client:
        wrong = sign_in(client, "wrong password 1")
        nobody = sign_in(client, name="<script>bob")

    assert wrong.status_code == nobody.status_code == 401
    assert "Name or password is wrong." in wrong.text
    assert "Name or password is wrong." in nobody.text
    assert "&lt;script&gt;bob" in nobody.text
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    "body", [b"", b"name", b"name=%ff&password=%00", b"&" * 9000, b"name=a" * 2000, b"\xff\x00"]
)
def test_odd_forms_are_wrong_and_nothing_more(signed: House, body: bytes) -> None:
    with signed.asking() as client:
        answer = client.post("/login", content=body, headers=FORM)

    assert answer.status_code in {401, 429}


def test_guessing_gets_slow_and_the_owner_gets_in_after_a_wait() -> None:
    clock = FakeClock()
    gate = a_gate(clock)

    async def guesses(count: int, address: str) -> list[str]:
        told = []
        for _ in range(count):
            try:
                await gate.sign_in({"client": (address, 1)}, NO_HEADERS, "ann", "guess" * 4)
            except (Unknown, TooOften) as error:
                told.append(error.title)
        return told

    first = asyncio.run(guesses(15, "10.0.0.1"))
    with pytest.raises(TooOften) as refused:
        asyncio.run(gate.sign_in({"client": ("10.0.0.1", 1)}, NO_HEADERS, "ann", PASSWORD))
    wait = int(refused.value.headers["Retry-After"])
    clock.advance(timedelta(seconds=wait))
    word = asyncio.run(gate.sign_in({"client": ("10.0.0.1", 1)}, NO_HEADERS, "ann", PASSWORD))

    assert first == ["Unauthorized"] * 10 + ["Too Many Requests"] * 5
    assert 0 < wait <= 60
    assert gate.sessions.of(word) is not None


def test_guessing_from_many_addresses_gets_slow_too() -> None:
    gate = a_gate(FakeClock())

    async def guess(number: int) -> str:
        try:
            await gate.sign_in({"client": (f"10.0.{number}.1", 1)}, NO_HEADERS, "ann", "guess" * 4)
        except (Unknown, TooOften) as error:
            return error.title
        return "in"

    told = [asyncio.run(guess(number)) for number in range(40)]

    assert told.count("Unauthorized") == 30
    assert told.count("Too Many Requests") == 10


def test_a_throttle_keeps_within_its_bound() -> None:
    throttle = Throttle(FakeClock(), free=3, each=timedelta(minutes=1))

    for number in range(MOST_KEYS + 500):
        throttle.failed(str(number))

    assert len(throttle) == MOST_KEYS


def test_sessions_end_when_idle_when_old_and_when_too_many() -> None:
    clock = FakeClock()
    sessions = Sessions(clock, timedelta(days=7))
    idle, old = sessions.begin("ann"), sessions.begin("bob")

    clock.advance(IDLE - timedelta(seconds=1))
    assert sessions.of(old) is not None
    clock.advance(timedelta(seconds=2))
    assert sessions.of(idle) is None
    for _ in range(10):
        clock.advance(IDLE / 2)
        sessions.of(old)
    assert sessions.of(old) is not None
    for _ in range(4):
        clock.advance(IDLE / 2)
        sessions.of(old)
    assert sessions.of(old) is None
    words = [sessions.begin("ann") for _ in range(MOST_EACH + 1)]
    assert [sessions.of(word) is not None for word in words] == [False] + [True] * MOST_EACH


@pytest.mark.parametrize(
    ("dashboard", "key"),
    [
        ({"host": "0.0.0.0"}, "dashboard.host"),  # noqa: S104  # refused
        ({"host": "192.0.2.1"}, "dashboard.host"),
        ({"host": "example.org"}, "dashboard.host"),
        ({"host": "::"}, "dashboard.host"),
        ({"users": [{"name": "ann"}]}, "dashboard.users[1]"),
        (
            {"users": [{"name": "ann", "password_hash": "secret"}]},
            "dashboard.users[1].password_hash",
        ),
        ({"tokens": [{"name": "a"}]}, "dashboard.tokens[1]"),
        ({"tokens": [{"name": "a", "token_hash": "bunco_x"}]}, "dashboard.tokens[1].token_hash"),
        ({"trusted_proxies": ["proxy"]}, "dashboard.trusted_proxies"),
    ],
)
def test_what_would_leave_it_open_is_refused_at_the_start(
    dashboard: dict[str, object], key: str
) -> None:
    options = from_tables({"dashboard": dashboard}, where="bunco.toml", environment={})

    with pytest.raises(ConfigError) as refused:
        Gate(options.dashboard, FakeClock(), "bunco.toml")

    assert refused.value.key == key
    assert "secret" not in str(refused.value)
    assert "bunco_x" not in str(refused.value)


def test_a_secret_that_stands_in_the_file_is_not_shown_in_the_error() -> None:
    users = [{"name": "ann", "password": "hunter2hunter2"}]

    with pytest.raises(ConfigError) as refused:
        from_tables({"dashboard": {"users": users}}, where="bunco.toml", environment={})

    assert "hunter2" not in str(refused.value)


def a_gate(clock: FakeClock) -> Gate:
    """Give the gate of a house where ann signs in, with a hash that is quickly checked."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    users = [{"name": "ann", "role": "reviewer", "password_hash": quick}]
    options = from_tables({"dashboard": {"users": users}}, where="t", environment={})
    return Gate(options.dashboard, clock)
