import pytest
from hypothesis import example, given
from hypothesis.strategies import characters, text

from bunco.text.letters import letters, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("раураl", "paypal"),
        ("сосо", "coco"),
        ("привет раураl", "привет paypal"),
        ("привет сосо", "привет сосо"),
        ("привет мир", "привет мир"),
        ("ØŁ", "ol"),
        ("don’t", "dont"),
        ("a—b", "a b"),
    ],
)
def test_look_alikes_are_folded_only_where_they_betray_themselves(text: str, expected: str) -> None:
    assert letters(text) == expected


def test_invisible_characters_vanish_and_forms_become_plain() -> None:
    assert visible("a\u200bb\u202ec\ufe0f ｆｉ \ufb01n ①") == "abc fi fin 1"


@given(text(characters(max_codepoint=255)))
@example("".join(map(chr, range(256))))
@example("¿Así? 4½ \xb5m, soft\xadhyphen, straße")
def test_text_in_latin_letters_reads_the_same_beside_a_picture(latin: str) -> None:
    assert visible(f"{latin} 😀") == f"{visible(latin)} 😀"
    assert letters(f"{latin} 😀") == f"{letters(latin)}  "
