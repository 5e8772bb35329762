"""Every panel's question, asked of a real Elasticsearch, against rows counted by hand."""

from collections.abc import Iterator
from secrets import token_hex

import pytest

from dashboards.kibana.author import AUTHOR
from dashboards.kibana.forms import Condition, Dashboard, Panel
from dashboards.kibana.live import LIVE
from dashboards.kibana.objects import DASHBOARDS
from dashboards.kibana.queries import (
    Row,
    Shown,
    layer_query,
    layer_rows,
    panel_queries,
    search_query,
    search_rows,
)
from dashboards.kibana.searches import ALL_SOURCES, DEAD_LETTERS
from tests.dashboards.kibana.small_set import (
    ANN,
    BOB,
    MONDAY,
    SINCE,
    TUESDAY,
    UNTIL,
    WEDNESDAY,
    ask,
    drop,
    fill,
)

REASON = 'Published "Council approves new cycle lanes" 4 times in 24 h.'
BURST_ROW = ("medium", 0.6, "bursts", ANN, "Three posts in one hour.", "", "north")
REPEAT_ROW = ("high", 0.9, "repeats", ANN, REASON, "Shock cure", "north")
BOB_ROW = ("low", 0.4, "repeats", BOB, REASON, "Weather today", "west")
SPREAD_ROW = ("medium", 0.5, "crossposts", BOB, "Put into two places.", "Weather today", "south")
QUIET_ROW = ("high", 1.0, "repeats", ANN, True, REASON, "Shock cure", "north")


def _told(row: Row) -> Row:
    """Give the row of a finding that no verdict keeps quiet as *All findings* shows it."""
    return (*row[:4], False, *row[4:])


ALL = Shown(since=SINCE, until=UNTIL, step="1d")
ANN_ALONE = Shown(
    since=SINCE,
    until=UNTIL,
    step="1d",
    only=(Condition(field="author", says="is", value=ANN),),
)

EXPECTED: dict[tuple[str, str], list[list[Row]]] = {
    ("live", "Posts"): [[(6,)]],
    ("live", "Findings"): [[(4,)]],
    ("live", "Authors with findings"): [[(2,)]],
    ("live", "Failing sources"): [[(1,)]],
    ("live", "Dead letters"): [[(2,)]],
    ("live", "Findings over time by detector"): [
        [
            ("repeats", MONDAY, 1),
            ("repeats", TUESDAY, 1),
            ("bursts", MONDAY, 1),
            ("crossposts", TUESDAY, 1),
        ]
    ],
    ("live", "Posts per minute"): [[(MONDAY, 4), (TUESDAY, 1), (WEDNESDAY, 1)]],
    ("live", "Latest findings"): [[SPREAD_ROW, BOB_ROW, REPEAT_ROW, BURST_ROW]],
    ("live", "Worst authors"): [
        [
            (ANN, 1.5, 2, 2, 0.9, "2026-03-02T13:00:00.000Z"),
            (BOB, 0.9, 2, 2, 0.5, "2026-03-03T12:40:00.000Z"),
        ]
    ],
    ("live", "Bursts"): [[(ANN, 0.6, 1, "2026-03-02T12:10:00.000Z")]],
    ("live", "Repeated headlines"): [
        [
            ("Shock cure", ANN, 0.9, 1, "2026-03-02T13:00:00.000Z"),
            ("Weather today", BOB, 0.4, 1, "2026-03-03T12:30:00.000Z"),
        ]
    ],
    ("live", "Cross-posts"): [[("Weather today", BOB, 2, 0.5, "2026-03-03T12:40:00.000Z")]],
    ("live", "Most published headlines"): [
        [("Shock cure", 3, 1, 2, 0.9), ("Weather today", 2, 2, 1, 0.1)]
    ],
    ("live", "Places by posts"): [[("north", 4), ("south", 1), ("west", 1)]],
    ("live", "Places by findings"): [[("north", 2), ("south", 2), ("west", 2)]],
    ("live", "Sensational share"): [
        [("sensational", MONDAY, 3), ("plain", MONDAY, 1), ("plain", TUESDAY, 1)]
    ],
    ("live", "Sources' health"): [
        [
            ("s2", 2.0, "2026-02-20T12:00:00.000Z", None, None),
            (
                "s1",
                0.0,
                "2026-03-02T12:15:00.000Z",
                "2026-03-02T12:10:00.000Z",
                "2026-03-02T12:30:00.000Z",
            ),
        ]
    ],
    ("live", "Failing sources and why"): [
        [("s2", "the host does not answer", "2026-02-21T12:00:00.000Z")]
    ],
    ("live", "Polls by outcome"): [
        [("failed", MONDAY, 1), ("read", MONDAY, 1), ("unchanged", MONDAY, 1)]
    ],
    ("author", "Posts"): [[(4,)]],
    ("author", "Findings"): [[(2,)]],
    ("author", "Points"): [[(1.5,)]],
    ("author", "Highest score"): [[(0.9,)]],
    ("author", "Different places"): [[(2,)]],
    ("author", "Sensational"): [[(0.675,)]],
    ("author", "Posts and findings"): [
        [(MONDAY, 3), (TUESDAY, 1)],
        [("repeats", MONDAY, 2), ("bursts", MONDAY, 1)],
    ],
    ("author", "Rhythm"): [[(12, "1 Mon", 2), (12, "2 Tue", 1), (13, "1 Mon", 1)]],
    ("author", "Conversation and broadcast"): [
        [("conversation", TUESDAY, 1), ("broadcast", MONDAY, 3)]
    ],
    ("author", "Sensational share"): [[("sensational", MONDAY, 3), ("plain", TUESDAY, 1)]],
    ("author", "Headlines"): [
        [
            ("Shock cure", 3, 2, 0.9, "2026-03-02T13:00:00.000Z"),
            ("Weather today", 1, 1, 0.1, "2026-03-03T12:30:00.000Z"),
        ]
    ],
    ("author", "Places"): [[("north", 3), ("south", 1)]],
    ("author", "Link hosts"): [[("shop.example", 3), ("other.example", 1)]],
    ("author", "All findings"): [[_told(REPEAT_ROW), QUIET_ROW, _told(BURST_ROW)]],
    ("author", "All posts"): [
        [
            (ANN, "north", "reply", "Weather today", 0.1, None),
            (ANN, "north", "post", "Shock cure", 0.8, "https://example.org/1"),
            (ANN, "south", "post", "Shock cure", 0.9, "https://example.org/1"),
            (ANN, "north", "post", "Shock cure", 0.9, "https://example.org/1"),
        ]
    ],
}

PANELS = [(board, panel) for board in DASHBOARDS for panel in board.panels if not panel.text]


@pytest.fixture(scope="module")
def prefix(elastic: str) -> Iterator[str]:
    """Give the prefix of indices that hold the small set."""
    name = f"t-kibana-{token_hex(4)}"
    try:
        fill(elastic, name)
        yield name
    finally:
        drop(elastic, name)


def test_every_panel_has_its_rows_counted() -> None:
    counted = {(board.name, panel.title) for board, panel in PANELS}

    assert counted == set(EXPECTED)


@pytest.mark.services
@pytest.mark.parametrize(
    ("board", "panel"), PANELS, ids=[f"{board.name}-{panel.title}" for board, panel in PANELS]
)
def test_panel_shows_what_was_counted_by_hand(
    elastic: str, prefix: str, board: Dashboard, panel: Panel
) -> None:
    shown = ALL if board is LIVE else ANN_ALONE

    rows = answered(elastic, panel, prefix, shown)

    assert rows == [
        [tuple(_near(value) for value in row) for row in layer]
        for layer in EXPECTED[board.name, panel.title]
    ]


@pytest.mark.services
@pytest.mark.parametrize("field", ["author", "place", "source"])
def test_what_controls_narrow_reaches_posts_and_findings_alike(
    elastic: str, prefix: str, field: str
) -> None:
    value = {"author": BOB, "place": "west", "source": "s2"}[field]
    only = (Condition(field=field, says="is", value=value),)
    posts, findings = (panel for panel in LIVE.panels if panel.title in {"Posts", "Findings"})
    shown = Shown(since=SINCE, until=UNTIL, only=only)

    rows = answered(elastic, posts, prefix, shown) + answered(elastic, findings, prefix, shown)

    assert rows == [[(1 if field == "place" else 2,)], [(2,)]]


@pytest.mark.services
def test_no_filter_reaches_the_health_of_sources(elastic: str, prefix: str) -> None:
    health = [panel for panel in LIVE.panels if any(one.everything for one in panel.layers)]

    rows = {panel.title: answered(elastic, panel, prefix, ANN_ALONE) for panel in health}

    assert rows == {title: EXPECTED["live", title] for title in rows}
    assert len(rows) == 5


@pytest.mark.services
@pytest.mark.parametrize("panel", AUTHOR.panels, ids=lambda panel: panel.title)
def test_an_author_without_posts_breaks_no_panel(elastic: str, prefix: str, panel: Panel) -> None:
    nobody = (Condition(field="author", says="is", value="web:nobody.example"),)

    rows = answered(elastic, panel, prefix, Shown(since=SINCE, until=UNTIL, only=nobody))

    assert all(layer in ([], [(0,)], [(0.0,)], [(None,)]) for layer in rows)


@pytest.mark.services
def test_saved_searches_show_letters_without_a_time_and_sources_long_silent(
    elastic: str, prefix: str
) -> None:
    letters, sources = (
        search_rows(search, ask(f"{elastic}/{query.index}/_search", query.body))
        for search in (DEAD_LETTERS, ALL_SOURCES)
        for query in [search_query(search, prefix, ALL)]
    )

    assert [row[1:3] for row in letters] == [
        ("s1#3", "a post needs an author"),
        ("posts.jsonl:9", "no JSON"),
    ]
    assert [row[:2] for row in sources] == [("s1", ""), ("s2", "the host does not answer")]


@pytest.mark.services
def test_heat_map_has_hours_in_order_and_weekdays_from_monday(elastic: str, prefix: str) -> None:
    rhythm = next(panel for panel in AUTHOR.panels if panel.title == "Rhythm")

    ((*rows,),) = answered(elastic, rhythm, prefix, ALL)

    assert rows == [
        (9, "3 Wed", 1),
        (12, "1 Mon", 3),
        (12, "2 Tue", 1),
        (13, "1 Mon", 1),
    ]


def answered(elastic: str, panel: Panel, prefix: str, shown: Shown) -> list[list[Row]]:
    """Give the rows of each layer of a panel, as the server answers now."""
    answers = [
        ask(f"{elastic}/{query.index}/_search", query.body)
        for query in panel_queries(panel, prefix, shown)
    ]
    if panel.search:
        return [search_rows(panel.search, answers[0])]
    return [layer_rows(layer, answer) for layer, answer in zip(panel.layers, answers, strict=True)]


def test_each_layer_asks_the_alias_of_its_view() -> None:
    layer = next(panel for panel in LIVE.panels if panel.title == "Bursts").layers[0]

    query = layer_query(layer, "other", ALL)

    assert query.index == "other-findings"


def _near(value: object) -> object:
    return pytest.approx(value) if isinstance(value, float) else value
