"""The live dashboard: what goes on now, and whom to look at."""

from dashboards.kibana.columns import (
    count,
    different,
    highest,
    latest,
    over_time,
    parted,
    top,
    total,
)
from dashboards.kibana.forms import Box, Column, Condition, Control, Dashboard, Layer, Panel
from dashboards.kibana.health import FAILING, HEALTH
from dashboards.kibana.searches import LATEST_FINDINGS
from dashboards.kibana.views import (
    COUNTED,
    DEAD,
    FINDINGS,
    HEADLINED,
    LOUD,
    PLAIN,
    POSTS,
    QUOTED,
    SOURCES,
)


def _by(detector: str) -> Condition:
    return Condition(field="detector", says="is", value=detector)


def _number(title: str, about: str, box: Box, layer: Layer) -> Panel:
    return Panel(title=title, about=about, box=box, chart="number", layers=(layer,))


def _leading(
    title: str, about: str, box: Box, where: tuple[Condition, ...], *columns: Column
) -> Panel:
    """Give a table of findings whose rows lead to their author."""
    layer = Layer(view=FINDINGS, columns=columns, where=where)
    return Panel(title=title, about=about, box=box, chart="table", drill="author", layers=(layer,))


_NUMBERS = (
    _number(
        "Posts",
        "How many posts came in the time shown?",
        Box(0, 4, 10, 6),
        Layer(view=POSTS, columns=(count("Posts"),)),
    ),
    _number(
        "Findings",
        "How many findings were opened or updated?",
        Box(10, 4, 10, 6),
        Layer(view=FINDINGS, columns=(count("Findings"),), where=(COUNTED,)),
    ),
    _number(
        "Authors with findings",
        "How many different authors are they about?",
        Box(20, 4, 10, 6),
        Layer(view=FINDINGS, columns=(different("Authors", "subject"),), where=(COUNTED,)),
    ),
    _number(
        "Failing sources",
        "How many sources cannot be read now? Never filtered.",
        Box(30, 4, 9, 6),
        Layer(view=SOURCES, columns=(count("Sources"),), where=(FAILING,), everything=True),
    ),
    _number(
        "Dead letters",
        "How many wait to be looked at, from any time? Never filtered.",
        Box(39, 4, 9, 6),
        Layer(view=DEAD, columns=(count("Dead letters"),), everything=True),
    ),
)

_OVER_TIME = (
    Panel(
        title="Findings over time by detector",
        about="Is there more spam than before, and of which sort?",
        box=Box(0, 10, 24, 12),
        layers=(
            Layer(
                view=FINDINGS,
                columns=(
                    top("Detector", "detector", 10, by="Findings"),
                    over_time("last_at"),
                    count("Findings"),
                ),
                where=(COUNTED,),
                series="bar_stacked",
            ),
        ),
    ),
    Panel(
        title="Posts per minute",
        about="Does everything flow, and how fast?",
        box=Box(24, 10, 24, 12),
        layers=(
            Layer(view=POSTS, columns=(over_time("at"), count("Posts per minute", a_minute=True))),
        ),
    ),
    Panel(
        title="Latest findings",
        about="What was found last, in sentences?",
        box=Box(0, 22, 48, 15),
        search=LATEST_FINDINGS,
    ),
)

_WORST = (
    _leading(
        "Worst authors",
        "Who collects the most points? A click leads to the author.",
        Box(0, 37, 24, 15),
        (COUNTED,),
        top("Author", "author", 20, by="Points"),
        total("Points", "score"),
        count("Findings"),
        different("Detectors", "detector"),
        highest("Highest score", "score"),
        latest("Last seen", "last_at"),
    ),
    _leading(
        "Bursts",
        "Who publishes far faster than usual? A click leads to the author.",
        Box(24, 37, 24, 15),
        (_by("bursts"), COUNTED),
        top("Author", "author", 20, by="Highest score"),
        highest("Highest score", "score"),
        count("Bursts"),
        latest("Last seen", "last_at"),
    ),
    _leading(
        "Repeated headlines",
        "Which headlines were found repeated, and by whom? A click leads to the author.",
        Box(0, 52, 24, 15),
        (_by("repeats"), QUOTED, COUNTED),
        top("Headline", "headline.raw", 20, by="Highest score"),
        top("Author", "author", 3, by="Highest score"),
        highest("Highest score", "score"),
        count("Findings"),
        latest("Last seen", "last_at"),
    ),
    _leading(
        "Cross-posts",
        "What was put into several places, and by whom? A click leads to the author.",
        Box(24, 52, 24, 15),
        (_by("crossposts"), QUOTED, COUNTED),
        top("Headline", "headline.raw", 20, by="Places"),
        top("Author", "author", 3, by="Places"),
        different("Places", "places"),
        highest("Highest score", "score"),
        latest("Last seen", "last_at"),
    ),
    Panel(
        title="Most published headlines",
        about="Which headlines stand there most often, letter by letter, found or not?",
        box=Box(0, 67, 48, 15),
        chart="table",
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    top("Headline", "headline.raw", 20, by="Posts"),
                    count("Posts"),
                    different("Authors", "author"),
                    different("Places", "place"),
                    highest("Sensational", "sensational"),
                ),
            ),
        ),
    ),
)

_WHERE = (
    Panel(
        title="Places by posts",
        about="Where is published most?",
        box=Box(0, 82, 16, 13),
        layers=(
            Layer(
                view=POSTS,
                columns=(top("Place", "place", 15, by="Posts"), count("Posts")),
                series="bar_horizontal",
            ),
        ),
    ),
    Panel(
        title="Places by findings",
        about="Which places are hit?",
        box=Box(16, 82, 16, 13),
        layers=(
            Layer(
                view=FINDINGS,
                columns=(top("Place", "place", 15, by="Findings"), count("Findings")),
                where=(COUNTED,),
                series="bar_horizontal",
            ),
        ),
    ),
    Panel(
        title="Sensational share",
        about="Which share of the headlines is sensational?",
        box=Box(32, 82, 16, 13),
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    parted("Headlines", sensational=LOUD, plain=PLAIN),
                    over_time("at"),
                    count("Posts"),
                ),
                where=(HEADLINED,),
                series="area_percentage_stacked",
            ),
        ),
    ),
)

LIVE = Dashboard(
    name="live",
    title="Live spam",
    about="Findings as they come, the worst authors, repeated headlines, sources' health.",
    since="now-24h",
    refresh_seconds=10,
    controls=(
        Control(title="Source", view=POSTS, field="source"),
        Control(title="Place", view=POSTS, field="place"),
        Control(title="Author", view=POSTS, field="author"),
    ),
    panels=(
        Panel(
            title="How to read this",
            box=Box(0, 0, 48, 4),
            text=(
                "Source, place and author narrow all panels but those on sources. To narrow by"
                " detector or severity type `detector : repeats` or `severity : high` above;"
                " posts have neither, their panels are then empty. Click an author in a table"
                " to open the [author dashboard](#/dashboard/{prefix}-author)."
            ),
        ),
        *_NUMBERS,
        *_OVER_TIME,
        *_WORST,
        *_WHERE,
        *HEALTH,
    ),
)
