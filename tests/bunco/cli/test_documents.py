"""Saved documents are parsed, lists of feeds come in and go out."""

import json
import tomllib
from pathlib import Path

from bunco.config import read
from tests.bunco.cli.shell import typed

_FEED = """<rss version="2.0"><channel><title>News</title><link>https://news.example/</link>
<item><title>Council approves new cycle lanes</title><link>https://news.example/1</link>
<guid>1</guid><pubDate>Mon, 02 Mar 2026 12:00:00 GMT</pubDate></item></channel></rss>"""

_OPML = """<opml version="2.0"><head><title>mine</title></head><body>
<outline text="News" type="rss" xmlUrl="https://news.example/feed"/>
<outline text="Fun"><outline text="Jokes" type="rss" xmlUrl="https://jokes.example/rss"/></outline>
</body></opml>"""


def test_a_saved_feed_gives_its_posts(folder: Path) -> None:
    (folder / "feed.xml").write_text(_FEED)

    result = typed("parse", "rss", "feed.xml", "--url", "https://news.example/feed")

    post = json.loads(result.stdout)
    assert result.exit_code == 0
    assert post["title"] == "Council approves new cycle lanes"
    assert post["posted_at"] == "2026-03-02T12:00:00Z"
    assert post["document"] == "feed.xml"
    assert post["author"].startswith("web:news.example")


def test_a_refused_document_is_named_and_the_others_are_read(folder: Path) -> None:
    (folder / "bad.xml").write_text("this is no feed at all")
    (folder / "feed.xml").write_text(_FEED)

    result = typed("parse", "rss", "bad.xml", "feed.xml", "missing.xml", ".")

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    refused = [line.split(":")[0] for line in result.stderr.splitlines()]
    assert refused == ["bad.xml", "missing.xml", "."]


def test_an_unknown_kind_lists_the_kinds() -> None:
    result = typed("parse", "nonsense", "x.xml")

    assert result.exit_code in {1, 2}


def test_feeds_are_imported_once_and_exported(folder: Path) -> None:
    (folder / "feeds.opml").write_text(_OPML)

    first = typed("import", "feeds.opml")
    again = typed("import", "feeds.opml")

    assert "2 feeds added" in first.stderr
    assert "0 feeds added, 2 were there already" in again.stderr
    assert [source.name for source in read(folder / "bunco.toml", {}).sources] == ["news", "jokes"]
    exported = typed("export")
    assert 'xmlUrl="https://jokes.example/rss"' in exported.stdout
    assert typed("export", "--out", "out.opml").exit_code == 0
    assert (folder / "out.opml").read_text() != ""


def test_an_import_leaves_the_file_as_it_was_where_it_is_wrong(folder: Path) -> None:
    (folder / "feeds.opml").write_text(_OPML)
    (folder / "bunco.toml").write_text("[store\n")

    result = typed("import", "feeds.opml")

    assert result.exit_code == 2
    assert (folder / "bunco.toml").read_text() == "[store\n"


def test_what_is_no_opml_is_refused(folder: Path) -> None:
    (folder / "feeds.opml").write_text("<html></html>")

    result = typed("import", "feeds.opml")

    assert result.exit_code == 1
    assert not (folder / "bunco.toml").exists()


def test_the_starter_is_a_configuration(folder: Path) -> None:
    result = typed("run")

    starter = (folder / "bunco.toml").read_text()
    assert result.exit_code == 2
    assert "[[source]]" in result.stderr
    assert tomllib.loads(starter)["store"]["path"] == "bunco.db"
    assert typed("run").exit_code == 2
    assert (folder / "bunco.toml").read_text() == starter


def test_the_examples_of_the_starter_are_right_when_uncommented(folder: Path) -> None:
    typed("run")
    path = folder / "bunco.toml"
    lines = path.read_text().splitlines()
    path.write_text(
        "\n".join(
            line.removeprefix("# ") if "=" in line or line.startswith("# [") else line
            for line in lines
            if "BUNCO_" not in line and "One [[source]]" not in line
        )
    )

    assert len(read(path, {}).sources) == 3
