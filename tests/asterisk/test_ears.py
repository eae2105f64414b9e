"""Listening on real exchanges, everybody with a tone of his own, with the shipped account and an untouched dialplan.

Ann at phone 10 talks with three callers one after another, while Bob at phone 100 has one call all the time. On 22 the
first is listened to in the browser, in every mode; on both versions each is listened to on the supervisor's phone, in
one mode each. The supervisor, Lea, is a member of a queue herself.
"""

from __future__ import annotations

import asyncio
import re
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest

from asterisk.audiosocket import Kind, written
from asterisk.ears import ExchangeEars
from asterisk.tone import PITCH_HZ
from floor.listening.model import Mode, Way
from floor.listening.ports import Ears, Line, NotHeardError
from floor.ports import Outcome
from floor.sections.listening import ListeningSettings
from floor.state.happenings import LineReleased, LineTaken, ListeningBegan, ListeningEnded
from floor.state.model import SPY, Agent, AgentState
from tests.asterisk.ami import Ami
from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.asterisk.tones import lasting, recordings, sides, spoken
from tests.asterisk.versions import Played, side_by_side
from tests.house.checkout import text

pytestmark = [pytest.mark.alone, pytest.mark.asterisk, pytest.mark.slow]

ANN, BOB, LEA, CALLER, OTHER = "10", "100", "1901", "9001", "9002"
VOICES = {ANN: 390, BOB: 850, LEA: 730, CALLER: 570, OTHER: 1130}
WHISPERED, BARGED, UNHEARD = 1000, 1300, 1500
"""What the supervisor says in the browser in each mode."""
PLAN = Plan(
    (
        QueueSpec("help", "7001", (Seat(f"PJSIP/{ANN}", "Ann"), Seat(f"PJSIP/{BOB}", "Bob"))),
        QueueSpec("leaders", "7002", (Seat(f"PJSIP/{LEA}", "Lea"),)),
    ),
    tuple(VOICES),
)
STANZAS = ("floorwatch-manager.conf", "floorwatch-manager-console.conf")
MODES = (Mode.LISTEN, Mode.WHISPER, Mode.BARGE)
TALKS_S = 1.5


def configure(exchange: Exchange) -> None:
    """The account of the two shipped files, included as their comments say."""
    exchange.configure()
    folder = exchange.folder / "etc"
    conf = re.sub(r"timestampevents = .*\n", "", (folder / "manager.conf").read_text())
    conf = re.sub(r"\[floor\][^\[]*", "", conf)
    (folder / "manager.conf").write_text(conf + "".join(f'\n#include "{name}"' for name in STANZAS) + "\n")
    for name in STANZAS:
        (folder / name).write_text(text(Path("config") / name).replace("CHANGE-ME", "floor-secret"))


@dataclass
class Browser:
    """What came of listening in the browser."""

    channels: int = 0
    listened: list[tuple[int, ...]] = field(default_factory=list)
    """Both sides of Ann's call."""
    beside: list[tuple[int, ...]] = field(default_factory=list)
    """Both sides of Bob's, heard at the same time."""
    longest_gap_s: dict[Mode, float] = field(default_factory=dict)
    """Between two frames, around the change into each mode."""
    delays_s: list[float] = field(default_factory=list)
    ended_s: float = 99.0
    """How long after the call the line ended."""
    went_on: int = 0
    """Frames of Bob's call that came after Ann's had ended."""
    stranger_cut: bool = False


@dataclass
class Heard:
    """Everything that came of it on one exchange."""

    offers: tuple[Way, ...] = ()
    refusal: str = ""
    over: str = ""
    """What is said about a call that is over."""
    browser: Browser = field(default_factory=Browser)
    recorded: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    """What each phone heard, call by call."""
    told: list[ListeningBegan | ListeningEnded] = field(default_factory=list)
    lines: list[LineTaken | LineReleased] = field(default_factory=list)
    states: set[AgentState] = field(default_factory=set)
    """All that Lea has been."""
    answered: int = 0
    """Conversations that the figures of today count."""
    starts: int = 0
    """ChanSpyStart as the exchange said it to a full-rights user."""

    def hear(self, outcome: Outcome) -> None:
        self.told += [one for one in outcome.happenings if isinstance(one, ListeningBegan | ListeningEnded)]
        self.lines += [one for one in outcome.happenings if isinstance(one, LineTaken | LineReleased)]
        for change in outcome.changes:
            if isinstance(change.after, Agent) and change.after.name == "Lea":
                self.states.add(change.after.state)


class Scene:
    """One exchange, its phones, and a Floorwatch beside it."""

    def __init__(self, exchange: Exchange, phones: dict[str, Phone], ami: Ami, ears: Ears) -> None:
        self.exchange, self.phones, self.ami, self.ears = exchange, phones, ami, ears
        self.heard = Heard()
        self.calls = 0

    async def call(self, caller: str, agent: str) -> tuple[str, str]:
        """(the agent's uniqueid, the caller's channel)."""
        after = self.ami.latest
        nth = self.phones[agent].seen("CALL_INCOMING") + 1
        accepting = asyncio.create_task(self.phones[agent].accept(nth))
        await self.phones[caller].dial("7001")
        await accepting
        event = await self.ami.event("AgentConnect", after=after)
        return event["DestUniqueid"], event["Channel"]

    async def on_the_phone(self, agent: str, mode: Mode) -> None:
        """Lea's phone rings, she listens until the call ends, and her phone with it."""
        lea = self.phones[LEA]
        accepting = asyncio.create_task(lea.accept(lea.seen("CALL_INCOMING") + 1))
        spy = await self.ears.ring("pbx", f"PJSIP/{LEA}", agent, mode, caller_id="Floorwatch")
        await accepting
        assert spy.startswith(SPY)
        await asyncio.sleep(TALKS_S)
        closed = lea.seen("CALL_CLOSED") + 1
        await self.phones[CALLER].hangup()
        await lea.event("CALL_CLOSED", closed)


class Reader:
    """Reads a line as a browser's connection would."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.frames: list[tuple[float, bytes]] = []
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for frame in self.line.frames():
            self.frames.append((time.monotonic(), frame))

    def sides(self, since: int = 0) -> list[tuple[int, ...]]:
        return sides([frame for _, frame in self.frames[since:]], self.line.format.channels)

    async def say(self, hertz: int) -> None:
        """A second and a half, in time."""
        began = time.monotonic()
        for number in range(int(TALKS_S * 50)):
            self.line.speak(spoken(hertz, number))
            await asyncio.sleep(max(0.0, began + (number + 1) * 0.02 - time.monotonic()))

    def longest_gap_s(self, since: int) -> float:
        moments = [at for at, _ in self.frames[max(0, since - 1) :]]
        return max(b - a for a, b in pairwise(moments))


async def in_the_browser(scene: Scene, agent: str, caller: str, other: str) -> Browser:
    """Ann's call in all modes, Bob's beside it; ends with Ann's call."""
    seen = Browser()
    first = Reader(await scene.ears.open("pbx", agent, Mode.LISTEN))
    beside = Reader(await scene.ears.open("pbx", other, Mode.LISTEN))
    seen.channels = first.line.format.channels
    await asyncio.sleep(TALKS_S)
    seen.listened, seen.beside = first.sides(), beside.sides()
    for mode, tone in ((Mode.WHISPER, WHISPERED), (Mode.BARGE, BARGED), (Mode.LISTEN, UNHEARD)):
        before = len(first.frames)
        await first.line.change(mode)
        await first.say(tone)
        seen.longest_gap_s[mode] = first.longest_gap_s(before)
    for _ in range(4):
        seen.delays_s.append(await delay(scene.ami, first, caller))
    seen.stranger_cut = await stranger(first.line.spy, scene.ami)
    await scene.phones[CALLER].hangup()
    hung_up, before = time.monotonic(), len(beside.frames)
    await asyncio.wait_for(first.task, 10)
    seen.ended_s = time.monotonic() - hung_up
    await asyncio.sleep(0.5)
    seen.went_on = len(beside.frames) - before
    await beside.line.close()
    await beside.task
    return seen


async def delay(ami: Ami, reader: Reader, caller: str) -> float:
    """From the moment the exchange silences the caller (its answer) to the first silent frame in our hands."""
    await ami.action("MuteAudio", Channel=caller, Direction="in", State="on")
    muted, before = time.monotonic(), len(reader.frames)
    await asyncio.sleep(0.5)
    silent = (at for at, frame in reader.frames[before:] if max(map(abs, struct.unpack("<320h", frame)[1::2])) < 100)
    found = next(silent)
    await ami.action("MuteAudio", Channel=caller, Direction="in", State="off")
    await asyncio.sleep(0.3)
    return found - muted


async def stranger(spy: str, ami: Ami) -> bool:
    """Somebody on the machine connects to the audio port with an identifier of his own, and with one in use."""
    start = next(m for m in ami.messages if m["Event"] == "ChanSpyStart" and m["SpyerUniqueid"] == spy)
    port = re.fullmatch(r"AudioSocket/127\.0\.0\.1:(\d+)-.*", start["SpyerChannel"])
    assert port is not None
    cut = []
    for id in (uuid4().bytes, bytes.fromhex(spy.removeprefix(SPY))):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port[1]))
        writer.write(written(Kind.IDENTIFIER, id))
        try:
            cut.append(await asyncio.wait_for(reader.read(), 5) == b"")
        except ConnectionError:
            cut.append(True)
        writer.close()
    return all(cut)


@asynccontextmanager
async def registered(exchange: Exchange) -> AsyncIterator[dict[str, Phone]]:
    phones = {number: Phone(number, exchange.sip_port, hertz=hertz, record=True) for number, hertz in VOICES.items()}
    try:
        await asyncio.gather(*(phone.register() for phone in phones.values()))
        yield phones
    finally:
        await asyncio.gather(*(phone.discard() for phone in phones.values()))


async def play(version: str, folder: Path) -> Heard:
    """The whole story on one version."""
    exchange = Exchange(version, PLAN)
    configure(exchange)
    exchange.started_at = time.time()
    try:
        await exchange.boot()
        async with registered(exchange) as phones:
            ami = await Ami.connect(exchange)
            async with Product(exchange, folder) as product:
                scene = Scene(exchange, phones, ami, product.watch.ears)
                product.watch.store.subscribe(scene.heard.hear, happenings=True)
                await tell(scene, product)
                await product.seen(lambda floor: floor.agents["pbx", "Bob"].state is AgentState.READY)
                scene.heard.answered = product.finished
            scene.heard.starts = ami.count("ChanSpyStart")
            await ami.close()
            # A phone writes its recordings to the end when it is switched off.
            await asyncio.gather(*(phone.switch_off() for phone in phones.values()))
            scene.heard.recorded = {number: recordings(phone.folder) for number, phone in phones.items()}
            return scene.heard
    finally:
        await exchange.stop()


async def tell(scene: Scene, product: Product) -> None:
    heard = scene.heard
    agent, caller = await scene.call(CALLER, ANN)
    other, _ = await scene.call(OTHER, BOB)
    heard.offers = tuple(scene.ears.offers("pbx"))
    if Way.BROWSER in heard.offers:
        heard.browser = await in_the_browser(scene, agent, caller, other)
    else:
        heard.refusal = await refusal(scene.ears, agent)
        await scene.phones[CALLER].hangup()
    if Way.BROWSER in heard.offers:
        heard.over = await refusal(scene.ears, agent)
    for mode in MODES:
        agent, _ = await scene.call(CALLER, ANN)
        await scene.on_the_phone(agent, mode)
    if Way.BROWSER in heard.offers:
        await with_a_tone(product, other)
    await scene.phones[OTHER].hangup()


async def with_a_tone(product: Product, channel: str) -> None:
    """As a Floorwatch would that is set to tell the agent."""
    watch = product.watch
    exchanges = watch.exchanges
    ears = ExchangeEars(ListeningSettings(tone=True), exchanges.links, exchanges.spies, watch.clock)
    line = await ears.open("pbx", channel, Mode.LISTEN)
    await line.close()
    await ears.stop()


async def refusal(ears: Ears, channel: str) -> str:
    try:
        await ears.open("pbx", channel, Mode.LISTEN)
    except NotHeardError as refused:
        return str(refused)
    return ""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played[Heard]:
    return side_by_side(play, tmp_path_factory.mktemp("ears"))


def present(samples: tuple[int, ...], *tones: int) -> set[int]:
    """Those of everybody's tones that last; a click at a change is none."""
    return {tone for tone in (*VOICES.values(), WHISPERED, BARGED, UNHEARD, *tones) if lasting(samples, tone) > 0.4}


def test_each_side_is_heard_at_its_side(played: Played[Heard]) -> None:
    """On 22 in the browser: the agent left, the caller right, and nobody else."""
    seen = played.on("22").browser
    assert seen.channels == 2
    assert [present(side) for side in seen.listened] == [{VOICES[ANN]}, {VOICES[CALLER]}]


def test_10_is_not_100(played: Played[Heard]) -> None:
    """Who listens to 10 does not hear 100, nor the other way round, in the browser and on the phone."""
    seen = played.on("22").browser
    assert [present(side) for side in seen.beside] == [{VOICES[BOB]}, {VOICES[OTHER]}]
    for version in VERSIONS:
        for call in played.on(version).recorded[LEA]:
            assert not present(call) & {VOICES[BOB], VOICES[OTHER]}


def test_who_hears_the_supervisor_in_the_browser(played: Played[Heard]) -> None:
    """Whispered: the agent alone; barged: both; listening: nobody; and never anybody of another call."""
    recorded = played.on("22").recorded
    said = {WHISPERED, BARGED, UNHEARD}
    assert present(recorded[ANN][0]) & said == {WHISPERED, BARGED}
    assert present(recorded[CALLER][0]) & said == {BARGED}
    assert not (present(recorded[BOB][0]) | present(recorded[OTHER][0])) & said


def test_tone_for_the_agent(played: Played[Heard]) -> None:
    """Where the setting asks for it the agent hears two pips when it begins, and the caller none."""
    recorded = played.on("22").recorded
    assert 0.1 <= lasting(recorded[BOB][0], int(PITCH_HZ)) < 0.5
    assert lasting(recorded[OTHER][0], int(PITCH_HZ)) == 0


def test_modes_change_without_a_hole(played: Played[Heard]) -> None:
    """Around a change the frames keep coming; of three the median, for a busy machine may stand still by itself."""
    gaps = played.on("22").browser.longest_gap_s
    print("longest gap between frames around a change:", {mode.value: round(gap, 3) for mode, gap in gaps.items()})
    assert sorted(gaps.values())[1] < 0.3


def test_delay(played: Played[Heard]) -> None:
    """What is said is in our hands soon: on an idle machine within 60 ms of its passing the exchange."""
    delays = sorted(played.on("22").browser.delays_s)
    print("from the exchange to our reader:", [round(one * 1000) for one in delays], "ms")
    assert delays[len(delays) // 2] < 0.25


def test_ends_with_the_call(played: Played[Heard]) -> None:
    """At once, and only that of this call."""
    seen = played.on("22").browser
    assert seen.ended_s < 2
    assert seen.went_on > 10


def test_call_that_is_over_is_not_listened_to(played: Played[Heard]) -> None:
    """Nor another one instead."""
    assert played.on("22").over == "the call is over"


def test_strangers_are_cut(played: Played[Heard]) -> None:
    """An identifier that nobody waits for, or one that is in use already."""
    assert played.on("22").browser.stranger_cut


def test_16_says_what_it_lacks(played: Played[Heard]) -> None:
    """Without chan_audiosocket only the phone is offered, with a sentence."""
    heard = played.on("16")
    assert heard.offers == (Way.PHONE,)
    assert "chan_audiosocket" in heard.refusal


@pytest.mark.parametrize("version", VERSIONS)
def test_on_the_phone(played: Played[Heard], version: str) -> None:
    """Lea hears both; heard by nobody, by the agent, by both, as the mode says; her phone ends with each call."""
    recorded = played.on(version).recorded
    assert len(recorded[LEA]) == len(MODES)
    for call in recorded[LEA]:
        assert present(call) == {VOICES[ANN], VOICES[CALLER]}
    lea = VOICES[LEA]
    calls = zip(recorded[ANN][-3:], recorded[CALLER][-3:], strict=True)
    by = [(lea in present(a), lea in present(b)) for a, b in calls]
    assert by == [(False, False), (True, False), (True, True)]


@pytest.mark.parametrize("version", VERSIONS)
def test_never_goes_on_to_the_next_call(played: Played[Heard], version: str) -> None:
    """As many beginnings as were ordered, each ended: the agent's next call is nobody's to hear."""
    heard = played.on(version)
    began = [one for one in heard.told if isinstance(one, ListeningBegan)]
    ended = [one for one in heard.told if isinstance(one, ListeningEnded)]
    assert len(began) == len(ended) == heard.starts == {"22": 10, "16": 3}[version]
    assert {one.spy for one in began} == {one.spy for one in ended}
    assert all(one.spy.startswith(SPY) for one in began)
    assert [one.agent for one in began].count("Bob") == {"22": 3, "16": 0}[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_listening_is_nobodys_call(played: Played[Heard], version: str) -> None:
    """Four calls are counted on 22 as on 16, five with Bob's; Lea had none, and no outside line was taken."""
    heard = played.on(version)
    assert heard.answered == 5
    assert not heard.states & {AgentState.TALKING, AgentState.RINGING, AgentState.OUTBOUND, AgentState.HOLDING}
    assert heard.lines == []
