"""A configuration is shown without its secrets."""

import json

from bunco.config import from_tables
from bunco.config_shown import shown


def test_alerts_are_shown_as_far_as_they_are_set_and_without_passwords() -> None:
    tables = {
        "alert": [{"name": "me", "to": ["ann@example.org"], "quiet": "22:00-07:00"}],
        "notify": {"mail": {"kind": "smtp", "host": "mx", "password": {"env": "WORD"}}},
        "ledger": {"path": "alerts.db"},
    }

    given = shown(from_tables(tables, where="t", environment={}))

    assert given["alerts"] == [{"name": "me", "to": ["ann@example.org"], "quiet": "22:00-07:00"}]
    assert given["notify"]["mail"] == {
        "kind": "smtp",
        "host": "mx",
        "password": "(hidden, from the environment: WORD)",
    }
    assert given["ledger"] == {"kind": "sqlite", "path": "alerts.db"}


def test_no_secret_of_any_kind_is_shown() -> None:
    tables = {
        "store": {"kind": "elastic", "url": "https://elastic:hunter2@es.example:9200"},
        "source": [
            {
                "name": "a",
                "kind": "rss",
                "url": "https://ann:hunter2@example.org/feed.xml?key=hunter2#hunter2",
                "retention": "30d",
            },
            {"name": "b", "kind": "rss", "secret_url": {"env": "ALERT_URL"}},
            {"name": "c", "kind": "mail", "password": "hunter2", "api_key": "hunter2"},
            {"name": "d", "kind": "mail", "more": [{"token": "hunter2", "port": 5}]},
        ],
        "dashboard": {
            "users": [{"name": "ann", "password_hash": "$argon2id$hunter2"}],
            "tokens": [{"name": "x", "token": {"file": "/run/secrets/x"}}],
        },
    }
    environment = {"BUNCO_STORE__PASSWORD": "hunter2"}

    given = shown(from_tables(tables, where="t", environment=environment))

    text = json.dumps(given)
    assert "hunter2" not in text
    assert given["store"]["url"] == "https://…@es.example:9200"
    assert given["sources"][0]["url"] == "https://…@example.org/feed.xml?…"
    assert given["sources"][0]["retention"] == "30d"
    assert "(hidden, from the environment: ALERT_URL)" in given["sources"][1].values()
    assert given["dashboard"]["users"][0] == {
        "name": "ann",
        "role": "viewer",
        "password_hash": "(hidden)",
        "password": None,
    }


def test_plain_settings_are_shown_as_one_writes_them() -> None:
    given = shown(from_tables({}, where="t", environment={}))

    assert given["http"]["timeout"] == "30s"
    assert given["http"]["most_bytes"] == "15 MiB"
    assert given["dashboard"]["session"] == "7d"
    assert set(given["detectors"]) == {"repeats", "bursts", "crossposts"}
    assert "kafka" not in given
