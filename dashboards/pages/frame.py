"""What stands around every page: skip link, pages, search, theme, dialogs, notes."""

from hashlib import blake2b
from pathlib import Path

from msgspec import Struct
from nicegui import ui

from dashboards.pages.markup import Child, Markup, h, joined, said
from dashboards.pages.theme import stylesheet
from dashboards.pages.visit import Visit

PAGES = (
    ("/", "Live"),
    ("/findings", "Findings"),
    ("/search", "Search"),
    ("/sources", "Sources"),
    ("/settings", "Settings"),
)

STYLE = stylesheet()
SCRIPT = Path(__file__).with_name("assets").joinpath("bunco.js").read_text(encoding="utf-8")
MARK = blake2b((STYLE + SCRIPT).encode(), digest_size=6).hexdigest()
"""Changes with the assets: browsers keep them for ever under it."""

_LENGTHS = ((1, "a day"), (7, "a week"), (30, "30 days"), (90, "90 days"))
_MEANINGS = (
    ("spam", "Spam", "it is what it looks like"),
    ("fine", "Fine", "keep this and the like quiet for this author"),
    ("mute", "Mute", "keep all of this author quiet for a time"),
    ("none", "None", "take back what was said before"),
)


class Sheet(Struct, frozen=True, kw_only=True):
    """What a page shows."""

    title: str
    body: Markup
    """What is made anew after a verdict or another choice."""
    top: Markup | None = None
    """What stays as it is: forms in which somebody may be typing."""
    heading: Child = None
    """The title as it is shown, where it is more than words."""
    about: Child = None
    """Beside the title."""
    is_live: bool = False


def show(visit: Visit, sheet: Sheet, path: str) -> None:
    """Write the page out, with all that stands around it.

    It goes into the HTML itself, so that it is there before any script has run.
    """
    ui.page_title(f"{sheet.title} – bunco")
    ui.add_head_html(
        h("link", rel="stylesheet", href=f"/assets/{MARK}/bunco.css")
        + h("script", src=f"/assets/{MARK}/bunco.js")
    )
    main = h(
        "main",
        h(
            "div",
            h("h1", sheet.heading or sheet.title),
            h("div", sheet.about) if sheet.about else None,
            class_="b-head",
        ),
        h("p", hidden=True, id="banner", class_="b-banner", role="alert"),
        sheet.top,
        h("div", sheet.body, id="body", class_="b-stack"),
        id="content",
        tabindex="-1",
    )
    ui.add_body_html(
        joined(
            h("a", "Skip to content", href="#content", class_="b-skip"),
            _top(visit, path, is_live=sheet.is_live),
            main,
            _foot(visit),
            _judging(visit) if visit.may_judge else None,
            h("div", id="notes", class_="b-note", role="status", aria_live="polite"),
        )
    )


def _top(visit: Visit, path: str, *, is_live: bool) -> Markup:
    links = [
        h("li", h("a", name, href=address, aria_current="page" if address == path else None))
        for address, name in PAGES
        if address != "/settings" or visit.person.may("admin")
    ]
    search = h(
        "form",
        h("label", "Search posts, authors and findings", for_="find", class_="b-hidden"),
        h("input", type="search", name="q", id="find", placeholder="Search", autocomplete="off"),
        role="search",
        action="/search",
        aria_label="Everything",
    )
    return h(
        "header",
        h("a", "bunco", href="/", class_="b-brand"),
        h("nav", h("ul", *links), aria_label="Pages"),
        h(
            "div",
            h("span", "Connecting…", id="pulse", class_="b-pulse", role="status")
            if is_live
            else None,
            search if path != "/search" else None,
            h(
                "button",
                "Theme: auto",
                type="button",
                id="theme",
                data_act="theme",
                class_="b-button",
            ),
            _person(visit),
            class_="b-tools",
        ),
        class_="b-top",
    )


def _person(visit: Visit) -> Markup | None:
    if not visit.person.is_signed_in:
        return None
    return h(
        "form",
        h(
            "span",
            said(visit.person.name, 40),
            f" ({visit.person.role}) ",
            class_="b-small b-muted",
        ),
        h("button", "Sign out", type="submit", class_="b-button"),
        method="post",
        action="/logout",
    )


def _foot(visit: Visit) -> Markup:
    zone = getattr(visit.zone, "key", "UTC")
    return h(
        "footer",
        h("span", f"bunco {visit.desk.version}"),
        h("span", f"Days begin at midnight in {zone}."),
        h("span", "It shows what happened; people judge."),
        class_="b-foot",
    )


def _judging(visit: Visit) -> Markup:
    radios = [
        h(
            "label",
            h("input", type="radio", name="judged", value=word, checked=word == "spam"),
            h("span", name, h("span", f": {meaning}", class_="b-muted b-small")),
            class_="b-choice",
        )
        for word, name, meaning in _MEANINGS
    ]
    lengths = [h("option", name, value=str(days), selected=days == 7) for days, name in _LENGTHS]
    by = None
    if not visit.person.name:
        by = h(
            "label",
            "Your name",
            h("input", name="by", maxlength=200, autocomplete="name"),
            class_="b-field",
        )
    form = h(
        "form",
        h("h2", "Give a verdict", id="judge-title"),
        h("p", id="judge-about", class_="b-muted b-small"),
        h("fieldset", h("legend", "Verdict"), *radios),
        h(
            "label",
            "For how long",
            h("select", *lengths, name="days"),
            id="judge-days",
            class_="b-field",
            hidden=True,
        ),
        h(
            "label",
            "Reason (it is kept with your verdict)",
            h("textarea", name="because", required=True, maxlength=2000),
            class_="b-field",
        ),
        by,
        h(
            "div",
            h("button", "Cancel", type="button", data_act="close", class_="b-button"),
            h("button", "Give verdict", type="submit", class_="b-button b-main"),
            class_="b-buttons",
        ),
        data_send="judge",
    )
    return h("dialog", form, id="judge", aria_labelledby="judge-title")
