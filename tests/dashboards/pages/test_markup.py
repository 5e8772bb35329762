"""Markup in which every text is escaped."""

import pytest

from dashboards.pages.markup import Markup, h, joined, plain, said, shortened


def test_texts_and_attributes_are_escaped() -> None:
    evil = "\"'><script>alert(1)</script>&"

    written = h("p", evil, title=evil)

    assert "<script" not in written
    assert written.count("<") == 2
    assert written.startswith('<p title="&quot;&#x27;&gt;&lt;script&gt;')


def test_markup_in_markup_is_left_as_it_is() -> None:
    assert h("p", h("b", "a & b")) == "<p><b>a &amp; b</b></p>"


def test_what_is_put_together_by_hand_is_a_text_again() -> None:
    part = h("b", "x")

    assert h("p", part + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"
    assert not isinstance(part[:2], Markup)
    assert not isinstance(part.upper(), Markup)


def test_children_may_be_several_and_nothing() -> None:
    assert joined("a", None, ["b", h("br"), ("c",)]) == "ab<br>c"


def test_attributes_are_named_as_python_can_name_them() -> None:
    written = h("input", class_="a", aria_label="b", required=True, hidden=False, for_=None)

    assert written == '<input class="a" aria-label="b" required>'


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\u2066", "\u200f", "\ud800", "\ufffe"])
def test_signs_that_act_are_shown_as_a_sign_that_does_not(sign: str) -> None:
    assert plain(f"a{sign}b") == "a\ufffdb"
    assert sign not in h("p", f"a{sign}b", title=sign)


def test_a_strangers_text_is_cut_and_turns_no_direction_but_its_own() -> None:
    assert said("w" * 1_000_000, 10) == f"<bdi>{'w' * 10}…</bdi>"
    assert shortened("a  b\n c", 10) == "a b c"
