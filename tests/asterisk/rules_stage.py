"""Rules broken on a real floor: what people and lines do, and what the alert engine makes of it, moment by moment.

Limits are lowered so that it takes seconds. The exchange's own stamps say when something began; ``fact`` is the moment
at which the rule was broken by them: the stamp, plus the limit where the rule is about something that lasts.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from alerts.conditions.subjects import SITE
from alerts.model import Alert, Delivery, DeliveryState, Severity
from floor.state.model import Reach, Trunk
from tests.asterisk.carrier import Carrier
from tests.asterisk.cast import Needs, Scenario
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, merge
from tests.asterisk.product import Product
from tests.asterisk.rules_witness import Bystander, Measure, Report, Witness, fires, over, resolved, stamp
from tests.asterisk.stage import Stage

RING_S = 3
"""How long the queue lets a phone ring."""
RING_NOTICE, RING_LIMIT = 1.0, 2.0
HOLD_NOTICE, HOLD_LIMIT, HOLD_WARN = 2.0, 4.0, 8.0
TOTAL_LIMIT, SPANS = 6.0, 3
TRUNK_S, PHONE_S, PHONES_S, LINK_S, QUEUE_S = 1.0, 6.0, 1.0, 2.0, 1.0
RULES = f"""
[[rule]]
id = "R-ANS-1"
notice = "{RING_NOTICE} s"
limit = "{RING_LIMIT} s"

[[rule]]
id = "R-ANS-8"
for = "{QUEUE_S} s"
keep = "0 s"

[[rule]]
id = "R-HLD-2"
notice = "{HOLD_NOTICE} s"
limit = "{HOLD_LIMIT} s"
every = "{HOLD_LIMIT} s"
[[rule.level]]
value = "{HOLD_WARN} s"
severity = "warn"

[[rule]]
id = "R-HLD-3"
limit = "{TOTAL_LIMIT} s"

[[rule]]
id = "R-HLD-3-spans"
limit = {SPANS}

[[rule]]
id = "R-EMG-20"
limit = "{LINK_S} s"

[[rule]]
id = "R-EMG-22"
limit = "{TRUNK_S} s"

[[rule]]
id = "R-EMG-23"
limit = "{PHONE_S} s"

[[rule]]
id = "R-EMG-24"
for = "{PHONES_S} s"
keep = "4 s"
"""
MEMORY = Path("/dev/shm")
SITE_NAME = SITE.name
CARRIER = "carrier"
TRUNK = f"PJSIP/{CARRIER}"
PAGER = {"name": "pager", "severity": ["warn", "crit"], "contacts": [{"kind": "log", "address": "log"}], "chain": False}


async def _nothing(_: Stage) -> None:
    """The stages are played by hand."""


def _scenario(index: int, name: str, needs: Needs) -> Scenario:
    return Scenario(name, index, needs, _nothing)


RINGS = _scenario(1, "rings", Needs(queue={"timeout": str(RING_S)}))
HOLDS = _scenario(2, "holds", Needs())
AGAIN = _scenario(3, "again", Needs())
ROW = _scenario(4, "row", Needs(agents=4, callers=0))
LOST_TOGETHER = ROW.agents[:3]
"""More than 30 % of all seats; the last of the row is lost alone before."""
EMPTY = _scenario(5, "empty", Needs(agents=0))
SCENES = (RINGS, HOLDS, AGAIN, ROW, EMPTY)


class Play:
    """The scenes on one exchange, all at once; then the exchange dies."""

    def __init__(self, version: str, folder: Path) -> None:
        self.report = Report(version)
        self._folder = folder
        # How fast the product is, not how busy the disk of this machine is: a commit waits for the disk.
        self._data = Path(tempfile.mkdtemp(prefix="floor-rules-", dir=MEMORY if MEMORY.is_dir() else folder))
        self._stack = AsyncExitStack()
        self.stages: dict[str, Stage] = {}
        self.carrier: Carrier
        self.exchange: Exchange
        self.product: Product
        self.ear: Witness

    async def run(self) -> Report:
        """Everything, from setting the stage to the record."""
        async with self._stack:
            self._stack.callback(shutil.rmtree, self._data, ignore_errors=True)
            await self._set()
            bystander = Bystander()
            looking = asyncio.create_task(bystander.look_on())
            self._stack.callback(looking.cancel)
            async with asyncio.TaskGroup() as scenes:
                for scene in (self.rings_out, self.holds_long, self.holds_again, self.loses_phones, self.loses_trunk):
                    scenes.create_task(scene())
            await self.dies()
            self.report.late_s = bystander.late_s
            await self._collect()
        return self.report

    async def _set(self) -> None:
        self.carrier = await self._stack.enter_async_context(Carrier(self._folder))
        plan = merge([*(one.plan() for one in SCENES), Plan(carriers={CARRIER: self.carrier.port})])
        self.exchange = await self._stack.enter_async_context(Exchange(self.report.version, plan))
        stages = [Stage(one, self.exchange) for one in SCENES]
        await asyncio.gather(*(self._stack.enter_async_context(stage) for stage in stages))
        self.stages = {stage.scenario.name: stage for stage in stages}
        rules = self._folder / "rules.toml"
        rules.write_text(RULES)
        more = {
            "rules": rules,
            # Minutes of a floor within seconds would look like flapping.
            "alerts": {"restart_grace_s": 1, "route": [PAGER], "flap": {"high": 1.0, "low": 0.9}},
            "notify": {"burst": 1000},
        }
        product = Product(self.exchange, self._data, more=more)
        self.ear = Witness(product.alerts)
        self.product = await self._stack.enter_async_context(product)
        await product.seen(lambda floor: _reachable(floor.trunks.get(("pbx", TRUNK))))

    async def rings_out(self) -> None:
        """Ann lets it ring out twice, and answers the third time."""
        s, report = self.stages["rings"], self.report
        ann, serial = s.scenario.agent_name(0), 0
        await s.calls()
        for nth in (1, 2):
            mark = self.ear.mark
            called = await s.event("AgentCalled", serial, Queue=s.queue)
            notice = await self.ear.noticed("R-ANS-1", ann, mark)
            report.measured("R-ANS-1 notice", stamp(called) + RING_NOTICE, notice)
            broken = await self.ear.alert("R-ANS-1", ann, fires, mark)
            report.measured("R-ANS-1", stamp(called) + RING_LIMIT, broken)
            missed = await s.event("AgentRingNoAnswer", called.serial, Queue=s.queue)
            report.rung_s.append(stamp(missed) - stamp(called))
            severity = Severity.INFO if nth == 1 else Severity.WARN
            again = await self.ear.alert(
                "R-ANS-5", ann, lambda one, severity=severity: fires(one) and one.severity is severity, mark
            )
            report.measured(f"R-ANS-5 {severity}", stamp(missed), again, told=nth == 2)
            serial = missed.serial
        unattended = await self.ear.alert("R-PRS-16", ann, fires)
        report.measured("R-PRS-16", stamp(missed), unattended, told=True)
        await s.ann.accept(3)
        await s.event("AgentConnect", serial, Queue=s.queue)
        await self.ear.alert("R-PRS-16", ann, over)
        await s.caller.hangup()

    async def _hold(self, s: Stage) -> float:
        """Ann puts the caller on hold; the exchange's stamp."""
        leg, after = await s.leg(s.ann), s.ami.latest
        await s.ann.hold()
        return stamp(await s.event("Hold", after, Channel=leg))

    async def _resume(self, s: Stage) -> float:
        leg, after = await s.leg(s.ann), s.ami.latest
        await s.ann.resume()
        return stamp(await s.event("Unhold", after, Channel=leg))

    async def holds_long(self) -> None:
        """Ann holds the caller past notice, limit, and limit again; later she holds him until the exchange dies."""
        s, report, ear = self.stages["holds"], self.report, self.ear
        ann = s.scenario.agent_name(0)
        await s.connect()
        held = await self._hold(s)
        report.measured("R-HLD-2 notice", held + HOLD_NOTICE, await ear.noticed("R-HLD-2", ann))
        report.measured("R-HLD-2", held + HOLD_LIMIT, await ear.alert("R-HLD-2", ann, fires))
        worse = await ear.alert("R-HLD-2", ann, lambda one: fires(one) and one.severity is Severity.WARN)
        report.measured("R-HLD-2 again", held + HOLD_WARN, worse, told=True)
        mark = ear.mark
        report.held_s.append(await self._resume(s) - held)
        await ear.alert("R-HLD-2", ann, over, mark)
        await self._hold(s)
        await ear.alert("R-HLD-2", ann, fires, ear.mark)

    async def holds_again(self) -> None:
        """Ann holds the caller three times, each time back before the limit; in all it is too long."""
        s, report, ear = self.stages["again"], self.report, self.ear
        ann = s.scenario.agent_name(0)
        await s.connect()
        begun: list[float] = []
        for _ in range(SPANS):
            mark = ear.mark
            begun.append(await self._hold(s))
            notice = await ear.noticed("R-HLD-2", ann, mark)
            report.again_noticed.append(notice.at - begun[-1])
            if len(begun) == SPANS:
                total = await ear.alert("R-HLD-3", ann, fires)
                spans = await ear.alert("R-HLD-3-spans", ann, fires)
            report.again_s.append(await self._resume(s) - begun[-1])
        report.measured("R-HLD-3", begun[-1] + TOTAL_LIMIT - sum(report.again_s[:-1]), total)
        report.measured("R-HLD-3-spans", begun[-1], spans)
        mark = ear.mark
        await s.caller.hangup()
        await ear.alert("R-HLD-3", ann, over, mark)
        await ear.alert("R-HLD-3-spans", ann, over, mark)

    async def loses_phones(self) -> None:
        """One phone of a row loses its cable and comes back; then all the others."""
        s, report, ear = self.stages["row"], self.report, self.ear
        *phones, alone = [s.phone(place) for place in range(len(ROW.agents))]
        lost = await self._unplug(s, [alone])
        single = await ear.alert("R-EMG-23", _device(alone), fires)
        report.measured("R-EMG-23", lost[0] + PHONE_S, single, told=True)
        mark = ear.mark
        await s.switch_on(alone)
        await ear.alert("R-EMG-23", _device(alone), over, mark)
        mark = ear.mark
        lost = await self._unplug(s, phones)
        many = await ear.alert("R-EMG-24", SITE_NAME, fires, mark)
        report.measured("R-EMG-24", max(lost) + PHONES_S, many, told=True)
        assert isinstance(many.what, Alert)
        cause = many.what.id
        for phone in phones:
            child = await ear.alert("R-EMG-23", _device(phone), lambda one: one.parent == cause, mark)
            assert isinstance(child.what, Alert)
            report.children.append(child.what)
        report.many = ear.last(cause)
        mark = ear.mark
        await asyncio.gather(*(s.switch_on(phone) for phone in phones))
        await ear.alert("R-EMG-24", SITE_NAME, resolved, mark)

    async def _unplug(self, s: Stage, phones: Sequence[Phone]) -> list[float]:
        """Per phone the stamp of the exchange's word that it cannot be reached."""
        after = s.ami.latest
        await asyncio.gather(*(phone.pull_cable() for phone in phones))
        gone = [s.event("PeerStatus", after, Peer=_device(phone), PeerStatus="Unreachable") for phone in phones]
        return [stamp(one) for one in await asyncio.gather(*gone)]

    async def loses_trunk(self) -> None:
        """The carrier stops answering, and answers again."""
        s, mark = self.stages["empty"], self.ear.mark
        after = s.ami.latest
        self.carrier.fall_silent()
        gone = await s.event("PeerStatus", after, Peer=TRUNK, PeerStatus="Unreachable")
        broken = await self.ear.alert("R-EMG-22", TRUNK, fires, mark)
        self.report.measured("R-EMG-22", stamp(gone) + TRUNK_S, broken, told=True)
        self.carrier.answer_again()
        end = await self.ear.alert("R-EMG-22", TRUNK, over, mark)
        assert isinstance(end.what, Alert)
        self.report.trunk = end.what

    async def dies(self) -> None:
        """A caller waits where nobody serves him, Ann holds another; the exchange is killed, and comes back."""
        s, report, ear = self.stages["empty"], self.report, self.ear
        joined = await s.calls()
        waiting = await ear.alert("R-ANS-8", s.queue, fires)
        report.measured("R-ANS-8", stamp(joined) + QUEUE_S, waiting, told=True)
        stood = [("R-ANS-8", s.queue), ("R-HLD-2", self.stages["holds"].scenario.agent_name(0))]
        mark, report.killed = ear.mark, time.time()
        await self.exchange.kill()
        lost = await ear.alert("R-EMG-20", "pbx", fires, mark)
        assert isinstance(lost.what, Alert)
        report.seen_lost = lost.at
        report.measured("R-EMG-20", max(report.killed, lost.what.began_at + LINK_S), lost, told=True)
        cause = lost.what.id
        for rule, subject in stood:
            hidden = await ear.alert(rule, subject, lambda one: one.unknown and one.parent == cause, mark)
            assert isinstance(hidden.what, Alert)
            report.unknown.append(hidden.what)
        mark = ear.mark
        report.restarted = time.time()
        await self.exchange.boot()
        report.seen_back = (await ear.alert("R-EMG-20", "pbx", over, mark)).at
        for rule, subject in stood:
            await ear.alert(rule, subject, over, mark)

    async def _collect(self) -> None:
        engine, report = self.product.alerts, self.report
        await engine.ledger.flush()
        report.left = list(engine.live.values())
        report.alerts, report.breaches = await engine.history(0), await engine.breaches(0)
        for alert in report.alerts:
            report.deliveries[alert.id] = await self._delivered(alert.id)
            report.transitions[alert.id] = await engine.transitions(alert.id)
        for measure, alert in report.due:
            sent = [one for one in report.deliveries[alert.id] if one.message.at >= measure.fact]
            first = min((one.sent_at for one in sent if one.sent_at is not None), default=None)
            report.measures.append(Measure(measure.rule, measure.subject, measure.fact, measure.alert, first))
        report.failures = engine.failures + self.product.watch.alerts.evaluator.refused

    async def _delivered(self, alert: str) -> Sequence[Delivery]:
        async with asyncio.timeout(10):
            while True:
                found = await self.product.alerts.deliveries(alert)
                if all(one.state is DeliveryState.SENT for one in found):
                    return found
                # The record of a delivery announces itself to no listener.
                await asyncio.sleep(0.05)


def _reachable(trunk: Trunk | None) -> bool:
    return trunk is not None and trunk.reach is Reach.REACHABLE


def _device(phone: Phone) -> str:
    return f"PJSIP/{phone.number}"


async def play(version: str, folder: Path) -> Report:
    """All scenes on an exchange of its own."""
    return await Play(version, folder).run()
