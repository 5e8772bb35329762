"""What the links of alert mails open: a page that asks, and what it does when told so.

Mail programs and their guards follow links by themselves, so asking (GET) never changes anything.
Doing (POST) takes the same word: it was signed, says one act, and is good until its time
(``bunco.signing``). A mail program unsubscribes by such a POST itself (RFC 8058).
"""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from bunco.alerting import Silence, SilenceWhat, silence_id
from bunco.errors import UsageError
from bunco.signing import Grant
from dashboards.access.guard import MAIL_LINKS
from dashboards.access.people import Person
from dashboards.access.plain_page import plain_page, shown
from dashboards.desk import Desk, MailLinks, desk_of
from dashboards.errors import Missing, Refused
from dashboards.judging import Said, judge

_FOR_GOOD = timedelta(days=3650)
_WHY = "by a link of an alert mail"


def routes() -> APIRouter:
    """Give ``/alert/TOKEN``."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{MAIL_LINKS}{{token}}")
    async def asked(request: Request, token: str) -> Response:
        try:
            _, grant = await _granted(desk_of(request), token)
        except Refused as error:
            return _page(request, "This link does nothing", f"{error.detail}.", error.status)
        return _page(request, _question(grant), "", act=_button(grant))

    @router.post(f"{MAIL_LINKS}{{token}}")
    async def told(request: Request, token: str) -> Response:
        desk = desk_of(request)
        try:
            links, grant = await _granted(desk, token)
            done = await _do(desk, links, grant)
        except Refused as error:
            return _page(request, "Nothing was done", f"{error.detail}.", error.status)
        return _page(request, "Done", done)

    return router


async def _granted(desk: Desk, token: str) -> tuple[MailLinks, Grant]:
    if desk.links is None:
        raise Missing("no alerts are sent from here")
    try:
        return desk.links, await desk.ask(desk.links.granted, token)
    except UsageError as error:
        raise Missing(str(error)) from error


async def _do(desk: Desk, links: MailLinks, grant: Grant) -> str:
    """Do what a link may do; give what was done."""
    who = grant.recipient or "an alert mail"
    if grant.act in {"fine", "spam"}:
        said = Said(judged="spam" if grant.act == "spam" else "fine", because=_WHY)
        await judge(desk, Person(name=who, role="reviewer"), grant.finding, said)
        return f"The finding is judged: {grant.act}. The dashboard can take it back."
    what: SilenceWhat = "author" if grant.act == "silence" else "recipient"
    value = grant.author if grant.act == "silence" else grant.recipient
    lasting = timedelta(days=grant.days) if grant.act == "silence" else _FOR_GOOD
    now = desk.clock.now()
    wanted = Silence(
        id=silence_id(what, value, grant.rule),
        what=what,
        value=value,
        until=now + lasting,
        rule=grant.rule,
        by=who,
        because=_WHY,
        at=now,
    )
    await desk.ask(links.silence, wanted)
    if grant.act == "unsubscribe":
        return f"{value} gets no more mails of the rule {grant.rule}; bunco silence end undoes it."
    return f"No alerts about {value} until {wanted.until:%Y-%m-%d %H:%M} UTC."


def _question(grant: Grant) -> str:
    match grant.act:
        case "silence":
            days = "a day" if grant.days == 1 else f"{grant.days} days"
            return f"No alerts about {grant.author} for {days}?"
        case "unsubscribe":
            return f"No more mails of the rule {grant.rule} to {grant.recipient}?"
    return f"Is this finding {grant.act}?"


def _button(grant: Grant) -> str:
    words = {"silence": "Silence", "unsubscribe": "Unsubscribe", "fine": "It is fine"}
    return words.get(grant.act, "It is spam")


def _page(request: Request, title: str, note: str, status: int = 200, *, act: str = "") -> Response:
    told = f"<p>{shown(note)}</p>\n" if note else ""
    form = f'<form method="post"><button>{shown(act)}</button></form>\n' if act else ""
    page = plain_page(request, title, f"<h1>{shown(title)}</h1>\n{told}{form}", status)
    page.headers["X-Robots-Tag"] = "noindex"
    return page
