import pytest

from ingest.mail import google
from ingest.mail.alert import Result
from ingest.mail.mime import read
from tests.ingest.mail.mails import BRIDGE, RIVER, Story, a_google_alert, a_mail, wrapped


def results(raw: bytes) -> list[Result]:
    return google.results(read(raw, most_parts=50))


def told(raw: bytes) -> list[tuple[str, str, str, str]]:
    return [(one.title, one.url, one.publisher, one.text) for one in results(raw)]


BOTH = [
    ("River rises in Ulm", RIVER.url, "SWP", RIVER.text),
    ("Bridge closed again", BRIDGE.url, "Example News", BRIDGE.text),
]


@pytest.mark.parametrize(
    ("html", "plain"), [(True, True), (True, False), (False, True)], ids=["both", "html", "plain"]
)
def test_every_form_of_a_mail_gives_the_same_results(html: bool, plain: bool) -> None:
    assert told(a_google_alert(RIVER, BRIDGE, html=html, plain=plain)) == BOTH


def test_results_that_the_highlights_leave_out_are_found() -> None:
    assert told(a_google_alert(RIVER, BRIDGE, highlights=1)) == BOTH


def test_the_json_alone_is_enough() -> None:
    raw = a_google_alert(RIVER, plain=False).replace(b"itemprop=", b"x=").replace(b"<a ", b"<b ")

    (found,) = results(raw)

    assert (found.title, found.url) == ("River rises in Ulm - SWP", RIVER.url)
    assert found.topic == "Ulm"


def test_broken_json_leaves_the_rest() -> None:
    raw = a_google_alert(RIVER, BRIDGE, plain=False)

    assert told(raw.replace(b'"api_version"', b'"api')) == BOTH
    assert told(raw.replace(b'"cards": [', b'"cards": [[')) == BOTH


def test_links_to_share_flag_and_manage_are_no_results() -> None:
    assert len(results(a_google_alert(RIVER))) == 1


@pytest.mark.parametrize("page", ["alerts/manage?s=1", "", "url?q=x", "preferences"])
def test_links_to_googles_own_pages_are_no_results(page: str) -> None:
    anchor = f'<a href="{wrapped(f"https://www.google.com/{page}")}">Manage your alerts</a>'

    assert not results(a_mail(html=anchor, text=""))


def test_a_page_of_google_can_be_a_result() -> None:
    anchor = f'<a href="{wrapped("https://blog.google.com/tea/")}">Tea at Google</a>'

    assert [one.title for one in results(a_mail(html=anchor, text=""))] == ["Tea at Google"]


def test_a_target_that_is_not_encoded_keeps_its_own_parameters() -> None:
    story = Story("Ampersands", "https://a.example/x?b=1&c=2&d=3", "A")

    assert [one.url for one in results(a_google_alert(story))] == [story.url]


def test_an_encoded_target_is_decoded() -> None:
    anchor = f'<a href="{wrapped("https%3A%2F%2Fa.example%2Fx%3Fb%3D1%26c%3D2")}">A long title</a>'

    (found,) = results(a_mail(html=anchor, text=""))

    assert found.url == "https://a.example/x?b=1&c=2"


def test_another_country_of_google_is_understood() -> None:
    anchor = f'<a href="{wrapped("https://a.example/x", "www.google.co.uk")}">A title</a>'

    assert [one.url for one in results(a_mail(html=anchor, text=""))] == ["https://a.example/x"]


def test_the_same_target_twice_is_one_result() -> None:
    other = RIVER._replace(url=f"{RIVER.url}?utm_source=x")

    assert len(results(a_google_alert(RIVER, other))) == 1


def test_html_without_microdata_gives_publisher_and_words_by_their_order() -> None:
    html = (
        f'<td><a href="{wrapped("https://a.example/x")}">Tea is <b>up</b> - The Leaf</a>'
        "<div>The Leaf</div><div>It rose by a tenth.</div>"
        '<a href="https://www.google.com/alerts/share?ru=x">Facebook</a></td>'
    )

    assert told(a_mail(html=html, text="")) == [
        ("Tea is up", "https://a.example/x", "The Leaf", "It rose by a tenth.")
    ]


def test_sections_without_publishers_keep_all_words() -> None:
    text = (
        "=== Web - 2 new results for [tea] ===\n\nTea shop\nOpen daily\nfrom nine.\n"
        "<http://a.example/>\nSee all stories on this topic:\n"
        "<http://news.google.com/news/story?ncl=http://a.example/>\n\n"
        "=== Blogs - 1 new result for [coffee] ===\n\nMy cup\nOf course.\n<http://b.example/c>\n"
    )

    found = results(a_mail(text=text))

    assert [(one.title, one.publisher, one.text, one.topic) for one in found] == [
        ("Tea shop", "", "Open daily from nine.", "tea"),
        ("My cup", "", "Of course.", "coffee"),
    ]


def test_ordinary_text_with_links_is_no_alert() -> None:
    assert not results(a_mail(text="Look:\n<https://a.example/x>\n"))
    assert not results(a_mail(html='<a href="https://a.example/x">A fine title here</a>'))


@pytest.mark.parametrize(
    ("subject", "topic", "place"),
    [
        ("Google Alert - tea", "tea", "Google Alert - tea"),
        ("Google 快訊 - 茶", "", "Google 快訊 - 茶"),
        ("Alerte Google – thé", "", "Alerte Google – thé"),
        ("Google Alerts - Daily Digest", "tea", "Google Alert - tea"),
        ("Very important news!", "Python", "Google Alert - Python"),
        ("Very important news!", "", "Google Alerts"),
    ],
)
def test_a_result_stands_at_the_alert_as_the_feed_names_it(
    subject: str, topic: str, place: str
) -> None:
    mail = read(a_mail(subject=subject), most_parts=1)

    assert google.place(mail, topic) == place


@pytest.mark.timeout(20)
@pytest.mark.parametrize("tag", ["div", "b", "table", "a", "p", "form", "li"])
def test_a_hostile_mail_is_read_in_a_second(tag: str) -> None:
    links = "".join(f'<a href="{wrapped(f"https://a.example/{n}")}">t{n}</a>x' for n in range(3000))

    assert len(results(a_mail(html=f"<{tag}>" * 90_000 + links, text=""))) <= 200
    assert len(results(a_mail(html=links, text=""))) == 200
