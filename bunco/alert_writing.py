"""Write what alerts say, as the store is now: messages, subjects, samples."""

from datetime import datetime, timedelta

from bunco import wiring
from bunco.alert_options import AlertOptions
from bunco.alerting import Alert, Entry, Ledger, Outgoing, Topic, name_of
from bunco.alerts.contents import contents_of
from bunco.alerts.mail import outgoing
from bunco.alerts.sections import Desk
from bunco.alerts.subjects import subject_of
from bunco.config import Config
from bunco.model import Finding, Quote
from bunco.ports.stores import Store

_CHARTED = timedelta(hours=48)
_POSTS = 500
"""Posts of an author that a chart counts at most."""


def base_url(config: Config) -> str:
    """Give where the dashboard is for those who read mails."""
    dashboard = config.dashboard
    return dashboard.base_url.rstrip("/") or f"http://{dashboard.host}:{dashboard.port or 8600}"


class Writer:
    """Write the message of an entry, as the store is now.

    Args:
        config: where links lead, who sends.
        store: has the findings.
        key: signs links.
    """

    def __init__(self, config: Config, store: Store, key: bytes) -> None:
        self._config = config
        self._store = store
        self._key = key
        self._zones = {rule.name: rule.zone for rule in config.alerts}

    def __call__(self, entry: Entry, alert: Alert) -> Outgoing | None:
        """Give the message; None: nothing of what it was about is left."""
        findings = _findings(self._store, alert)
        if alert.topics and not findings and not any(topic.lines for topic in alert.topics):
            return None
        return self.written(alert, findings, entry.recipient)

    def written(self, alert: Alert, findings: dict[str, Finding], recipient: str) -> Outgoing:
        """Give the message of an alert about these findings."""
        zone = self._zones.get(alert.rule, "UTC")
        desk = Desk(
            base_url=base_url(self._config),
            key=self._key,
            link_life=self._config.mail.link_life,
            zone=zone,
        )
        subject = subject_of(alert, findings, zone)
        posted = {one.subject: self._posted(one) for one in findings.values()}
        contents = contents_of(alert, findings, posted, desk, subject=subject, recipient=recipient)
        return outgoing(alert, contents, recipient, self._config.mail)

    def _posted(self, finding: Finding) -> list[datetime]:
        page = self._store.history(
            finding.subject,
            since=finding.last_at - _CHARTED,
            until=finding.last_at + timedelta(seconds=1),
            limit=_POSTS,
        )
        return [one.at for one in page.rows if one.post is not None]


class Subjects:
    """Give what entries are about, in a line, as the store is now: the ledger keeps no words.

    Args:
        config: has the zones of the rules.
        store: has the findings.
        ledger: has the alerts.
    """

    def __init__(self, config: Config, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._zones = {rule.name: rule.zone for rule in config.alerts}

    def __call__(self, entry: Entry) -> str:
        """Give the subject of an entry's alert."""
        alert = self._ledger.alert(entry.alert)
        if alert is None:
            return entry.id
        found = _findings(self._store, alert)
        return subject_of(alert, found, self._zones.get(alert.rule, "UTC"))


def samples(config: Config, rule: AlertOptions, now: datetime) -> list[Outgoing]:
    """Give a made-up alert of a rule, for each of its recipients."""
    hour = timedelta(hours=1)
    wordings = ("Plumbers hate this one trick", "Plumbers HATE this one weird trick!")
    finding = Finding(
        id="sample",
        detector="repeats",
        subject="example:sample",
        score=0.9,
        reason=f"Published “{wordings[0]}” 14 times within 24 h, in 6 places (a sample).",
        numbers={"count": 14, "count_24h": 14, "places": 6},
        evidence=(),
        first_at=now - 2 * hour,
        last_at=now,
        closes_at=now + hour,
        quotes=tuple(
            Quote(f"sample/{n}", text, now - n * hour, "example") for n, text in enumerate(wordings)
        ),
    )
    topic = Topic(group="author example:sample", findings=(finding.id,))
    alert = Alert(
        id=name_of("sample", rule.name, now.isoformat()),
        rule=rule.name,
        kind="sample",
        reason="somebody asked for a sample",
        at=now,
        topics=(topic,),
    )
    write = Writer(config, wiring.open_store_at("memory:"), b"sample")
    return [write.written(alert, {finding.id: finding}, to) for to in rule.to or ("",)]


def _findings(store: Store, alert: Alert) -> dict[str, Finding]:
    named = sorted({one for topic in alert.topics for one in topic.findings})
    return {one.id: one for name in named if (one := store.finding(name))}
