"""A file is replaced as a whole."""

from pathlib import Path

import pytest

from bunco.cli.rewriting import rewrite


def test_the_content_is_replaced_and_the_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "bunco.toml"
    path.write_text("old")
    path.chmod(0o600)

    rewrite(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "real.toml"
    target.write_text("old")
    link = tmp_path / "bunco.toml"
    link.symlink_to(target)

    rewrite(link, b"new")

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rewrite(tmp_path / "no" / "file", b"new")
