"""Short ways to write the columns of panels."""

from dashboards.kibana.forms import Column, Condition


def top(label: str, field: str, size: int, *, by: str = "") -> Column:
    """Give a row for each value of a field of words, ranked by another column."""
    return Column(label=label, kind="terms", field=field, size=size, by=by, value_type="string")


def each_number(label: str, field: str, size: int) -> Column:
    """Give a row for each value of a field of numbers, smallest first."""
    return Column(label=label, kind="terms", field=field, size=size)


def over_time(field: str) -> Column:
    """Give a row for each stretch of time; Kibana picks its length, a query is told."""
    return Column(label="Time", kind="date_histogram", field=field, value_type="date")


def parted(label: str, **groups: Condition) -> Column:
    """Give a row for each named group of documents."""
    named = tuple((name.replace("_", " "), condition) for name, condition in groups.items())
    return Column(label=label, kind="filters", groups=named, value_type="string")


def count(label: str, *, a_minute: bool = False) -> Column:
    """Give how many documents."""
    return Column(label=label, kind="count", a_minute=a_minute)


def total(label: str, field: str) -> Column:
    """Give the sum of a field."""
    return Column(label=label, kind="sum", field=field)


def mean(label: str, field: str) -> Column:
    """Give the average of a field."""
    return Column(label=label, kind="average", field=field)


def highest(label: str, field: str) -> Column:
    """Give the largest value of a field of numbers."""
    return Column(label=label, kind="max", field=field)


def latest(label: str, field: str) -> Column:
    """Give the last moment of a field of times."""
    return Column(label=label, kind="max", field=field, value_type="date")


def different(label: str, field: str) -> Column:
    """Give how many different values, exact up to 3,000, then about 6 % off.

    Source: Elasticsearch's reference, cardinality aggregation, ``precision_threshold``.
    """
    return Column(label=label, kind="unique_count", field=field)
