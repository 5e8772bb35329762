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
        "I liked a @YouTube video http://t.co/x The Big Bang Theory",
        "Mi è piaciuto un video di @YouTube: http://t.co/x Evanescence",
        "My daily stats: 1 new unfollower via http://t.co/x",
        "Today stats: one new follower via http://t.co/x",
        "2 people followed me and one person unfollowed me // automatically checked by http://t.co/x",
        "Ho completato un achievement in Ruzzle – Da bomb!",  # as Ruzzle writes it
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
        "Stats today: what the numbers say about new followers",
        "She said I liked a video of hers",
    ],
)
def test_what_people_write_is_no_share_text(text: str) -> None:
    assert not is_share_text(wording(text))
