"""Texts on standard input are judged line by line."""

import json
import subprocess
import sys

from tests.bunco.cli.shell import typed


def test_each_line_is_scored_with_its_reasons() -> None:
    result = typed("score", stdin="You won't BELIEVE what happened next!!!\nRates unchanged\n")

    loud, calm = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert loud["text"] == "You won't BELIEVE what happened next!!!"
    assert loud["sensational"] > calm["sensational"]
    assert loud["reasons"]
    assert set(loud["reasons"][0]) == {"text", "cue", "weight"}


def test_empty_and_broken_lines_are_answered_too() -> None:
    result = typed("score", stdin=b"\n\xff\xfe broken\n" + b"long " * 50_000)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert len(answers) == 3
    assert (answers[0]["text"], answers[0]["sensational"]) == ("", 0)
    assert answers[1]["text"] == "\ufffd\ufffd broken"


def test_no_input_gives_no_output() -> None:
    assert typed("score", stdin="").stdout == ""
    assert typed("compare", stdin="").stdout == ""


def test_pairs_are_compared() -> None:
    pairs = [
        {"a": "10 cures that doctors hide from you", "b": "10 Cures that Doctors HIDE from you!"},
        {"a": "10 cures that doctors hide from you", "b": "Council approves cycle lanes"},
    ]

    result = typed("compare", stdin="\n".join(map(json.dumps, pairs)))

    alike, apart = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert alike["same"] is True
    assert apart["same"] is False
    assert alike["similarity"] > apart["similarity"]


def test_pairs_with_links_are_judged_as_things() -> None:
    pairs = [
        {"a": "Look at this", "b": "Unbelievable", "a_url": "https://x.example/1?utm_source=a",
         "b_url": "http://www.x.example/1/"},
        {"a": "Look at this", "b": "Look at this", "a_url": "https://x.example/1",
         "b_url": "https://x.example/2"},
        {"a": "10 cures that doctors hide from you", "b": "10 Cures that Doctors HIDE from you!",
         "a_url": "https://x.example/1"},
    ]  # fmt: skip

    result = typed("compare", stdin="\n".join(map(json.dumps, pairs)))

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["same_thing"] for answer in answers] == [True, False, True]
    assert [answer["same"] for answer in answers] == [False, True, True]


def test_a_wrong_pair_is_named_and_the_others_are_answered() -> None:
    result = typed("compare", stdin='{"a": "x"}\n\nno json\n{"a": "x", "b": "x"}\n')

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [sorted(answer) for answer in answers] == [["error"], ["error"], ["same", "similarity"]]
    assert "line 1:" in result.stderr
    assert "line 3:" in result.stderr


def test_an_answer_comes_before_the_next_question() -> None:
    command = [sys.executable, "-m", "bunco", "score"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for text in (b"first", b"second"):
            asked.stdin.write(text + b"\n")
            asked.stdin.flush()

            assert json.loads(asked.stdout.readline())["text"] == text.decode()
