"""A process that sends what stands in a ledger, for the test that kills it.

python -m tests.bunco.alerts.sending LEDGER PORT
"""

import asyncio
import sys
from datetime import timedelta
from random import Random

from msgspec.structs import replace

from bunco.alerting import Alert, Entry, Outgoing
from bunco.alerts.outbox import Outbox
from bunco.clock import SystemClock
from bunco.ledgers.sqlite import SqliteLedger
from bunco.notifiers.smtp import Options, SmtpNotifier
from bunco.stores.sqlite import Options as StoreOptions
from bunco.values import Duration
from tests.bunco.notifiers.test_smtp import MESSAGE

LEASE = timedelta(milliseconds=400)
"""In place of five minutes: so long after a kill a lost mail goes again."""


def message(entry: Entry, alert: Alert) -> Outgoing:
    """Give the mail of an entry, the same each time."""
    del alert
    mail = MESSAGE.mail.replace(b"<m1@", b"<%s@" % entry.id.encode())
    return replace(MESSAGE, id=entry.id, mail=mail)


async def main(path: str, port: int) -> None:
    """Send for ever."""
    notifier = SmtpNotifier(
        Options(
            host="127.0.0.1",
            port=port,
            security="none",
            timeout=Duration(seconds=2),
            most_a_minute=60_000,
        )
    )
    outbox = Outbox(
        SqliteLedger(StoreOptions(path=path)),
        {"mail": notifier},
        message,
        clock=SystemClock(),
        random=Random(1),  # no secret
        lease=LEASE,
    )
    while True:
        await outbox.send_due()
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
