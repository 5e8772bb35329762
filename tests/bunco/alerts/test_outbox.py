"""On the way: nothing is lost, nothing comes under two ids."""

import asyncio
from datetime import timedelta
from pathlib import Path
from random import Random

from bunco.alerting import Alert, Entry, Outgoing
from bunco.alerts.outbox import LEASE, Outbox
from bunco.ledgers.sqlite import SqliteLedger
from bunco.notifiers.smtp import Options, SmtpNotifier
from bunco.stores.sqlite import Options as StoreOptions
from bunco.values import Duration
from tests.bunco.notifiers.test_smtp import MESSAGE
from tests.contract.test_ledgers import a_step, an_entry
from tests.fakes import FakeClock
from tests.mail_server import Handler, mail_server


def message(entry: Entry, alert: Alert) -> Outgoing:
    del entry, alert
    return MESSAGE


def test_a_mail_is_tried_until_it_is_taken_and_lost_ones_come_again(tmp_path: Path) -> None:
    ledger, clock = SqliteLedger(StoreOptions(path=str(tmp_path / "a.db"))), FakeClock()
    lost = an_entry("e2", state="sending", next_at=clock.now() + LEASE)
    ledger.commit(a_step(entries=(an_entry(), lost)))

    async def sending(port: int) -> None:
        options = Options(host="127.0.0.1", port=port, security="none", timeout=Duration(seconds=1))
        notifier = SmtpNotifier(options)
        outbox = Outbox(ledger, {"mail": notifier}, message, clock=clock, random=Random(1))
        for _ in range(12):
            await outbox.send_due()
            clock.advance(timedelta(minutes=1))
        await notifier.close()

    with mail_server(handler := Handler(("later", "drop"))) as port:
        asyncio.run(sending(port))

    assert {one.id: one.state for one in ledger.entries()} == {"e1": "sent", "e2": "sent"}
    assert len(handler.raw) == 2
    ledger.close()
