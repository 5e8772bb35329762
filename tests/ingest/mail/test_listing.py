from typing import Any

import pytest

from ingest.mail import listing
from ingest.mail.alert import Result
from ingest.mail.mime import read
from tests.ingest.mail.mails import A_LIST, a_mail

TALKWALKER = "Talkwalker Alerts <alerts@talkwalker.com>"


def results(**mail: Any) -> list[Result]:
    return listing.results(read(a_mail(sender=TALKWALKER, **mail), most_parts=50))


def test_a_list_of_links_gives_titles_targets_and_words() -> None:
    found = results(html=A_LIST, text="")

    assert [(one.title, one.url, one.publisher, one.text) for one in found] == [
        (
            "Tea prices fall for the third year",
            "https://leaf.example/tea?a=1",
            "The Leaf",
            "Growers say that ...",
        ),
        (
            "Green tea and sleep: a study",
            "https://cup.example.com/green?utm_source=talkwalker",
            "",
            "Read by many.",
        ),
    ]


def test_a_list_in_plain_text_is_read() -> None:
    text = (
        "Your results\n\nTea prices fall again\nThe Leaf\nGrowers say so.\n"
        "https://leaf.example/tea\n\nOne line only: https://cup.example/a\n\n"
        "Settings and more\nhttps://www.talkwalker.com/settings\n"
    )

    found = results(text=text)

    assert [(one.title, one.url) for one in found] == [
        ("Tea prices fall again", "https://leaf.example/tea"),
        ("One line only", "https://cup.example/a"),
    ]


def test_titles_in_scripts_without_spaces_may_be_short() -> None:
    found = results(html='<a href="https://a.example/1">緑茶の値段が下がる</a>', text="")

    assert [one.title for one in found] == ["緑茶の値段が下がる"]


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ('7 new results for "green tea"', "Talkwalker Alerts - green tea"),
        ("7 new results for green tea", "Talkwalker Alerts - green tea"),
        ("Talkwalker Alert: green tea", "Talkwalker Alerts - green tea"),
        ("Daily results", "Talkwalker Alerts"),
    ],
)
def test_the_place_names_service_and_topic(subject: str, place: str) -> None:
    mail = read(a_mail(sender=TALKWALKER, subject=subject), most_parts=1)

    assert listing.place(mail) == place
