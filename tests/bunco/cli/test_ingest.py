from pathlib import Path

import pytest

from bunco.cli.ingest import summary
from ingest.sharing.ingester import Progress
from tests.bunco.cli.shell import typed


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(posts=2000, records=8, acknowledged=2000), "2,000 posts in 8 records, 2,000 ack"),
        (Progress(posts=3, records=1, acknowledged=3, dead=2), "3 acknowledged, 2 set aside"),
    ],
)
def test_the_summary_says_what_was_done(progress: Progress, words: str) -> None:
    assert words in summary(progress)


def test_a_configuration_without_a_source_is_wrong_use(folder: Path) -> None:
    (folder / "bunco.toml").write_text('[kafka]\nprefix = "nowhere"\n')

    result = typed("ingest")

    assert result.exit_code == 2
    assert "no source to read" in result.stderr


@pytest.mark.services
def test_a_missing_topic_ends_it_with_one_sentence(
    folder: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bunco.streams.producer.SHOWN_SECONDS", 1.0)
    (folder / "bunco.toml").write_text(
        '[[source]]\nname = "a"\nkind = "jsonl"\npath = "posts.jsonl"\n'
        f'[kafka]\nbootstrap = ["{kafka}"]\nprefix = "t-ingest-nowhere"\n'
    )

    result = typed("ingest")

    assert result.exit_code == 1
    assert "t-ingest-nowhere.posts" in result.stderr
    assert "bunco topics create" in result.stderr
