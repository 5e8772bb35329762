import gzip
import json
from collections import Counter
from collections.abc import Hashable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.address import canonical, host, is_shortener, unwrapped
from tests.shared_data import shared

SAME_PAGE = [
    ("http://example.org", "https://example.org"),
    ("https://example.org/", "https://example.org"),
    ("HTTPS://WWW.Example.ORG/A/b/", "https://example.org/A/b"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://ann:secret@example.org/a", "https://example.org/a"),
    ("https://m.example.org/a", "https://example.org/a"),
    ("https://mobile.example.org/a", "https://example.org/a"),
    ("https://www.m.example.org/a", "https://example.org/a"),
    ("https://en.m.wikipedia.org/wiki/Fox", "https://en.wikipedia.org/wiki/Fox"),
    ("https://m.com/a", "https://m.com/a"),
    ("https://example.org/a#part", "https://example.org/a"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?utm_source=x&utm_medium=y&id=7&fbclid=z", "https://example.org/a?id=7"),
    ("https://example.org/a?UTM_Source=x", "https://example.org/a"),
    ("https://example.org/a?from=rss", "https://example.org/a"),
    ("https://example.org/a?from=Berlin", "https://example.org/a?from=Berlin"),
    ("https://example.org/a?x=1&amp;utm_source=b", "https://example.org/a?x=1"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?&&b=1&", "https://example.org/a?b=1"),
    ("https://example.org/index.html", "https://example.org"),
    ("https://example.org/a/amp", "https://example.org/a"),
    ("https://example.org/a/amp/?amp=1", "https://example.org/a"),
    ("https://example.org/a.amp.html", "https://example.org/a"),
    ("https://amp.example.org/a", "https://example.org/a"),
    ("https://example.org/camp", "https://example.org/camp"),
    ("https://www.google.com/amp/s/www.example.org/a/amp/", "https://example.org/a"),
    ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "https://example.org/a"),
    ("https://example.org/#!/jack", "https://example.org/jack"),
    (" https://exam\nple.org/a\t", "https://example.org/a"),
    ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
    ("https://example.org/caf%c3%a9?q=%c3%a9", "https://example.org/caf%C3%A9?q=%C3%A9"),
    ("https://example.org/%7Eann/X_%28film%29", "https://example.org/~ann/X_(film)"),
    ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
    ("https://example.org//a///b/", "https://example.org/a/b"),
    ("https://example.org/to/http://other.example/a", "https://example.org/to/http://other.example/a"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/../../a", "https://example.org/a"),
    ("https://example.org/a;jsessionid=1A2?id=7", "https://example.org/a?id=7"),
    ("https://example.org/amp/news/a-storm", "https://example.org/news/a-storm"),
    ("https://example.org/amp/models", "https://example.org/amp/models"),
    ("https://touch.example.org/a", "https://example.org/a"),
    ("https://www3.example.org/a", "https://example.org/a"),
    ("https://www3.org/a", "https://www3.org/a"),
    ("https://www.reddit.com/media?url=https%3A%2F%2Fi.example%2Fa.jpg", "https://i.example/a.jpg"),
    ("https://music.youtube.com/watch?v=dQw4w9WgXcQ&list=x", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/user/AnnSings", "https://youtube.com/user/annsings"),
    ("https://player.vimeo.com/video/12345678?autoplay=1", "https://vimeo.com/12345678"),
    ("https://vimeo.com/channels/12345678", "https://vimeo.com/channels/12345678"),
    ("https://i.imgur.com/Hot8Hxy.jpg?1", "https://imgur.com/Hot8Hxy"),
    ("https://imgur.com/a/Hot8H", "https://imgur.com/a/Hot8H"),
    ("https://vxtwitter.com/Ann/status/12", "https://twitter.com/ann/status/12"),
    ("https://example.org./a", "https://example.org/a"),
    ("http:/example.org/a", "https://example.org/a"),
    ("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://m.youtube.com/watch?feature=x&v=dQw4w9WgXcQ&t=3", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://www.youtube.com/@ann", "https://youtube.com/@ann"),
    ("https://x.com/Ann/status/12?s=20", "https://twitter.com/ann/status/12"),
    ("https://mobile.twitter.com/ann/statuses/12/photo/1", "https://twitter.com/ann/status/12"),
    ("https://old.reddit.com/r/Bikes/comments/abc/title_of_it/", "https://reddit.com/comments/abc"),
    ("https://redd.it/abc", "https://reddit.com/comments/abc"),
    ("https://www.reddit.com/r/Bikes/comments/abc/title/def?context=3", "https://reddit.com/comments/abc/_/def"),
    ("https://www.reddit.com/r/Bikes/", "https://reddit.com/r/bikes"),
    ("https://www.amazon.co.uk/Some-Thing/dp/B00917DBUE/ref=sr_1?tag=x", "https://amazon.co.uk/dp/B00917DBUE"),
    ("https://www.nytimes.com/2013/02/24/food.html?pagewanted=all", "https://nytimes.com/2013/02/24/food.html"),
    ("https://i.imgur.com/abc.jpg?1", "https://i.imgur.com/abc.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), SAME_PAGE)
def test_one_page_has_one_address(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


NO_ADDRESS = """
    example.org/a|ftp://example.org|mailto:a@b|javascript:x|https://|http://[::1/
    |https://example.org:port/|https://example.org:99999/|data:,x|
"""


@pytest.mark.parametrize("url", [url.strip() for url in NO_ADDRESS.split("|")])
def test_what_is_no_web_address_is_empty(url: str) -> None:
    assert canonical(url) == ""
    assert host(url) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://WWW.Example.org:8080/a", "example.org"),
        ("http://m.example.org", "example.org"),
        ("https://t.co/x", "t.co"),
        ("https://[2001:db8::1]:80/", "[2001:db8::1]"),
    ],
)
def test_host_is_short_and_lower_case(url: str, expected: str) -> None:
    assert host(url) == expected


TARGET = "https://example.org/a?b=1&c=2"
WRAPPED = [
    f"https://www.google.com/url?rct=j&sa=t&url={TARGET}&ct=ga&cd=CAE&usg=AO",
    "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2&sa=D&ust=1",
    "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2&h=AT",
    "https://out.reddit.com/t3_x?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2&token=A",
    "https://t.umblr.com/redirect?z=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2&t=x",
    "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2",
    "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2",
    "https://www.bing.com/ck/a?p=1&u=a1aHR0cHM6Ly9leGFtcGxlLm9yZy9hP2I9MSZjPTI&ntb=1",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26c%3D2&data=x",
    "https://r.search.yahoo.com/_y/RU=https%3a%2f%2fexample.org%2fa%3fb%3d1%26c%3d2/RK=2/RS=x",
    "https://urldefense.com/v3/__https://example.org/a%3Fb=1&c=2__;!!x",
    "https://href.li/?https://example.org/a?b=1&c=2",
]


@pytest.mark.parametrize("url", [*WRAPPED, TARGET])
def test_wrappers_are_opened(url: str) -> None:
    assert canonical(url) == TARGET


def test_wrappers_inside_wrappers_are_opened() -> None:
    inner = "https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.org%252Fa"

    assert unwrapped(f"https://www.google.com/url?url={inner}") == "https://example.org/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=https://example.org",
        "https://www.google.com/url?url=javascript:x",
        "https://l.facebook.com/l.php?h=1",
        "https://www.bing.com/ck/a?u=a1aHR0%%%",
        "https://example.org/url?url=https://other.example",
        "no address",
    ],
)
def test_what_wraps_nothing_stays(url: str) -> None:
    assert unwrapped(url) == url


def test_shorteners_are_known_and_never_opened() -> None:
    assert is_shortener("https://bit.ly/2xYz")
    assert not is_shortener("https://example.org/bit.ly")
    assert canonical("http://bit.ly/2xYz") == "https://bit.ly/2xYz"


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for url in (text, f"https://{text}", f"https://www.google.com/url?url={text}"):
        found = canonical(url)

        assert found == "" or found.startswith("https://")
        host(url)
        unwrapped(url)


PIECES = ["a", "Amp", "amp", "r", "comments", "index.html", "é", "%20", "..", ""]
PAIRS = ["a=1", "b", "utm_x=2", "amp=1", "v=abcdefgh", "url=http://b.example"]

web_addresses = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "www.", "m.", "amp."]),
    st.sampled_from(["example.org", "x.com", "youtu.be", "reddit.com", "nytimes.com", "t.co"]),
    st.lists(st.sampled_from(PIECES)).map("/".join),
    st.lists(st.sampled_from(PAIRS)).map(lambda pairs: "?" * bool(pairs) + "&".join(pairs)),
    st.sampled_from(["", "#", "#top", "#!/x"]),
)


@given(web_addresses)
def test_canonical_of_a_canonical_address_is_itself(url: str) -> None:
    once = canonical(url)

    assert canonical(once) == once


def test_true_cross_posts_have_one_address() -> None:
    with gzip.open(shared("crosspost/reddit_dev.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines]
    keys = [canonical(row["url"]) for row in rows]
    groups = [row["group"] for row in rows]

    together = _pairs(zip(keys, groups, strict=True))

    assert together / _pairs(keys) >= 0.99
    assert together / _pairs(groups) >= 0.98


def _pairs(keys: Iterable[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(keys).values())
