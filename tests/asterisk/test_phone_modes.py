"""The mode changed while a supervisor listens on his phone, on real exchanges, everybody with a tone of his own.

On 22 Lea's phone is joined to a line and rings once; on 16, which has no AudioSocket, it rings for each mode.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from floor.listening.model import Mode
from floor.listening.ports import Ears, Line
from floor.state.happenings import ListeningBegan, ListeningEnded
from tests.asterisk.ami import Ami
from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange
from tests.asterisk.product import Product
from tests.asterisk.test_ears import ANN, CALLER, LEA, MODES, PLAN, VOICES, Reader, Scene, configure, registered
from tests.asterisk.tones import lasting, recordings
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

EACH_S = 2.0


@dataclass
class Seen:
    """What came of it on one exchange."""

    joined: bool = False
    rang: int = 0
    changed_s: list[float] = field(default_factory=list)
    """How long each change took."""
    recorded: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    told: list[ListeningBegan | ListeningEnded] = field(default_factory=list)


async def rung(scene: Scene, agent: str, mode: Mode, instead_of: str = "") -> str:
    lea = scene.phones[LEA]
    accepting = asyncio.create_task(lea.accept(lea.seen("CALL_INCOMING") + 1))
    spy = await scene.ears.ring("pbx", f"PJSIP/{LEA}", agent, mode, instead_of=instead_of)
    await accepting
    return spy


async def joined(ears: Ears, scene: Scene, agent: str) -> Line:
    lea = scene.phones[LEA]
    accepting = asyncio.create_task(lea.accept(lea.seen("CALL_INCOMING") + 1))
    line = await ears.join("pbx", f"PJSIP/{LEA}", agent, MODES[0])
    await accepting
    return line


async def listen(scene: Scene, agent: str, seen: Seen) -> None:
    """Every mode for a while; then the caller hangs up, and Lea's phone ends."""
    seen.joined = scene.ears.joins("pbx")
    reader = Reader(await joined(scene.ears, scene, agent)) if seen.joined else None
    spy = "" if reader is not None else await rung(scene, agent, MODES[0])
    for mode in MODES:
        began = time.monotonic()
        if reader is not None:
            await reader.line.change(mode)
        elif mode is not MODES[0]:
            spy = await rung(scene, agent, mode, spy)
        seen.changed_s.append(time.monotonic() - began)
        await asyncio.sleep(EACH_S)
    lea = scene.phones[LEA]
    closed = lea.seen("CALL_CLOSED") + 1
    await scene.phones[CALLER].hangup()
    await lea.event("CALL_CLOSED", closed)
    seen.rang = lea.seen("CALL_INCOMING")
    if reader is not None:
        await asyncio.wait_for(reader.task, 10)


async def play(version: str, folder: Path) -> Seen:
    exchange, seen = Exchange(version, PLAN), Seen()
    configure(exchange)
    exchange.started_at = time.time()
    try:
        await exchange.boot()
        async with registered(exchange) as phones:
            ami = await Ami.connect(exchange)
            async with Product(exchange, folder) as product:
                scene = Scene(exchange, phones, ami, product.watch.ears)
                product.watch.store.subscribe(scene.heard.hear, happenings=True)
                agent, _ = await scene.call(CALLER, ANN)
                await listen(scene, agent, seen)
                await product.seen(lambda floor: not floor.callers)
            seen.told = scene.heard.told
            await ami.close()
            await asyncio.gather(*(phone.switch_off() for phone in phones.values()))
            seen.recorded = {number: recordings(phone.folder) for number, phone in phones.items()}
            return seen
    finally:
        await exchange.stop()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played[Seen]:
    return side_by_side(play, tmp_path_factory.mktemp("modes"))


def test_rings_once_where_it_is_joined(played: Played[Seen]) -> None:
    """Once on 22 for all modes; once for each on 16, which has no AudioSocket."""
    print("a change of mode:", {one: [round(s, 2) for s in played.on(one).changed_s[1:]] for one in VERSIONS}, "s")
    assert (played.on("22").joined, played.on("22").rang) == (True, 1)
    assert (played.on("16").joined, played.on("16").rang) == (False, 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_supervisor_hears_both_in_every_mode(played: Played[Seen], version: str) -> None:
    """As long as he listens, whichever mode it is in."""
    calls = played.on(version).recorded[LEA]
    for tone in (VOICES[ANN], VOICES[CALLER]):
        assert sum(lasting(call, tone) for call in calls) > 0.8 * len(MODES) * EACH_S


@pytest.mark.parametrize("version", VERSIONS)
def test_who_hears_the_supervisor(played: Played[Seen], version: str) -> None:
    """Listening nobody, whispering the agent, barging both: the agent two of the three spans, the caller one."""
    recorded = played.on(version).recorded
    agent, caller = (lasting(recorded[phone][-1], VOICES[LEA]) for phone in (ANN, CALLER))
    assert 0.7 * EACH_S < caller < 1.6 * EACH_S
    assert 1.6 * EACH_S < agent < 2.7 * EACH_S


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_left_listening(played: Played[Seen], version: str) -> None:
    """Each mode's spying channel began and ended, all on this one call."""
    told = played.on(version).told
    began = {one.spy for one in told if isinstance(one, ListeningBegan)}
    assert len(began) == len(MODES)
    assert began == {one.spy for one in told if isinstance(one, ListeningEnded)}
    assert {one.agent for one in told if isinstance(one, ListeningBegan)} == {"Ann"}
