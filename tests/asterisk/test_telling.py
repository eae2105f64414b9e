"""Telling people over a real exchange, with the shipped account: a phone dials an emergency number, the alert stands,
the chief's phone rings and says so, and key 1 takes it over."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.emergency_call import RULE
from alerts.model import Alert, AlertStage, DeliveryState
from asterisk.advice import Severity
from asterisk.check import run_check
from floor.settings import Settings
from floor.verbs.telling import try_ways
from floor.verbs.users import add_user
from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange, missing
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.house.checkout import text

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

SEAT, CHIEF, SPEAKER = "1001", "1901", "1902"
DIALPLAN = """
[internal](+)
exten => 119,1,Answer()
 same => n,Wait(20)
"""
PLAN = Plan(
    (QueueSpec("help", "7001", (Seat(f"PJSIP/{SEAT}", "Ann"),)),), (SEAT, CHIEF, SPEAKER), dialplan=DIALPLAN
)  # fmt: skip


def configure(exchange: Exchange) -> None:
    """The account of the two shipped files, included as their comments say."""
    exchange.configure()
    folder = exchange.folder / "etc"
    conf = re.sub(r"timestampevents = .*\n", "", (folder / "manager.conf").read_text())
    conf = re.sub(r"\[floor\][^\[]*", "", conf)
    names = ("floorwatch-manager.conf", "floorwatch-manager-phone.conf")
    (folder / "manager.conf").write_text(conf + "".join(f'\n#include "{name}"' for name in names) + "\n")
    for name in names:
        (folder / name).write_text(text(Path("config") / name).replace("CHANGE-ME", "floor-secret"))


@pytest.fixture(params=VERSIONS)
async def exchange(request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    if why := missing(request.param):
        pytest.skip(why)
    made = Exchange(request.param, PLAN)
    configure(made)
    made.started_at = time.time()
    try:
        await made.boot()
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def phones(exchange: Exchange) -> AsyncIterator[dict[str, Phone]]:
    made = {number: Phone(number, exchange.sip_port, record=number == CHIEF) for number in (SEAT, CHIEF, SPEAKER)}
    await asyncio.gather(*(phone.register() for phone in made.values()))
    yield made
    await asyncio.gather(*(phone.discard() for phone in made.values()))


def notify(exchange: Exchange, **phone: Any) -> dict[str, Any]:
    """Spoken messages lie where the exchange, in its own root folder, can read them."""
    sounds = {"sounds_dir": exchange.folder / "sounds", "sounds_path": f"{exchange.home}/sounds"}
    return {
        "phone": {"pbx": "pbx", "ring_s": 5, "retry_s": 1, "key_s": 3, "attempts": 2, **sounds, **phone},
        "paging": {"groups": {"hall": [SPEAKER]}},
        "places": {SEAT: "3F, row B"},
    }


async def until(product: Product, true: Callable[[Alert], bool], within_s: float = 30) -> Alert:
    """Wait for an alert that is so."""
    found: list[Alert] = []
    changed = asyncio.Event()

    def hear(alert: Alert) -> None:
        found.append(alert)
        changed.set()

    engine = product.watch.alerts.engine
    found += engine.live.values()
    forget = engine.subscribe(hear)
    try:
        async with asyncio.timeout(within_s):
            while not any(map(true, found)):
                changed.clear()
                await changed.wait()
    finally:
        forget()
    return next(filter(true, reversed(found)))


@pytest.mark.alone
async def test_an_emergency_call_is_told_by_phone_and_taken_over_by_key(
    exchange: Exchange, phones: dict[str, Phone], tmp_path: Path
) -> None:
    """The call goes its way; the alert names agent, seat and place; the chief hears it and presses 1."""
    settings = {"notify": notify(exchange)}
    chief = {"login": "chief", "name": "Zhao", "role": "chief", "phone": CHIEF, "language": "en"}
    add_user(Settings.model_validate({"data_dir": tmp_path, **settings}), chief, None)
    async with Product(exchange, tmp_path, more=settings) as product:
        dialled = time.time()
        await phones[SEAT].start_dialling("119")
        alert = await until(product, lambda one: one.rule == RULE)
        seen = time.time()
        await phones[SEAT].event("CALL_ESTABLISHED")
        first = alert.evidence[0]
        assert (alert.subject.name, first["seat"], first["place"]) == ("Ann", SEAT, "3F, row B")
        await phones[CHIEF].ringing()
        rang = time.time()
        await phones[CHIEF].accept()
        await asyncio.sleep(3)  # he listens
        await phones[CHIEF].command("sndcode", "1")
        taken = await until(product, lambda one: one.stage is AlertStage.ACKNOWLEDGED)
        took = time.time()
        assert taken.owner_name == "Zhao"
        assert phones[CHIEF].seen("CALL_INCOMING") == 1
        await product.watch.alerts.ledger.flush()
        told = {d.message.recipient.kind: d for d in await product.watch.alerts.engine.deliveries(alert.id)}
        assert told["phone"].state is DeliveryState.SENT
        print(
            f"Asterisk {exchange.version}: from the key to the alert {1000 * (seen - dialled):.0f} ms "
            f"(from the exchange's first word {1000 * (alert.raised_at - first['at']):.0f} ms), "
            f"to the chief's phone ringing {1000 * (rang - dialled):.0f} ms, "
            f"from his key to taken over {1000 * (took - rang) - 3000:.0f} ms after answering and 3 s of listening"
        )
    assert await seconds_heard(phones[CHIEF]) > 1, "he heard nothing"


async def seconds_heard(phone: Phone) -> float:
    """How much of what the phone played was not silence, once the call is over."""
    await phone.event("CALL_CLOSED")
    async with asyncio.timeout(5):
        while (loud := await asyncio.to_thread(_loud, phone.folder)) is None:  # noqa: ASYNC110
            # The phone writes the head of its recording a moment after the call; nothing announces it.
            await asyncio.sleep(0.05)
    return loud


def _loud(folder: Path) -> float | None:
    loud = 0.0
    for file in folder.glob("dump-*-dec.wav"):
        try:
            with wave.open(str(file)) as sound:
                samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
                tenth = sound.getframerate() // 10
        except (wave.Error, EOFError):
            return None
        loud += sum(max(map(abs, samples[at : at + tenth])) > 500 for at in range(0, len(samples), tenth)) / 10
    return loud


async def test_busy_then_answered_and_a_page(exchange: Exchange, phones: dict[str, Phone], tmp_path: Path) -> None:
    """``floor notify test`` over a real exchange: a refused call is a sentence, an answered one is told, a page too;
    and ``floor check`` says that the account may call."""
    product = Product(exchange, tmp_path, more={"notify": notify(exchange)})
    settings, said = product.watch.settings, list[str]()

    async def refuse() -> None:
        await phones[CHIEF].ringing()
        await phones[CHIEF].hangup()

    busy, _ = await asyncio.gather(try_ways(settings, said.append, kind="phone", address=CHIEF), refuse())
    answered, _ = await asyncio.gather(
        try_ways(settings, said.append, kind="phone", address=CHIEF), phones[CHIEF].accept(2)
    )
    paged, _ = await asyncio.gather(try_ways(settings, said.append, kind="paging"), phones[SPEAKER].accept())
    nobody = await try_ways(settings, said.append, kind="phone", address="1999")
    assert (busy, answered, paged, nobody) == (1, 0, 0, 1), said
    assert "busy" in said[0]
    findings = await run_check(product.pbx, listen_s=0, calls=True)
    assert "calls_fine" in [one.code for one in findings]
    assert not [one.what() for one in findings if one.severity is Severity.ERROR]


async def test_without_a_voice_the_exchange_plays_its_own_sounds(
    exchange: Exchange, phones: dict[str, Phone], tmp_path: Path
) -> None:
    """Tones and digits are heard where nothing can speak."""
    product = Product(exchange, tmp_path, more={"notify": notify(exchange, sounds_dir=None, times=1)})
    said: list[str] = []
    told, _ = await asyncio.gather(
        try_ways(product.watch.settings, said.append, kind="phone", address=CHIEF), phones[CHIEF].accept()
    )
    assert told == 0, said
    assert await seconds_heard(phones[CHIEF]) > 0.3


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed here")
async def test_spoken_messages_are_found_by_the_exchange(
    exchange: Exchange, phones: dict[str, Phone], tmp_path: Path
) -> None:
    """Seconds of speech are heard, in Chinese, from the file that lies in the shared folder."""
    product = Product(exchange, tmp_path, more={"notify": notify(exchange, times=1)})
    said: list[str] = []
    told, _ = await asyncio.gather(
        try_ways(product.watch.settings, said.append, kind="phone", address=CHIEF), phones[CHIEF].accept()
    )
    assert told == 0, said
    assert len(list((exchange.folder / "sounds").glob("floor-*.wav"))) == 1
    assert await seconds_heard(phones[CHIEF]) > 0.8
