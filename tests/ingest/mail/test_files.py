import os
from pathlib import Path

import pytest

from bunco.errors import SourceError
from ingest.mail import files
from ingest.mail.posts import Letter
from ingest.mail.progress import Progress
from tests.builders import NOON
from tests.ingest.mail.mails import a_mail

MOST_BYTES = 20_000


def drained(
    path: Path, before: Progress | None = None, *, most: int = 3
) -> tuple[list[Letter], Progress]:
    at = before or Progress()
    letters: list[Letter] = []
    for _ in range(1000):
        taken = files.take(path, at, most, MOST_BYTES, NOON)
        letters += taken.letters
        at = taken.progress
        if taken.is_all:
            return letters, at
    raise AssertionError("it never ends")


def subjects(letters: list[Letter]) -> list[str]:
    return [
        line.removeprefix("Subject: ")
        for letter in letters
        for line in letter.raw.decode(errors="replace").splitlines()
        if line.startswith("Subject: ")
    ]


def a_maildir(path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    return path


def deliver(maildir: Path, number: int, folder: str = "new") -> Path:
    path = maildir / folder / f"17724{number:05}.M{number}P1.host"
    (maildir / "tmp" / path.name).write_bytes(a_mail(subject=f"n{number}", number=number))
    return (maildir / "tmp" / path.name).rename(path)


def an_mbox(*numbers: int, text: str = "Tea?") -> bytes:
    return b"".join(
        b"From ann@example.org Mon Mar  2 12:00:00 2026\n"
        + a_mail(subject=f"n{number}", number=number, text=text)
        + b"\n"
        for number in numbers
    )


def test_a_maildir_gives_each_mail_once_whatever_its_flags_become(tmp_path: Path) -> None:
    maildir = a_maildir(tmp_path / "Mail")
    paths = [deliver(maildir, number) for number in range(8)]
    first, at = drained(maildir)
    seen = paths[0].rename(maildir / "cur" / f"{paths[0].name}:2,S")
    deliver(maildir, 8)

    second, at = drained(maildir, at)

    assert subjects(first) == [f"n{number}" for number in range(8)]
    # The one that was marked as read elsewhere comes once more; its ids are the same.
    assert sorted(subjects(second)) == ["n0", "n8"]
    assert seen.exists()
    assert drained(maildir, at)[0] == []


def test_mails_that_come_at_once_are_all_given(tmp_path: Path) -> None:
    maildir = a_maildir(tmp_path / "Mail")
    at = Progress()
    given: list[str] = []
    for start in range(0, 200, 20):
        for number in reversed(range(start, start + 20)):
            deliver(maildir, number)
        letters, at = drained(maildir, at, most=7)
        given += subjects(letters)

    assert sorted(given) == sorted(f"n{number}" for number in range(200))


def test_half_written_mails_of_a_maildir_are_not_touched(tmp_path: Path) -> None:
    maildir = a_maildir(tmp_path / "Mail")
    (maildir / "tmp" / "1").write_bytes(b"Subject: half")
    (maildir / "new" / ".hidden").write_bytes(b"Subject: hidden")

    assert drained(maildir)[0] == []


def test_a_folder_of_eml_files_is_read_in_the_order_of_arrival(tmp_path: Path) -> None:
    for number in (2, 1, 3):
        (tmp_path / f"{number}.EML").write_bytes(a_mail(subject=f"n{number}"))
        os.utime(tmp_path / f"{number}.EML", (1_772_000_000, 1_772_000_000))
    (tmp_path / "notes.txt").write_bytes(a_mail(subject="no"))

    letters, _ = drained(tmp_path)

    assert sorted(subjects(letters)) == ["n1", "n2", "n3"]
    assert {letter.arrived.timestamp() for letter in letters} == {1_772_000_000}


def test_a_single_file_is_given_again_once_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(a_mail(subject="n1"))
    first, at = drained(path)
    assert drained(path, at)[0] == []
    path.write_bytes(a_mail(subject="n2"))

    second, _ = drained(path, at)

    assert (subjects(first), subjects(second)) == (["n1"], ["n2"])


def test_an_mbox_goes_on_behind_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(an_mbox(*range(7)))
    first, at = drained(path)
    assert drained(path, at)[0] == []
    with path.open("ab") as file:
        file.write(an_mbox(7, 8))

    second, at = drained(path, at)

    assert subjects(first) == [f"n{number}" for number in range(7)]
    assert subjects(second) == ["n6", "n7", "n8"]  # the last is read again: it could have grown
    assert drained(path, at)[0] == []


def test_a_mail_that_was_half_written_is_read_again_whole(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    whole = an_mbox(1, 2)
    path.write_bytes(whole[:-30])
    first, at = drained(path)
    path.write_bytes(whole)

    second, _ = drained(path, at)

    assert first[-1].raw != second[-1].raw
    assert second[-1].raw.endswith(b"Tea?\n\n")


@pytest.mark.parametrize("again", [an_mbox(5), an_mbox(5, 6, 7, 8, 9), an_mbox(2, 3, 4)])
def test_an_mbox_that_was_written_anew_is_read_from_its_start(tmp_path: Path, again: bytes) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(an_mbox(1, 2, 3, text="Coffee, or rather a pot of tea for the two of us?"))
    _, at = drained(path)
    path.write_bytes(again)

    letters, _ = drained(path, at)

    assert len(letters) == again.count(b"From ann@example.org Mon")


def test_lines_that_begin_with_from_are_unquoted_and_part_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    quoted = ">From here on\n>>From there\n\nFrom the desk of Ann\n"
    path.write_bytes(an_mbox(1, text=quoted) + an_mbox(2))

    letters, _ = drained(path)

    assert subjects(letters) == ["n1", "n2"]
    assert b"\nFrom here on\n>From there\n" in letters[0].raw


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mail_that_is_too_large_is_refused_and_its_neighbours_are_read(
    tmp_path: Path, kind: str
) -> None:
    large = a_mail(subject="large", text="x" * 70 + "\n" + "y\n" * MOST_BYTES)
    head = b"From a@b.c Mon Mar  2 12:00:00 2026\n"
    if kind == "mbox":
        path = tmp_path / "mbox"
        path.write_bytes(an_mbox(1) + head + large + b"\n" + an_mbox(3))
    else:
        path = a_maildir(tmp_path / "Mail")
        deliver(path, 1)
        (path / "new" / "17724.large").write_bytes(large)
        deliver(path, 3)

    letters, _ = drained(path)

    refused = [letter for letter in letters if letter.refused]
    assert sorted(subjects(letters)) == ["large", "n1", "n3"]
    assert [letter.refused for letter in refused] == [
        "the mail is larger than 20000 bytes (most_bytes)"
    ]
    assert len(refused[0].raw) <= 65_536


def test_what_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none: cannot be read: No such file"):
        drained(tmp_path / "none")


def test_an_empty_file_is_an_mbox_to_come(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    path.touch()
    first, at = drained(path)
    path.write_bytes(an_mbox(1))

    second, _ = drained(path, at)

    assert (first, subjects(second)) == ([], ["n1"])


def test_saved_mails_are_split_like_an_mbox() -> None:
    assert len(files.split(an_mbox(1, 2, 3, text="\nFrom the desk of Ann\n"))) == 3
    assert files.split(a_mail()) == [a_mail()]


def test_a_file_of_the_same_moment_as_one_that_was_listed_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.eml", "z.eml", "later.eml"):
        (tmp_path / name).write_bytes(a_mail(subject=name))
    a, z = (files._File(6, name, tmp_path / name) for name in ("a.eml", "z.eml"))
    later = files._File(7, "later.eml", tmp_path / "later.eml")
    listings = [[z], [z, a, later], [z, a, later], [z, a, later]]
    monkeypatch.setattr(files, "_files", lambda _: listings.pop(0))

    first = files.take(tmp_path, Progress(), 50, MOST_BYTES, NOON)
    second = files.take(tmp_path, first.progress, 50, MOST_BYTES, NOON)

    assert subjects(list(first.letters)) == ["a.eml", "z.eml"]
    assert subjects(list(second.letters)) == ["later.eml"]
