"""Texts that an app writes when somebody presses its share button.

They are the same each time because the app says them, not the author: "Just posted a photo",
"I'm at …". The list is of apps, not of topics.
"""

import re

_SAID = (
    r"^im at \S+ ",
    r"^im (?:watching|reading|listening to|playing|thinking about) .*\bgetglue",
    r"just posted a (?:photo|video)",
    r"i posted (?:a new photo to|\d+ photos? (?:on|to)) facebook",
    r"^i (?:liked|favorited|uploaded) a (?:youtube )?video\b",
    r"^i added a video to a (?:youtube )?playlist",
    r"(?:completed an|completato un) achievement in",
    r"i(?:ve)? just (?:unlocked the|became the mayor of|ousted|checked in)",
    r"my week on twitter",
    r"\btop stories (?:today\b|by\b)",
    r"followers?(?: and)? \w+ (?:new )?unfollowers?",
    r"^(?:my (?:daily|weekly)|todays?) stats \w+ new (?:un)?followers?\b",
    r"\bpeople (?:un)?followed me\b",
    r"\bperson (?:un)?followed me\b",
    r"^(?:photo|foto)set ",
    r"^(?:photo|foto) .* on flickr$",
    r"pubblicato una (?:nuova )?foto",
    r"foto appena pubblicata",
    r"ho pubblicato \d+ foto su facebook",
    r"^mi (?:piace|e piaciuto) un video di\b",
    r"^ho (?:aggiunto un video a una playlist|(?:caricato|impostato) un video) di\b",
    r"acabo de publicar una? (?:nueva )?(?:foto|video)",
    r"he publicado una foto nueva en facebook",
    r"^me (?:ha gustado|gusto) un video de\b",
    r"je viens de publier une (?:photo|video)",
    r"jai publie une nouvelle photo sur facebook",
    r"ich habe gerade ein (?:foto|video) gepostet",
    r"ich habe ein neues foto auf facebook gepostet",
    r"acabei de publicar uma? (?:foto|video)",
    r"publiquei uma nova foto no facebook",
    r"gostei de um video (?:do )?youtube",
)
"""As ``wording`` gives them. Source: ours, what Instagram, Facebook, YouTube, Foursquare,
GetGlue, paper.li and follower counters put into people's timelines, in six languages."""

_SHARED = re.compile("|".join(_SAID))


def is_share_text(wording: str) -> bool:
    """Say whether an app wrote this wording for whoever pressed its button.

    >>> is_share_text("just posted a photo"), is_share_text("a photo nobody should see")
    (True, False)
    """
    return _SHARED.search(wording) is not None
