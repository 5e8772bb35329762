"""The data views: which indices, which time, which fields are computed.

A filter on ``author``, ``place`` or ``source`` has to mean the same in every panel of a
dashboard. Findings keep these as ``subject``, ``places`` and ``sources``; their view computes
the shared names from them.
"""

from dashboards.kibana.forms import Condition, Json, Runtime, View

SENSATIONAL = 0.5
"""From this score on a headline counts as sensational, as in the sentences of findings.
Source: ours, docs/decisions/0005."""

_LINK: Json = {"id": "url"}
_SCORE: Json = {"id": "number", "params": {"pattern": "0.00"}}
_SHARED = "for (def one : doc['{field}']) {{ emit(one); }}"
_HOUR = "if (doc['at'].size() > 0) { emit(doc['at'].value.getHour()); }"
_DAY = (
    "if (doc['at'].size() > 0) {"
    " def day = doc['at'].value.getDayOfWeekEnum();"
    " def names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];"
    " emit(day.getValue() + ' ' + names[day.getValue() - 1]); }"
)
"""The number stands first so that days sort as they come."""

POSTS = View(
    name="posts",
    at="at",
    runtime=(
        Runtime(name="hour_of_day", type="long", script=_HOUR),
        Runtime(name="day_of_week", type="keyword", script=_DAY),
    ),
    shown_as=(("url", _LINK), ("links", _LINK), ("sensational", _SCORE)),
)
FINDINGS = View(
    name="findings",
    at="last_at",
    runtime=(
        Runtime(name="author", type="keyword", script=_SHARED.format(field="subject")),
        Runtime(name="place", type="keyword", script=_SHARED.format(field="places")),
        Runtime(name="source", type="keyword", script=_SHARED.format(field="sources")),
    ),
    shown_as=(("score", _SCORE), ("sensational", _SCORE)),
)
SOURCES = View(name="sources")
"""Without a time field: a source that has fallen silent must not fall out of sight."""
POLLS = View(name="polls", at="at")
DEAD = View(name="dead")
"""Without one too: letters of a replay have no time, and each waits until it is dealt with."""

VIEWS = (POSTS, FINDINGS, SOURCES, POLLS, DEAD)

LOUD = Condition(field="sensational", says="from", value=SENSATIONAL)
PLAIN = Condition(field="sensational", says="below", value=SENSATIONAL)
ANSWERING = Condition(field="is_conversation", says="is", value=True)
BROADCASTING = Condition(field="is_conversation", says="is", value=False)
HEADLINED = Condition(field="headline.raw", says="is there")
"""For posts: those without a headline lack the field."""
COUNTED = Condition(field="quiet", says="is not", value=True)
"""For findings: those that no verdict keeps quiet."""
QUOTED = Condition(field="headline.raw", says="is not", value="")
"""For findings: those without a quote have an empty one."""
