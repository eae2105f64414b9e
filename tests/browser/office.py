"""A real server with people, alerts and invented cases behind it, for the pages people work with.

Alerts are the double's; incidents, plans and drills are answered by the test, in the shapes of docs/api.md.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from alerts.model import Alert, AlertStage, Message, Recipient, Severity, Verdict
from alerts.notify.browser import Browser
from alerts.response_ports import Readiness
from floor.clock import SystemClock
from floor.people.model import Group, Person, Role
from floor.settings import BoardSettings, PbxSettings, Settings
from floor.state.model import AgentState, Entity
from tests.support.people import PASSWORD, AccountsDouble, PeopleDouble, person
from tests.web.alarm_doubles import AlarmsDouble, alert
from tests.web.doubles import FloorDouble, HealthDouble, MeasuresDouble, agent, member, pbx, queue, trunk
from tests.web.whole import Absent
from web.parts import Parts
from web.server import Web

WORDS = {
    "R-HLD-2": ("Report progress every 15 seconds of hold", "等待中每15秒通报进展"),
    "R-ANS-8": ("Watch the line", "排队监控"),
    "R-EMG-22": ("Trunk lost", "中继中断"),
}
LEADER = person(Role.LEADER, name="Wang Li", groups=("night",), queues=("support",))
CHIEF = person(Role.CHIEF, name="Zhao Min")
MANAGER = person(Role.MANAGER, name="Chen Jie")
STAFF = (LEADER, CHIEF, person(Role.AGENT), MANAGER)
NIGHT = Group("night", agents=(("pbx1", "Ann"), ("pbx1", "Cui")))


def fresh(one: Alert, **changes: Any) -> Alert:
    """The same alert, as if it had fired half a minute ago."""
    now = time.time()
    return replace(one, began_at=now - 45, raised_at=now - 30, fired_at=now - 30, **changes)


def first_alerts() -> list[Alert]:
    facts = ({"at": time.time() - 45, "fact": "HoldBegan"},)
    taken = {"stage": AlertStage.ACKNOWLEDGED, "owner": CHIEF.id, "owner_name": CHIEF.name}
    return [
        fresh(alert("a1", name="Cui"), value=47.0, limit=15.0, evidence=facts, group="night"),
        fresh(alert("a2", "queue", "support", rule="R-ANS-8", severity=Severity.WARN), value=64.0, limit=60.0),
        fresh(alert("a3", "trunk", "carrier", rule="R-EMG-22"), **taken),
        fresh(alert("d1", "trunk", "carrier", rule="R-EMG-22"), drill="x"),
    ]


class Pointing(Absent):
    """Lost trunks are a matter of the telephone lines."""

    def suggested(self, one: Alert) -> str | None:
        return "comms" if one.rule == "R-EMG-22" else None


class Suggesting(Absent):
    """Nothing of incidents is there but what an alert points to."""

    @property
    def incidents(self) -> Absent:
        return Pointing()


class Trials:
    """Mail gets through, the phone is busy."""

    async def trial(self, person: Person) -> list[Verdict]:
        mail, phone = (Recipient(person.id, person.name, kind, "") for kind in ("mail", "phone"))
        return [Verdict(mail, 0.4), Verdict(phone, 5.0, "the phone is busy")]


class Office:
    """The server in a thread of its own; ``do`` runs something in its loop.

    ``entities``: what is on the floor beyond what is always there; ``parts``: handed to the server as they are.
    """

    def __init__(self, folder: Path, *entities: Entity, **parts: Any) -> None:
        self.folder, self.entities, self.parts = folder, entities, parts
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self.loop.run_until_complete, args=(self._run(),), name="office")

    def __enter__(self) -> Office:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.loop.close()

    def put(self, *entities: Entity) -> None:
        """These are now so, on every page."""
        self.do(lambda: self.store.put(*entities))

    def drop(self, *entities: Entity) -> None:
        """These are gone."""
        self.do(lambda: self.store.drop(*entities))

    def do(self, action: Callable[[], Any]) -> None:
        self.loop.call_soon_threadsafe(action)

    def raise_alert(self, one: Alert) -> None:
        self.do(lambda: self.alarms.put(one))

    def tell(self, message: Message) -> None:
        """What a courier does with a message of kind ``browser``; raises what the notifier raises."""
        asyncio.run_coroutine_threadsafe(self.browser.tell(message), self.loop).result(5)

    @property
    def url(self) -> str:
        return self.web.url

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        clock = SystemClock()
        now = clock.now()
        held = replace(agent("Cui", member("support", "Cui", "PJSIP/1002")), state=AgentState.HOLDING, since=now - 47)
        waiting = queue("support", waiting=3, oldest_joined_at=now - 41)
        here = (pbx(), waiting, queue("sales"), agent("Ann"), held, agent("Bob"), trunk(), *self.entities)
        store = self.store = FloorDouble(*here)
        self.alarms, self.browser = AlarmsDouble(*first_alerts()), Browser()
        settings = Settings(
            port=0, data_dir=self.folder, pbx=(PbxSettings(name="pbx1"),), board=(BoardSettings(id="floor"),)
        )
        parts = Parts(
            accounts=AccountsDouble(clock, *STAFF), people=PeopleDouble(STAFF, {"night": NIGHT}),
            alarms=self.alarms, wording=worded, messages=self.browser, trials=Trials(),
            readiness=cast("Readiness", Suggesting()), **self.parts,
        )  # fmt: skip
        self.web = Web(settings, store, MeasuresDouble(), HealthDouble(), clock, "1.0", parts=parts)
        await self.web.start()
        self._ready.set()
        await self._stop.wait()
        await self.web.stop()


def worded(rule: str) -> SimpleNamespace | None:
    if rule not in WORDS:
        return None
    english, chinese = WORDS[rule]
    words = {"en": english, "zh": chinese}
    return SimpleNamespace(name=words, text=words, alert_unit="s", breach_unit="s")


__all__ = ["CHIEF", "LEADER", "MANAGER", "PASSWORD", "STAFF", "Office", "first_alerts", "fresh"]
