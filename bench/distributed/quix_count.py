"""The same count with quixstreams: a script for an environment of its own.

    PYTHON quix_count.py ADDRESS TOPIC FOLDER GUARANTEE

GUARANTEE is ``exactly-once`` or ``at-least-once``.
"""

import sys

from quixstreams import Application, State  # type: ignore[import-not-found,unused-ignore]  # has an environment of its own


def count(_: dict[str, str], state: State) -> None:
    """Count one post of the key's author."""
    state.set("posts", state.get("posts", 0) + 1)


def main() -> None:
    """Run until killed."""
    address, topic, folder, guarantee = sys.argv[1:]
    app = Application(
        broker_address=address,
        consumer_group=f"{topic}-quix",
        auto_offset_reset="earliest",
        state_dir=folder,
        processing_guarantee=guarantee,
        commit_interval=1.0,
        consumer_extra_config={"session.timeout.ms": 60_000},
        loglevel="WARNING",
    )
    posts = app.topic(topic, key_deserializer="str", value_deserializer="json")
    app.dataframe(posts).update(count, stateful=True)
    app.run()


if __name__ == "__main__":
    main()
