"""A process that delivers what is stored in a folder's database to one webhook: ``python -m tests.alerts.notify.teller
FOLDER URL AHEAD_S``. Ends when the message ``m1`` is told; ``AHEAD_S`` sets its clock ahead, so that nobody waits for a
lease to run out."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from alerts.ledger.ledger import Ledger
from alerts.notify.delivery import Courier
from alerts.notify.webhook import Webhook
from floor.clock import SystemClock
from floor.history.database import Database
from floor.sections.notify import NotifySettings, WebhookSettings
from floor.tasks import Tasks


class Ahead(SystemClock):
    def __init__(self, by_s: float) -> None:
        self._by_s = by_s

    def now(self) -> float:
        return super().now() + self._by_s


async def tell(folder: Path, url: str, ahead_s: float) -> None:
    clock, tasks, told = Ahead(ahead_s), Tasks(), asyncio.Event()
    database = Database(f"sqlite:///{folder / 'floor.sqlite3'}")
    ledger = Ledger(database, folder, clock)
    await ledger.open()
    mark = ledger.delivered

    async def delivered(id: str, at: float) -> None:
        await mark(id, at)
        if id == "m1":
            told.set()

    ledger.delivered = delivered  # type: ignore[method-assign]
    ways = {"webhook": Webhook({"ops": WebhookSettings(url=url, private=True)}, clock)}
    tasks.start("record", ledger.run())
    tasks.start("courier", Courier(ledger, ways, NotifySettings(), clock, holder=f"teller-{ahead_s}").run())
    await told.wait()
    await tasks.stop()
    await ledger.close()
    database.close()


if __name__ == "__main__":
    asyncio.run(tell(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
