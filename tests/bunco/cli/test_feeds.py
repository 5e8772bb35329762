"""Feeds go into a configuration file; what is there stays byte for byte."""

import tomllib
from pathlib import Path

import pytest
from msgspec import Struct

from bunco.cli.feeds import source_name, with_feeds
from bunco.errors import ConfigError


class _Feed(Struct, frozen=True):
    title: str
    url: str


_NEWS = _Feed(title="Daily News", url="https://news.example/feed")


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "bunco.toml"
    path.write_bytes(content)
    return path


def test_new_feeds_come_after_what_is_there(tmp_path: Path) -> None:
    there = b'# mine\r\n[store]\r\npath = "x.db"  # here'
    path = _file(tmp_path, there)

    merged = with_feeds(path, [_NEWS])

    assert merged.content.startswith(there)
    assert merged.added == 1
    assert tomllib.loads(merged.content.decode())["source"] == [
        {"name": "daily-news", "kind": "rss", "url": "https://news.example/feed"}
    ]


def test_feeds_that_are_there_are_left_alone(tmp_path: Path) -> None:
    there = b'[[source]]\nname = "n"\nkind = "rss"\nurl = "https://news.example/feed"\n'
    path = _file(tmp_path, there)

    merged = with_feeds(path, [_NEWS, _NEWS])

    assert (merged.content, merged.added) == (there, 0)


def test_names_are_made_unique(tmp_path: Path) -> None:
    there = b'[[source]]\nname = "daily-news"\nkind = "rss"\nurl = "https://a.example/"\n'
    path = _file(tmp_path, there)
    second = _Feed(title="daily  NEWS", url="https://b.example/")

    merged = with_feeds(path, [_NEWS, second])

    names = [source["name"] for source in tomllib.loads(merged.content.decode())["source"]]
    assert names == ["daily-news", "daily-news-2", "daily-news-3"]


def test_without_a_file_the_starter_begins_one(tmp_path: Path) -> None:
    merged = with_feeds(tmp_path / "bunco.toml", [_NEWS])

    tables = tomllib.loads(merged.content.decode())
    assert tables["store"] == {"kind": "sqlite", "path": "bunco.db"}
    assert len(tables["source"]) == 1


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, b"[store\n")

    with pytest.raises(ConfigError, match=r"bunco\.toml"):
        with_feeds(path, [_NEWS])


def test_a_file_with_its_sources_in_one_line_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, b'source = [{ name = "a", kind = "rss", url = "https://a.example" }]\n')

    with pytest.raises(ConfigError, match=r"\[\[source\]\]"):
        with_feeds(path, [_NEWS])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Hello, World!", "hello-world"),
        ("Été à Paris", "ete-a-paris"),
        ("Ann's and Bob\u2019s", "anns-and-bobs"),
        ("日本のニュース", "日本のニュース"),
        ('"]\n[store]', "store"),
        ("!!!", "feed"),
        ("x" * 100, "x" * 40),
    ],
)
def test_a_title_makes_a_name(title: str, name: str) -> None:
    assert source_name(title, set()) == name


def test_quotes_and_controls_in_an_address_stay_inside_the_string(tmp_path: Path) -> None:
    nasty = _Feed(title="", url='https://x.example/"\x7f\u2028\\')

    merged = with_feeds(tmp_path / "bunco.toml", [nasty])

    assert tomllib.loads(merged.content.decode())["source"][0]["url"] == nasty.url
