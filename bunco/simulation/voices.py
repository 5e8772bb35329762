"""What each role says when its turn comes."""

from collections import deque
from typing import NamedTuple

from bunco.model import Post, PostKind, from_ms
from bunco.simulation import chatter, lures, news
from bunco.simulation.acts import Act
from bunco.simulation.cast import Author, Published
from bunco.simulation.dice import Dice
from bunco.simulation.edits import Edit, edited, tracked
from bunco.simulation.grammar import Grammar, words
from bunco.simulation.schedule import Slot

_REMEMBERED = 64
_HOUR = 3_600_000
_GRAMMARS: dict[str, Grammar] = {"en": news.ENGLISH, "es": news.SPANISH, "de": news.GERMAN}


class Said(NamedTuple):
    """What a post says, before it is put into the form of its platform."""

    headline: str = ""
    """Stands as title where the platform has titles, else in the text."""
    body: str = ""
    link: str = ""
    """What it points at; empty for its own page or for none."""
    kind: PostKind = "post"
    reply_to: str = ""
    mention: str = ""
    edit: str = ""
    taken_up: Published | None = None
    """The author's own post that it publishes again."""
    lang: str = ""


class Voices:
    """Words every slot; remembers the latest posts, to answer them and to share the news."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._talk: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._news: deque[tuple[str, str, str]] = deque(maxlen=_REMEMBERED)

    def say(self, slot: Slot) -> Said:
        """Give what the author of the slot says."""
        author = slot.author
        if slot.cue is not None:
            return self._acted(slot, slot.cue.acts[0], slot.cue.edit)
        if author.role == "news":
            return self._reported(author)
        if author.role == "promoter" and self._dice.chance(45):
            return Said(headline=lures.HEADLINE.say(self._dice), link=self._own_page(author))
        return self._chatted(author)

    def remember(self, slot: Slot, post: Post, said: Said) -> None:
        """Keep a post in mind that others may answer or share."""
        author = slot.author
        if author.role != "news":
            self._talk.append((post.id, author.id))
        elif said.taken_up is None:
            self._news.append((said.headline, post.url, said.lang))
            if author.rerun is None and self._dice.chance(4):
                author.rerun = Published(said.headline, post.url, post.id, slot.at)

    def _acted(self, slot: Slot, act: Act, edit: Edit) -> Said:
        dice, author = self._dice, slot.author
        match act.kind:
            case "series":
                return self._episode(author, slot.at)
            case "template":
                return self._measured(author, slot.at)
            case "import":
                return Said(body=chatter.POST.say(dice))
            case "flurry":
                return Said(body=chatter.LIVE.say(dice))
            case _:
                return self._lured(act, edit)

    def _lured(self, act: Act, edit: Edit) -> Said:
        dice = self._dice
        if act.kind == "chain":
            return Said(body=edited(act.wording, edit, dice), edit=edit)
        if act.kind == "pitch":
            return Said(body=lures.PITCH.say(dice), link=act.link, edit="reworded")
        link = tracked(act.link, dice) if edit == "tracking" else act.link
        headline = edited(act.wording, edit, dice)
        body = lures.BODY.say(dice) if dice.chance(30) else ""
        return Said(headline=headline, body=body, link=link, edit=edit)

    def _reported(self, author: Author) -> Said:
        dice = self._dice
        if author.rerun is not None and dice.chance(15):
            first, author.rerun = author.rerun, None
            again, edit = first.headline, "same"
            if dice.chance(40):
                again, edit = f"Correction: {again}", "prefix"
            return Said(
                headline=again, link=first.link, taken_up=first, edit=edit, lang=author.lang
            )
        headline = _GRAMMARS[author.lang].say(dice)
        body = news.BELOW.say(dice) if author.lang == "en" else ""
        return Said(headline=headline, body=body, lang=author.lang)

    def _chatted(self, author: Author) -> Said:
        dice = self._dice
        throw = dice.below(100)
        if throw < 34 and self._talk:
            reply_to, other = dice.pick(self._talk)
            if other != author.id:
                body = chatter.REPLY.say(dice)
                return Said(body=body, kind="reply", reply_to=reply_to, mention=other)
        if throw < 46 and self._news:
            headline, link, lang = dice.pick(self._news)
            if dice.chance(25):
                return Said(headline=headline, link=link, kind="repost", lang=lang)
            comment = chatter.COMMENT.say(dice)
            return Said(headline=f"{comment} {headline}", link=link, lang=lang)
        return Said(body=chatter.POST.say(dice))

    def _episode(self, author: Author, at_ms: int) -> Said:
        """Number a show's episodes; number or date the threads of a forum."""
        author.number += 1
        if author.name == author.brand:
            topic = chatter.TOPIC.say(self._dice)
            headline = f"{author.brand}, episode {author.number}: {topic}"
        elif author.shift % (2 * _HOUR):
            headline = f"{author.brand} #{author.number}"
        else:
            at = from_ms(at_ms)
            headline = f"{author.brand}: {at.day} {_MONTHS[at.month - 1]} {at.year}"
        return Said(headline=headline, body=f"Number {author.number}, as every time.")

    def _measured(self, author: Author, at_ms: int) -> Said:
        dice = self._dice
        hour = at_ms // _HOUR % 24
        degrees = 9 - abs(hour - 15) // 2 + dice.between(-1, 2)
        headline = (
            f"Weather for {author.brand} at {hour:02d}:00: {degrees} °C,"
            f" wind {dice.between(3, 38)} km/h, rain {dice.below(4)}.{dice.below(10)} mm"
        )
        return Said(headline=headline, body="I am a bot. Values of the station on the town hall.")

    def _own_page(self, author: Author) -> str:
        return f"{author.home}blog/{self._dice.between(100, 99_999)}"


_MONTHS = words(
    "January | February | March | April | May | June | July | August | September | October |"
    " November | December"
)
