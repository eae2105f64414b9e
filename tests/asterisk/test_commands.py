"""Commands on real Asterisk 22 and 16 with real phones: what a supervisor asks for happens, is seen by the exchange's
own events alone, is in the audit, and is counted as queue_log counts it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from floor.audit.model import Entry
from floor.command.model import (
    CallAgent,
    Command,
    Done,
    HangUp,
    LogOff,
    LogOn,
    Pause,
    PickCaller,
    SetPenalty,
    TakeOver,
    Transfer,
    Unpause,
)
from floor.command.ports import NotAllowedError
from floor.people.model import Contact, Person, Role, SignedIn
from floor.state.conversation import call_of
from floor.state.model import AgentState, CallerStage
from floor.store import FloorView
from tests.asterisk.cast import VERSIONS
from tests.asterisk.compare import Wrong, figures_apart, slack, visits_apart
from tests.asterisk.emergency_stage import configure
from tests.asterisk.exchange import Exchange
from tests.asterisk.judge import judge_file, visits_file
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.asterisk.versions import Played as OnBoth
from tests.asterisk.versions import side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(300)]
on_both = pytest.mark.parametrize("version", VERSIONS)

ANN, BOB, CHIEF, CALLER = "1001", "1002", "1900", "9001"
NUMBER = "7001"
PLAN = Plan(
    (
        QueueSpec("support", NUMBER, (Seat(f"PJSIP/{ANN}", "Ann"),)),
        QueueSpec("sales", "7002", (Seat(f"PJSIP/{BOB}", "Bob"),)),
    ),
    (ANN, BOB, CHIEF, CALLER),
)
ZHOU = Person(7, "chief", "Zhou", Role.CHIEF, contacts=(Contact("phone", CHIEF),))
RING_S = 5.0
SIGNED = SignedIn("s1", ZHOU, 0.0, 0.0, "token")


@dataclass
class Played:
    """What came of it on one version."""

    version: str
    done: dict[str, Done] = field(default_factory=dict)
    took_s: dict[str, float] = field(default_factory=dict)
    """From asking to the floor changed by the exchange's event; with a phone to be lifted, from its being lifted."""
    refused: dict[str, int] = field(default_factory=dict)
    vain: dict[str, tuple[bool, str, int]] = field(default_factory=dict)
    """Taken by the exchange; what became of the phone; callers who wait on."""
    audit: list[Entry] = field(default_factory=list)
    figures: Wrong = field(default_factory=list)
    visits: Wrong = field(default_factory=list)


class Chief:
    """Commands one floor, and waits until its events tell the effect."""

    def __init__(self, product: Product, phones: dict[str, Phone], played: Played) -> None:
        self.product, self.phones, self.played = product, phones, played

    async def do(
        self, name: str, command: Command, seen: Callable[[FloorView], bool], lifts: Phone | None = None
    ) -> None:
        began, nth = time.monotonic(), rings(lifts) + 1
        self.played.done[name] = await self.product.watch.commander.do(SIGNED, command, confirmed=True, note=name)
        if lifts is not None:
            await lifts.ringing(nth)
            began = time.monotonic()
            await lifts.accept(nth)
        await self.product.seen(seen)
        self.played.took_s[name] = time.monotonic() - began

    async def in_vain(self, name: str, command: Command, phone: Phone, *, rejects: bool = False) -> None:
        """A phone that rings and is not lifted: until it is known what became of it."""
        nth, commander = rings(phone) + 1, self.product.watch.commander
        done = await commander.do(SIGNED, command, confirmed=True, note=name)
        await phone.ringing(nth)
        if rejects:
            await phone.hangup()
        async with asyncio.timeout(RING_S + 10):
            while (reached := commander.placed(SIGNED, done.thread).reached) is None:  # noqa: ASYNC110 - told to whoever asks
                await asyncio.sleep(0.05)
        self.played.vain[name] = (done.ok and done.placed, reached, len(self.product.floor.callers))
        await phone.event("CALL_CLOSED", phone.seen("CALL_CLOSED") or 1)

    async def refused(self, name: str, command: Command) -> None:
        with pytest.raises(NotAllowedError) as error:
            await self.product.watch.commander.do(SIGNED, command, confirmed=True)
        self.played.refused[name] = error.value.status

    def call(self, name: str = "Ann") -> str:
        floor = self.product.floor
        return call_of(floor.agents["pbx", name], floor.channels) or ""

    async def talks(self) -> str:
        """The caller rings support, and Ann answers."""
        nth = rings(self.phones[ANN]) + 1
        await self.waits()
        await self.phones[ANN].accept(nth)
        await self.product.seen(state("Ann", AgentState.TALKING))
        return self.call()

    async def waits(self) -> None:
        await self.phones[CALLER].dial(NUMBER)
        await self.product.seen(lambda floor: any(c.stage is CallerStage.WAITING for c in floor.callers.values()))

    async def over(self) -> None:
        """The caller hangs up, and everybody is free again."""
        await self.phones[CALLER].hangup()
        await self.quiet()

    async def quiet(self) -> None:
        """No call is left."""
        async with asyncio.timeout(30):
            # The end of a channel that is nobody's any more changes nothing that listeners are told of.
            while self.product.floor.channels or self.product.floor.callers:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


def rings(phone: Phone | None) -> int:
    """How often it has rung so far."""
    return phone.seen("CALL_INCOMING") if phone is not None else 0


def state(name: str, wanted: AgentState) -> Callable[[FloorView], bool]:
    return lambda floor: floor.agents["pbx", name].state is wanted


def penalty(name: str, queue: str, wanted: int) -> Callable[[FloorView], bool]:
    return lambda floor: any((m.queue, m.penalty) == (queue, wanted) for m in floor.agents["pbx", name].members)


async def play(version: str, folder: Path) -> Played:
    """Everything on one exchange, with the shipped account and its addition, one after the other."""
    played = Played(version)
    async with AsyncExitStack() as stack:
        exchange = Exchange(version, PLAN)
        configure(exchange)
        exchange.started_at = time.time()
        stack.push_async_callback(exchange.stop)
        await exchange.boot()
        phones = {number: Phone(number, exchange.sip_port) for number in PLAN.phones}
        for phone in phones.values():
            stack.push_async_callback(phone.discard)
        await asyncio.gather(*(phone.register() for phone in phones.values()))
        more = {"console": {"transfer_context": "internal", "ring_s": RING_S}}
        product = await stack.enter_async_context(Product(exchange, folder / "data", more=more))
        chief = Chief(product, phones, played)
        for act in (members, conversations, line):
            await act(chief, phones)
        await product.quiet()
        played.audit = [entry for _, entry in await product.watch.audit.read(since=0, until=time.time() + 1)]
        judged, stored, logged = judge_file(exchange.queue_log), await product.visits(), visits_file(exchange.queue_log)
        played.figures = figures_apart(await product.today(), judged, slack(stored, logged))
        played.visits = visits_apart(stored, logged)
    return played


async def members(chief: Chief, phones: dict[str, Phone]) -> None:
    """Bob's place in queues, and calling him."""
    await chief.do("pause", Pause("pbx", "Bob", "meal"), state("Bob", AgentState.PAUSED))
    await chief.do("unpause", Unpause("pbx", "Bob"), state("Bob", AgentState.READY))
    await chief.do("log_on", LogOn("pbx", "Bob", "support", 2), penalty("Bob", "support", 2))
    await chief.do("penalty", SetPenalty("pbx", "Bob", "support", 5), penalty("Bob", "support", 5))
    await chief.do("log_off", LogOff("pbx", "Bob", "support"), lambda f: len(f.agents["pbx", "Bob"].members) == 1)
    await chief.refused("fixed", LogOff("pbx", "Bob", "sales"))
    await chief.do("call_agent", CallAgent("pbx", "Bob"), state("Bob", AgentState.RINGING), phones[CHIEF])
    await phones[CHIEF].hangup()
    await chief.quiet()


async def conversations(chief: Chief, phones: dict[str, Phone]) -> None:
    """Ann's calls: ended, taken over, handed on."""
    free = state("Ann", AgentState.READY)
    stale = await chief.talks()
    await chief.do("hang_up", HangUp("pbx", "Ann", stale), lambda floor: not floor.callers)
    await chief.quiet()
    call = await chief.talks()
    await chief.refused("other call", HangUp("pbx", "Ann", stale))
    await chief.do("take_over", TakeOver("pbx", "Ann", call), free, phones[CHIEF])
    await chief.over()
    call = await chief.talks()
    talking = state("Bob", AgentState.TALKING)
    await chief.do("to agent", Transfer("pbx", "Ann", call, "agent:Bob"), talking, phones[BOB])
    await chief.product.seen(free)
    await chief.over()
    call = await chief.talks()
    await chief.do("to number", Transfer("pbx", "Ann", call, f"number:{BOB}"), talking, phones[BOB])
    await chief.over()


async def line(chief: Chief, phones: dict[str, Phone]) -> None:
    """Who waits is picked, for oneself and for Bob."""
    nobody = lambda floor: not floor.callers  # noqa: E731
    await chief.refused("nobody waits", PickCaller("pbx", "support"))
    await chief.do("pause Ann", Pause("pbx", "Ann", "meal"), state("Ann", AgentState.PAUSED))
    await chief.waits()
    await chief.do("pick", PickCaller("pbx", "support"), nobody, phones[CHIEF])
    await chief.over()
    await chief.waits()
    await chief.do("give", PickCaller("pbx", "support", "Bob"), nobody, phones[BOB])
    await chief.over()
    await chief.waits()
    await chief.in_vain("rejected", PickCaller("pbx", "support"), phones[CHIEF], rejects=True)
    await chief.in_vain("not lifted", PickCaller("pbx", "support"), phones[CHIEF])
    await chief.over()


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> OnBoth[Played]:
    """Played once, on both versions at the same time."""
    one = side_by_side(play, tmp_path_factory.mktemp("commands"))
    for played in one.results.values():
        if isinstance(played, Played):
            took = ", ".join(f"{name} {1000 * s:.0f}" for name, s in played.took_s.items())
            print(f"\nAsterisk {played.version}: ms to the effect seen: {took}")
    return one


@pytest.fixture
def played(version: str, plays: OnBoth[Played]) -> Played:
    """What came of it on this version."""
    return plays.on(version)


@on_both
def test_every_command_has_its_effect(played: Played) -> None:
    """The exchange takes it, and its own events show it (or the play would have broken off)."""
    assert {name: done.ok for name, done in played.done.items()} == dict.fromkeys(played.took_s, True)
    assert len(played.done) == 13


@on_both
def test_what_cannot_be_is_refused(played: Played) -> None:
    """A fixed member, a call that is over, an empty line."""
    assert played.refused == {"fixed": 409, "other call": 409, "nobody waits": 409}


@on_both
def test_every_command_is_in_the_audit(played: Played) -> None:
    """Asked, then answered in the exchange's words; where a phone was to ring, answered again with what became of it;
    refused ones as refused; no whole number anywhere."""
    acts: dict[str, list[str]] = {}
    for entry in played.audit:
        acts.setdefault(entry.thread, []).append(entry.stage.value)
    rung = [["asked", "answered", "answered"]] * 7
    assert sorted(acts.values()) == sorted([["asked", "answered"]] * 8 + rung + [["refused"]] * 3)
    assert {entry.by.name for entry in played.audit} == {"Zhou"}
    assert all(entry.said for entry in played.audit if entry.stage.value != "asked")


@on_both
def test_phones_that_are_not_lifted(played: Played) -> None:
    """The exchange takes the order; what it says later, that the phone was rejected or rang in vain, is told, and the
    caller waits where he was. A rejection is "busy" or without a reason, as versions have it."""
    assert played.vain["not lifted"] == (True, "unanswered", 1)
    taken, reached, waiting = played.vain["rejected"]
    assert (taken, waiting) == (True, 1)
    assert reached in ("busy", "failed")
    told = {entry.reason: entry.more.get("reached") for entry in played.audit if "reached" in entry.more}
    lifted = dict.fromkeys(("call_agent", "take_over", "to agent", "pick", "give"), "answered")
    assert told == lifted | {"rejected": reached, "not lifted": "unanswered"}


@on_both
def test_figures_are_those_of_queue_log(played: Played) -> None:
    """Every figure, and every visit's ending, agent, wait and talk."""
    assert played.figures == []
    assert played.visits == []
