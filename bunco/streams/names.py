"""The names of topics and groups; all begin with the configured prefix."""

from typing import Literal, TypeAlias

TopicName: TypeAlias = Literal["posts", "echoes", "findings", "dead", "sources"]
GroupName: TypeAlias = Literal["ingest", "process", "sink"]


def topic(prefix: str, name: TopicName) -> str:
    """Give the name of a topic.

    >>> topic("bunco", "posts")
    'bunco.posts'
    """
    return f"{prefix}.{name}"


def group(prefix: str, name: GroupName) -> str:
    """Give the name of a consumer group, which is also the id of the Faust application.

    >>> group("bunco", "process")
    'bunco-process'
    """
    return f"{prefix}-{name}"


def changelog(prefix: str) -> str:
    """Give the name of the topic that holds the author states of the processors."""
    return f"{group(prefix, 'process')}-authors-changelog"
