import hashlib
import io
import json

from bunco.codec import decode_item
from bunco.simulation.plan import Plan
from bunco.simulation.writing import write

PLAN = Plan(authors=50, posts=4_500, removals=10, duplicates=20)


def written(plan: Plan) -> tuple[bytes, bytes]:
    posts, truth = io.BytesIO(), io.BytesIO()
    write(plan, posts, truth)
    return posts.getvalue(), truth.getvalue()


def test_the_bytes_are_those_of_every_machine_and_python_version() -> None:
    posts, truth = written(PLAN)

    digest = hashlib.sha256(posts + truth).hexdigest()

    assert digest == "37b42ec45412304a58504513fa100c21431439f1a93df7dc9b7bcfa9b7f78d3a", (
        "the stream changed: if on purpose, put the new digest here"
    )


def test_the_truth_has_a_line_for_each_author_and_each_act() -> None:
    posts, truth = io.BytesIO(), io.BytesIO()

    tally = write(PLAN, posts, truth)

    items = [decode_item(line) for line in posts.getvalue().splitlines()]
    truths = [json.loads(line) for line in truth.getvalue().splitlines()]
    kinds = [line["truth"] for line in truths]
    assert (tally.posts, tally.duplicates, tally.removals) == (4_500, 20, 10)
    assert len(items) == 4_530
    assert kinds.count("author") == tally.authors == 50
    assert kinds.count("act") == tally.acts > 10
    told = {item.id for item in items}
    assert all(told.issuperset(line["posts"]) for line in truths if line["truth"] == "act")


def test_posts_are_the_same_without_the_truth_and_progress_is_told() -> None:
    posts, steps = io.BytesIO(), list[int]()

    write(PLAN, posts, on_progress=steps.append)

    assert posts.getvalue() == written(PLAN)[0]
    assert steps == [2_000, 4_000, 4_530]
