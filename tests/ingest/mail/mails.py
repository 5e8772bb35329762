"""Mails as tests need them: Google Alerts of today's form, lists of links, newsletters.

Made by hand after the documented shape; no mail of a person is in here.
"""

import json
from email.message import EmailMessage
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

GOOGLE = "Google Alerts <googlealerts-noreply@google.com>"
VERIFIED = "mx.example.net; dkim=pass header.i=@google.com header.s=20230601; spf=pass"


class Story(NamedTuple):
    """One result of an alert."""

    title: str
    url: str
    publisher: str = ""
    text: str = "What the page says about it ..."


RIVER = Story("River rises in <b>Ulm</b>", "https://www.swp.example/ulm/river", "SWP")
BRIDGE = Story("Bridge closed again", "https://news.example.org/a?id=7&p=2", "Example News")


def wrapped(url: str, host: str = "www.google.com") -> str:
    """Give a link as Google Alerts write it."""
    return f"https://{host}/url?rct=j&sa=t&url={url}&ct=ga&cd=CAEYACoTM&usg=AOvVaw0"


def a_google_alert(
    *stories: Story,
    query: str = "Ulm",
    subject: str = "",
    number: int = 1,
    highlights: int | None = None,
    html: bool = True,
    plain: bool = True,
    **headers: Any,
) -> bytes:
    """Give a Google Alert: plain text, and HTML with the JSON for machines in it."""
    return a_mail(
        subject=subject or f"Google Alert - {query}",
        sender=headers.pop("sender", GOOGLE),
        number=number,
        text=_text(query, stories) if plain else "",
        html=_html(query, stories, stories[:highlights]) if html else "",
        **headers,
    )


def a_mail(
    *,
    subject: str = "Lunch on Friday?",
    sender: str = "Ann <ann@example.org>",
    number: int = 1,
    text: str = "See https://example.org/menu for the menu.",
    html: str = "",
    date: str = "Mon, 2 Mar 2026 11:00:00 +0000",
    **headers: Any,
) -> bytes:
    """Give a mail; more headers by name, with ``_`` for ``-``."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "team@example.net"
    mail["Subject"] = subject
    mail["Date"] = date
    mail["Message-ID"] = f"<{number}.{abs(hash(sender)) % 997}@mail.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if text or not html:
        mail.set_content(text)
    if html:
        (mail.add_alternative if text else mail.set_content)(html, subtype="html")
    return mail.as_bytes()


def with_results(raw: bytes, results: str = VERIFIED) -> bytes:
    """Give a mail as the receiving server passes it on, with its word at the top."""
    return f"Authentication-Results: {results}\n".encode() + raw


def _text(query: str, stories: tuple[Story, ...]) -> str:
    head = f"=== News - {len(stories)} new results for [{query}] ===\n\n"
    blocks = (
        f"{_bare(one.title)}\n{one.publisher}\n{one.text}\n<{wrapped(one.url)}>\n"
        for one in stories
    )
    foot = "\n- - - - - - - - - -\nUnsubscribe from this Google Alert:\n"
    return head + "\n".join(blocks) + foot + "<https://www.google.com/alerts/remove?s=AB2>\n"


def _html(query: str, stories: tuple[Story, ...], highlights: tuple[Story, ...]) -> str:
    markup = json.dumps(_markup(query, highlights)).replace("<", "\\u003c")
    rows = "".join(_row(one) for one in stories)
    manage = "https://www.google.com/alerts?s=AB2&amp;hl=en"
    return f"""<html><head></head><body><div>
<script data-scope="inboxmarkup" type="application/json">{markup}</script>
<table><tr><td><a href="https://www.google.com/alerts?hl=en"><img alt="Google"></a></td></tr>
<tr><td><span>{escape(query)}</span></td></tr><tr><td>As-it-happens update ⋅ March 2, 2026</td></tr>
<tr><td>NEWS</td></tr>{rows}</table>
<div><a href="{manage}">See more results</a> | <a href="{manage}">Edit this alert</a></div>
<div>You have received this email because you have subscribed to <a href="{manage}">Google
Alerts</a>. <a href="https://www.google.com/alerts/remove?s=AB2">Unsubscribe</a></div>
</div></body></html>"""


def _row(story: Story) -> str:
    target = escape(wrapped(story.url), quote=True)
    share = f"https://www.google.com/alerts/share?hl=en&amp;ru={quote(story.url)}&amp;ss=fb"
    flag = f"https://www.google.com/alerts/feedback?ffu={quote(story.url)}"
    publisher = (
        f'<div itemprop="publisher" itemscope itemtype="http://schema.org/Organization">'
        f'<a style="color:#737373"><span itemprop="name">{story.publisher}</span></a></div>'
    )
    return f"""<tr itemscope itemtype="http://schema.org/Article"><td>
<div><a href="{target}"><img src="https://t0.example/i.jpg" alt=""></a>
<span><a href="{target}" itemprop="url"><span itemprop="name">{story.title}</span></a></span></div>
<div>{publisher if story.publisher else ""}
<div itemprop="description">{escape(story.text)}</div></div>
<div><a href="{share}">Facebook</a> <a href="{share}">Twitter</a> <a href="{flag}">Flag as
irrelevant</a></div></td></tr>"""


def _markup(query: str, stories: tuple[Story, ...]) -> dict[str, Any]:
    widgets = [
        {
            "type": "LINK",
            "title": f"{_bare(one.title)} - {one.publisher}" if one.publisher else one.title,
            "description": one.text,
            "url": wrapped(one.url),
        }
        for one in stories
    ]
    more = {"name": "See more results", "url": "https://www.google.com/alerts?start=1&end=2"}
    name = f"Google Alert - {query}"
    return {
        "api_version": "1.0",
        "publisher": {"api_key": "668", "name": "Google Alerts"},
        "entity": {"external_key": name, "title": name, "subtitle": "Latest: March 2, 2026"},
        "cards": [{"title": name, "actions": [more], "widgets": widgets}],
    }


def _bare(title: str) -> str:
    return title.replace("<b>", "").replace("</b>", "")


A_LIST = """<html><body><p>Your Talkwalker Alerts</p>
<a href="https://alerts.talkwalker.com/home"><img src="logo.png"></a>
<h3><a href="https://alerts.talkwalker.com/go?u=1&amp;url=https%3A%2F%2Fleaf.example%2Ftea%3Fa%3D1">
Tea prices fall for the third year</a></h3><div>The Leaf</div><div>Growers say that ...</div>
<h3><a href="https://cup.example.com/green?utm_source=talkwalker">Green tea and sleep: a study</a>
</h3><div>Read by many.</div>
<a href="https://cup.example.com/green?utm_source=talkwalker">Read more</a>
<a href="https://www.facebook.com/sharer.php?u=x">Share this on Facebook now</a>
<a href="https://www.talkwalker.com/pricing">See what else we can do for you</a>
<a href="https://alerts.talkwalker.com/unsubscribe">Unsubscribe from this alert</a></body></html>"""
