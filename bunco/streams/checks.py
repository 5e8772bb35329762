"""What the doctor looks at in Kafka: the extra, the way there, the topics, how far readers are.

It imports no client before it knows that there is one.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams import extra

Verdict: TypeAlias = Literal["ok", "warn", "fail"]


class KafkaCheck(Struct, frozen=True, kw_only=True):
    """What was found about one thing, in the form of the doctor's own checks."""

    name: str
    verdict: Verdict
    note: str
    advice: str = ""


def checks(options: KafkaOptions) -> Iterator[KafkaCheck]:
    """Give the checks one by one; a step that fails leaves out what cannot be looked at then.

    Changes nothing. Takes some seconds where Kafka does not answer.
    """
    if lacking := extra.missing():
        note = f"not installed: {', '.join(lacking)}"
        yield KafkaCheck(name="kafka", verdict="fail", note=note, advice=extra.INSTALL)
        return
    yield from _in_the_open(options)
    try:
        yield _cluster(options)
        yield from _topics(options)
        yield from _lag(options)
    except ConfigError as error:
        advice = "mend that setting"
        yield KafkaCheck(name="kafka", verdict="fail", note=str(error), advice=advice)
    except BrokerError as error:
        advice = "start Kafka, or mend the table [kafka]: nothing else is looked at there"
        yield KafkaCheck(name="kafka", verdict="fail", note=str(error), advice=advice)


def _in_the_open(options: KafkaOptions) -> Iterator[KafkaCheck]:
    if options.security == "sasl" and not all(map(_is_loopback, options.bootstrap)):
        secret = "the password crosses" if options.mechanism == "PLAIN" else "all posts cross"
        note = f'security = "sasl" without TLS: {secret} the network in the open'
        yield KafkaCheck(name="kafka", verdict="warn", note=note, advice='take "sasl_tls"')


def _cluster(options: KafkaOptions) -> KafkaCheck:
    from bunco.streams.admin import administration  # noqa: PLC0415  # may be missing

    with administration(options, "doctor", patience_s=0) as admin:
        cluster = admin.describe_cluster()
    count = len(cluster["brokers"])
    brokers = f"{count} broker{'s' if count > 1 else ''}"
    note = f"{', '.join(options.bootstrap)}: {brokers}, cluster {cluster['cluster_id']}"
    return KafkaCheck(name="kafka", verdict="ok", note=note)


def _topics(options: KafkaOptions) -> Iterator[KafkaCheck]:
    from bunco.streams import topics  # noqa: PLC0415  # may be missing

    found = topics.differences(options)
    for one in found:
        verdict: Verdict = "fail" if one.grave else "warn"
        yield KafkaCheck(name="kafka topics", verdict=verdict, note=one.note, advice=one.advice)
    if not found:
        note = (
            f"{len(topics.wanted(options))} topics, {options.partitions} partitions of posts, "
            f"replication {options.replication}"
        )
        yield KafkaCheck(name="kafka topics", verdict="ok", note=note)


def _lag(options: KafkaOptions) -> Iterator[KafkaCheck]:
    from bunco.streams.lag import lag, members, summary  # noqa: PLC0415  # may be missing

    lags = lag(options)
    for group, topic in dict.fromkeys((one.group, one.topic) for one in lags if one.lost):
        lost = sum(one.lost for one in lags if (one.group, one.topic) == (group, topic))
        note = f"{group}: {lost:,} records of {topic} were too old for Kafka before it read them"
        advice = "raise kafka.retention above the longest pause; replay what is missing"
        yield KafkaCheck(name="kafka lag", verdict="warn", note=note, advice=advice)
    empty = {one.group for one in members(options) if one.members == 0}
    for group in dict.fromkeys(one.group for one in lags if one.group in empty and one.lag):
        note = f"nobody is in the group {group}, and there is something for it to read"
        advice = f"start bunco {group.rpartition('-')[2]}"
        yield KafkaCheck(name="kafka lag", verdict="warn", note=note, advice=advice)
    idle = {one.group for one in lags} - {one.group for one in lags if one.committed is not None}
    told = [
        f"{group} has read nothing of {topic} yet"
        if group in idle
        else f"{group} {behind:,} behind in {topic}"
        for (group, topic), behind in summary(lags).items()
        if behind
    ]
    if lags:
        note = "; ".join(told) or "all is read"
        yield KafkaCheck(name="kafka lag", verdict="ok", note=note)


def _is_loopback(server: str) -> bool:
    host = server.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
