"""The row of the live dashboard that tells how the sources do; no filter reaches it."""

from dashboards.kibana.columns import count, highest, latest, over_time, top
from dashboards.kibana.forms import Box, Condition, Layer, Panel
from dashboards.kibana.views import POLLS, SOURCES

FAILING = Condition(field="failures", says="above", value=0)

HEALTH = (
    Panel(
        title="Sources' health",
        about="When was each source read, and when did it give something? Never filtered.",
        box=Box(0, 95, 24, 14),
        chart="table",
        layers=(
            Layer(
                view=SOURCES,
                columns=(
                    top("Source", "source", 100, by="Failures"),
                    highest("Failures", "failures"),
                    latest("Last success", "succeeded_at"),
                    latest("Last new post", "item_at"),
                    latest("Next poll", "next_at"),
                ),
                everything=True,
            ),
        ),
    ),
    Panel(
        title="Failing sources and why",
        about="Which sources cannot be read, why, and since when? Never filtered.",
        box=Box(24, 95, 12, 14),
        chart="table",
        layers=(
            Layer(
                view=SOURCES,
                columns=(
                    top("Source", "source", 50, by="Failing since"),
                    top("Error", "error.raw", 1, by="Failing since"),
                    latest("Failing since", "error_since"),
                ),
                where=(FAILING,),
                everything=True,
            ),
        ),
    ),
    Panel(
        title="Polls by outcome",
        about="Do the sources answer? Never filtered.",
        box=Box(36, 95, 12, 14),
        layers=(
            Layer(
                view=POLLS,
                columns=(
                    top("Outcome", "outcome", 10, by="Polls"),
                    over_time("at"),
                    count("Polls"),
                ),
                series="bar_stacked",
                everything=True,
            ),
        ),
    ),
)
