"""What apps say when somebody presses their button."""

import pytest

from bunco.text.share_texts import is_share_text
from bunco.text.wording import wording


@pytest.mark.parametrize(
    "text",
    [
        "Just posted a photo http://t.co/x",
        "Ho appena pubblicato una foto http://t.co/x",
        "Foto appena pubblicata http://t.co/x",
        "I'm at Villa Olivari (Bergamo, Italy) http://t.co/x",
        "I'm watching Grey's Anatomy 9x02 http://t.co/x #GetGlue @GreysABC",
        "Today stats: 6 new followers and 2 new unfollowers via http://t.co/x",
        "#eBooks Daily #News is out! http://t.co/x ▸ Top stories today via @somebody",
        "Acabo de publicar una foto http://t.co/x",
    ],
)
def test_a_share_button_is_known_by_its_words(text: str) -> None:
    assert is_share_text(wording(text))


@pytest.mark.parametrize(
    "text",
    [
        "This one weird trick melts belly fat while you sleep tonight",
        "I'm at peace",
        "A photo nobody should have posted",
        "Get 500 new followers today, free",
    ],
)
def test_what_people_write_is_no_share_text(text: str) -> None:
    assert not is_share_text(wording(text))
