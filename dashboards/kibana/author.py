"""The author dashboard: one page to judge an author from."""

from dashboards.kibana.columns import (
    count,
    different,
    each_number,
    highest,
    latest,
    mean,
    over_time,
    parted,
    top,
    total,
)
from dashboards.kibana.forms import Box, Column, Control, Dashboard, Layer, Panel, View
from dashboards.kibana.searches import ALL_FINDINGS, LATEST_POSTS
from dashboards.kibana.views import (
    ANSWERING,
    BROADCASTING,
    COUNTED,
    FINDINGS,
    HEADLINED,
    LOUD,
    PLAIN,
    POSTS,
)


def _number(title: str, about: str, x: int, view: View, column: Column) -> Panel:
    return Panel(
        title=title,
        about=about,
        box=Box(x, 4, 8, 6),
        chart="number",
        layers=(Layer(view=view, columns=(column,), where=(COUNTED,) if view is FINDINGS else ()),),
    )


_NUMBERS = (
    _number("Posts", "How much was published?", 0, POSTS, count("Posts")),
    _number(
        "Findings",
        "How often was something found? Quiet ones left out, here and in the points.",
        8,
        FINDINGS,
        count("Findings"),
    ),
    _number("Points", "How bad is it, all in all?", 16, FINDINGS, total("Points", "score")),
    _number("Highest score", "How bad at worst?", 24, FINDINGS, highest("Score", "score")),
    _number("Different places", "In how many places?", 32, POSTS, different("Places", "place")),
    _number(
        "Sensational",
        "How loud are the headlines on average?",
        40,
        POSTS,
        mean("Sensational", "sensational"),
    ),
)

_TIMELINE = Panel(
    title="Posts and findings",
    about="When was published, and when was something found, on one time line?",
    box=Box(0, 10, 48, 12),
    layers=(
        Layer(view=POSTS, columns=(over_time("at"), count("Posts")), series="line"),
        Layer(
            view=FINDINGS,
            columns=(
                top("Detector", "detector", 10, by="Findings"),
                over_time("last_at"),
                count("Findings"),
            ),
            series="bar_stacked",
        ),
    ),
)

_HABITS = (
    Panel(
        title="Rhythm",
        about="At which hours of which weekdays (UTC)? Machines do not sleep.",
        box=Box(0, 22, 24, 14),
        chart="heat map",
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    each_number("Hour (UTC)", "hour_of_day", 24),
                    top("Weekday", "day_of_week", 7),
                    count("Posts"),
                ),
            ),
        ),
    ),
    Panel(
        title="Conversation and broadcast",
        about="Which share of the posts talks with somebody?",
        box=Box(24, 22, 12, 14),
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    parted("Direction", conversation=ANSWERING, broadcast=BROADCASTING),
                    over_time("at"),
                    count("Posts"),
                ),
                series="bar_percentage_stacked",
            ),
        ),
    ),
    Panel(
        title="Sensational share",
        about="Which share of the headlines is sensational, and does it grow?",
        box=Box(36, 22, 12, 14),
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    parted("Headlines", sensational=LOUD, plain=PLAIN),
                    over_time("at"),
                    count("Posts"),
                ),
                where=(HEADLINED,),
                series="bar_percentage_stacked",
            ),
        ),
    ),
)

_CONTENT = (
    Panel(
        title="Headlines",
        about="Which headlines, how often, in how many places?",
        box=Box(0, 36, 24, 15),
        chart="table",
        layers=(
            Layer(
                view=POSTS,
                columns=(
                    top("Headline", "headline.raw", 50, by="Posts"),
                    count("Posts"),
                    different("Places", "place"),
                    highest("Sensational", "sensational"),
                    latest("Last posted", "at"),
                ),
            ),
        ),
    ),
    Panel(
        title="Places",
        about="Where is it published?",
        box=Box(24, 36, 12, 15),
        layers=(
            Layer(
                view=POSTS,
                columns=(top("Place", "place", 15, by="Posts"), count("Posts")),
                series="bar_horizontal",
            ),
        ),
    ),
    Panel(
        title="Link hosts",
        about="Which sites do the posts send people to?",
        box=Box(36, 36, 12, 15),
        layers=(
            Layer(
                view=POSTS,
                columns=(top("Host", "link_hosts", 15, by="Posts"), count("Posts")),
                series="bar_horizontal",
            ),
        ),
    ),
    Panel(
        title="All findings",
        about="What was found, in sentences, the quiet ones too?",
        box=Box(0, 51, 48, 13),
        search=ALL_FINDINGS,
    ),
    Panel(
        title="All posts",
        about="What was published?",
        box=Box(0, 64, 48, 18),
        search=LATEST_POSTS,
    ),
)

AUTHOR = Dashboard(
    name="author",
    title="Author",
    about="One author: posts and findings, rhythm, places, links, headlines.",
    since="now-30d",
    refresh_seconds=0,
    controls=(Control(title="Author", view=POSTS, field="author", one=True),),
    panels=(
        Panel(
            title="Whom is this about?",
            box=Box(0, 0, 48, 4),
            text=(
                "Choose an author above, or come here by a click on the"
                " [live dashboard](#/dashboard/{prefix}-live). With none chosen, all authors"
                " are shown together."
            ),
        ),
        *_NUMBERS,
        _TIMELINE,
        *_HABITS,
        *_CONTENT,
    ),
)
