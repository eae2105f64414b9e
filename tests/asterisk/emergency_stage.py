"""A floor that is left, a fire reported from a phone, and a line on which nobody is heard: played on a real exchange
with the shipped account, its addition for the console, and the shipped dialplan."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from alerts.evacuation import REASON, EvacuationOrder
from alerts.model import Alert, Breach, Incident
from alerts.plan_model import Evacuation
from asterisk.check import run_check
from floor.people.model import Person, Role
from floor.state.model import Agent
from tests.asterisk.ami import Ami
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.asterisk.rules_witness import Bystander, Witness, stamp
from tests.house.checkout import text

ANN, BOB, CHO = "1001", "1002", "1003"
SILENT, HEARD = "9001", "9002"
HOTLINE, HELPLINE = "7001", "7002"
LISTEN = ("Set(TALK_DETECT(set)=)", "Queue(hotline,t)", "Hangup()")
PLAN = Plan(
    (
        QueueSpec("hotline", HOTLINE, (Seat(f"PJSIP/{ANN}", "Ann"), Seat(f"PJSIP/{BOB}", "Bob", 1)), entry=LISTEN),
        QueueSpec("helpline", HELPLINE, (Seat(f"PJSIP/{BOB}", "Bob"), Seat(f"PJSIP/{CHO}", "Cho"))),
    ),
    (ANN, BOB, CHO, SILENT, HEARD),
    dialplan='[internal](+)\ninclude => floorwatch-reports\n#include "floorwatch-extensions.conf"',
)
BASE, CONSOLE, DIALPLAN = "floorwatch-manager.conf", "floorwatch-manager-console.conf", "floorwatch-extensions.conf"
TALK_S = 6.0
"""A silent call shorter than five seconds tells nothing of the line (R-HUP-11)."""
CALLS = 3
CHIEF = Person(7, "chief", "Zhao", Role.CHIEF, number="8001")
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


@dataclass
class Played:
    """What came of it on one version."""

    version: str
    before: dict[str, Agent] = field(default_factory=dict)
    ordered: Evacuation | None = None
    left: dict[str, Agent] = field(default_factory=dict)
    """The floor while it is being left."""
    lifted: Evacuation | None = None
    after: dict[str, Agent] = field(default_factory=dict)
    pause_s: float = 0.0
    """From the confirmation to the last pause seen."""
    fire: Alert | None = None
    incident: Incident | None = None
    fire_s: float = 0.0
    """From the exchange's word of the call to the alert published."""
    lines: list[Alert] = field(default_factory=list)
    line_s: float = 0.0
    talked_s: list[float] = field(default_factory=list)
    """By the exchange: how long each silent call lasted."""
    breaches: list[Breach] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    """What ``floor check`` says of the account's commands, with the addition and without it."""
    late_s: float = 0.0


def configure(exchange: Exchange) -> None:
    """The shipped files, included as their comments say."""
    exchange.configure()
    folder = exchange.folder / "etc"
    conf = re.sub(r"timestampevents = .*\n", "", (folder / "manager.conf").read_text())
    conf = re.sub(r"\[floor\][^\[]*", "", conf)
    (folder / "manager.conf").write_text(conf + f'\n#include "{BASE}"\n#include "{CONSOLE}"\n')
    for name in (BASE, CONSOLE, DIALPLAN):
        (folder / name).write_text(text(Path("config") / name).replace("CHANGE-ME", "floor-secret"))


async def play(version: str, _folder: Path) -> Played:
    """Everything on one exchange, one after the other."""
    played = Played(version)
    async with AsyncExitStack() as stack:
        exchange = Exchange(version, PLAN)
        configure(exchange)
        exchange.started_at = time.time()
        stack.push_async_callback(exchange.stop)
        await exchange.boot()
        phones = {
            number: Phone(number, exchange.sip_port, hertz=0 if number == SILENT else 440) for number in PLAN.phones
        }
        for phone in phones.values():
            stack.push_async_callback(phone.discard)
        await asyncio.gather(*(phone.register() for phone in phones.values()))
        ami = await Ami.connect(exchange)
        stack.push_async_callback(ami.close)
        data = Path(tempfile.mkdtemp(prefix="floor-emergency-", dir=MEMORY))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        product = Product(exchange, data)
        ear = Witness(product.alerts)
        await stack.enter_async_context(product)
        bystander = Bystander()
        looking = asyncio.create_task(bystander.look_on())
        stack.callback(looking.cancel)
        await nobody_is_heard(played, phones, ami, ear)
        await report_fire(played, phones[ANN], ami, ear, product)
        await leave_the_floor(played, ami, product)
        await product.alerts.ledger.flush()
        played.breaches = list(await product.alerts.breaches(0))
        played.late_s = bystander.late_s
        played.acts = [await acts(product), await acts_without(exchange, product)]
    return played


async def nobody_is_heard(played: Played, phones: dict[str, Phone], ami: Ami, ear: Witness) -> None:
    """One caller is heard; then a line is silent three times, and Ann gives up at once each time."""
    ann, mark = phones[ANN], ami.latest
    await phones[HEARD].start_dialling(HOTLINE)
    await ann.accept()
    await ami.event("ChannelTalkingStart")
    await phones[HEARD].hangup()
    await ami.event("AgentComplete", mark)
    for nth in range(CALLS):
        mark = ami.latest
        await phones[SILENT].start_dialling(HOTLINE)
        await ann.accept(nth + 2)
        await ami.event("AgentConnect", mark)
        await asyncio.sleep(TALK_S)
        await ann.hangup()
        ended = await ami.event("AgentComplete", mark)
        played.talked_s.append(float(ended["TalkTime"]))
    heard = await ear.alert("R-HUP-11", f"PJSIP/{SILENT}", lambda alert: alert.fired_at is not None)
    assert isinstance(heard.what, Alert)
    played.lines, played.line_s = [heard.what], heard.at - stamp(ended)


async def report_fire(played: Played, ann: Phone, ami: Ami, ear: Witness, product: Product) -> None:
    """Ann dials the feature code for a fire."""
    mark = ami.latest
    await ann.start_dialling("*91")
    begun = await ami.event("Newchannel", mark)
    heard = await ear.alert("R-EMG-1", f"fire PJSIP/{ANN}", lambda _: True)
    assert isinstance(heard.what, Alert)
    played.fire, played.fire_s = heard.what, heard.at - stamp(begun)
    incidents = product.watch.readiness.incidents
    (played.incident,) = [one for one in incidents.live.values() if one.type == "fire"]
    await ann.event("CALL_CLOSED", CALLS + 2)


async def leave_the_floor(played: Played, ami: Ami, product: Product) -> None:
    """Bob is at table in one queue; the chief orders all to leave, and lets them come back."""
    await ami.action("QueuePause", Interface=f"PJSIP/{BOB}", Queue="helpline", Paused="true", Reason="meal")
    await product.seen(lambda floor: any(member.paused for member in floor.agents["pbx", "Bob"].members))
    played.before = _floor(product)
    order = product.watch.readiness.evacuation
    assert isinstance(order, EvacuationOrder)
    token, _, _ = order.prepare(CHIEF)
    begun = time.time()
    played.ordered = await order.confirm(CHIEF, token)
    await product.seen(lambda floor: all(m.paused for agent in floor.agents.values() for m in agent.members))
    played.pause_s = time.time() - begun
    played.left = _floor(product)
    played.lifted = await order.lift(CHIEF)
    await product.seen(lambda floor: not [m for a in floor.agents.values() for m in a.members if m.reason == REASON])
    played.after = _floor(product)


def _floor(product: Product) -> dict[str, Agent]:
    return {name: agent for (_, name), agent in product.floor.agents.items()}


async def acts(product: Product) -> str:
    """The one sentence about commands."""
    found = await run_check(product.pbx, listen_s=0)
    return next(one.code for one in found if one.code.startswith("acts"))


async def acts_without(exchange: Exchange, product: Product) -> str:
    """The same after the addition was taken out."""
    manager = exchange.folder / "etc" / "manager.conf"
    manager.write_text(manager.read_text().replace(f'#include "{CONSOLE}"\n', ""))
    await exchange.cli("manager reload")
    return await acts(product)
