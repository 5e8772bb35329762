"""Servers of networks that anybody may run: asked what software they are."""

import re
from urllib.parse import quote

from ingest.recognition.recognised import Asked, Option, Recognised

_MASTODON = frozenset(
    (
        *("mastodon", "hometown", "pleroma", "akkoma", "gotosocial", "pixelfed", "friendica"),
        *("iceshrimp", "sharkey", "firefish", "mitra", "takahe"),
    )
)
"""Software that speaks Mastodon's API. Source: its client list, docs.joinmastodon.org."""
_FEEDS = (".rss", ".atom", ".xml", ".rdf", "/feed", "/feed/")
_SCHEMA = re.compile(r"^https?://nodeinfo\.diaspora\.software/ns/schema/2\.\d$")


async def recognise(asked: Asked) -> Recognised | None:
    """Give the Mastodon, Lemmy or Discourse that an address belongs to."""
    if not asked.is_web or asked.url.path.lower().endswith(_FEEDS):
        return None
    software = await software_of(asked)
    if software in _MASTODON:
        return _mastodon(asked, software)
    if software == "lemmy":
        return _lemmy(asked)
    if software == "discourse" or await _is_discourse(asked):
        return _discourse(asked)
    return None


async def software_of(asked: Asked) -> str:
    """Give the name of a server's software, in lower case; empty: it does not tell.

    Source: NodeInfo 2.1, nodeinfo.diaspora.software/protocol.
    """
    known = await asked.record(f"{asked.base}/.well-known/nodeinfo")
    links = known.get("links")
    for link in reversed(links) if isinstance(links, list) else ():
        if not isinstance(link, dict) or not _SCHEMA.match(str(link.get("rel", ""))):
            continue
        href = str(link.get("href", ""))
        if not href.startswith(f"{asked.base}/"):  # its own word on itself, nobody else's
            continue
        software = (await asked.record(href)).get("software")
        return str(software.get("name", "")).lower() if isinstance(software, dict) else ""
    return ""


async def _is_discourse(asked: Asked) -> bool:
    about = (await asked.record(f"{asked.base}/about.json")).get("about")
    return isinstance(about, dict) and "stats" in about and "version" in about


def _mastodon(asked: Asked, software: str) -> Recognised | None:
    options: dict[str, Option] = {"url": asked.base}
    what, name = f"{asked.host}, a server of {software}", asked.host
    match asked.steps:
        case ["tags" | "tag", tag, *_]:
            options["tags"] = [tag]
            what, name = f"the tag #{tag} on {asked.host}", f"{asked.host} {tag}"
        case [first, *_] if first.startswith("@"):
            return Recognised(
                kind="rss",
                options={"url": f"{asked.base}/{quote(first, safe='@')}.rss", **asked.private()},
                name=f"{first} {asked.host}",
                found=f"the account {first} on {asked.host}: its feed",
                hints=("Replies and boosts are not in it, and removals neither.",),
            )
    return Recognised(
        kind="mastodon",
        options={**options, **asked.private()},
        name=name,
        found=what,
        missing=(
            ('token = { file = "PATH" }', "streams, on most servers, want one; else it is polled"),
        ),
    )


def _lemmy(asked: Asked) -> Recognised:
    options: dict[str, Option] = {"url": asked.base}
    what, name = f"{asked.host}, a server of Lemmy", asked.host
    match asked.steps:
        case ["c", community, *_]:
            options["communities"] = [community]
            what, name = f"the community {community} on {asked.host}", f"{asked.host} {community}"
    return Recognised(kind="lemmy", options={**options, **asked.private()}, name=name, found=what)


def _discourse(asked: Asked) -> Recognised:
    options: dict[str, Option] = {"url": asked.base}
    what, name = f"{asked.host}, a Discourse forum", asked.host
    match asked.steps:
        case ["c", *path] if path and not path[0].isdecimal():
            slugs = [step for step in path if not step.isdecimal()]
            options["categories"] = ["/".join(slugs)]
            what, name = (
                f"{'/'.join(slugs)} on {asked.host}, a Discourse forum",
                f"{name} {slugs[-1]}",
            )
    return Recognised(
        kind="discourse", options={**options, **asked.private()}, name=name, found=what
    )
