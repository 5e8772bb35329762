from time import perf_counter

import pytest

from ingest.limits import MOST_LINKS
from ingest.markdown import links, words


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("plain  text\n\nand more", "plain text and more"),
        ("## Heading\n\n- one\n- two\n\n> said", "Heading one two said"),
        ("**bold** *it* ***both*** __b__ _i_ ~~gone~~ `code`", "bold it both b i gone code"),
        ("[a](https://e.org/a) ![pic](https://e.org/p.png)", "a pic"),
        ("[wiki](https://e.org/a_(b))", "wiki"),
        ("<https://e.org/a>", "https://e.org/a"),
        ("```python\nx = 1\n```", "x = 1"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("5 < 6 &amp; 7 &gt; 3", "5 < 6 & 7 > 3"),
        ("\\*not bold\\*", "*not bold*"),
        ("<b>html</b> <script>x()</script>", "html"),
        ("[unclosed](https://e.org", "[unclosed](https://e.org"),
        ("", ""),
    ],
)
def test_marks_are_taken_out_and_what_looks_odd_stays(markdown: str, text: str) -> None:
    assert words(markdown) == text


def test_links_come_in_order_each_once_without_the_own_one() -> None:
    text = (
        "See https://e.org/b, [a](https://e.org/a 'title') and (https://e.org/c). "
        "Again https://e.org/b; own https://e.org/own mail [m](mailto:a@e.org)"
    )

    assert links(text, "https://e.org/own") == (
        "https://e.org/b",
        "https://e.org/a",
        "https://e.org/c",
    )


def test_links_are_bounded() -> None:
    many = " ".join(f"https://e.org/{number}" for number in range(100))

    assert len(links(many)) == MOST_LINKS


@pytest.mark.parametrize(
    "piece",
    [*("[", "*", "_", "**a", "[a](", "`", "> ", "![](", "\\", "<http://", "[a](http://e) "),
     *("*a ", "_a ", "`a ", "~~a ", "***a ", "[a](b ")],
)  # fmt: skip
def test_odd_input_costs_no_time(piece: str) -> None:
    started = perf_counter()

    words(piece * 50_000)
    links(piece * 50_000)

    assert perf_counter() - started < 5
