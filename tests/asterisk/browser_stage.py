"""A supervisor's browser on a real exchange: two calls, each side with its own tone, and a microphone with one too.

Endpoints 10 and 100 talk at the same time, so that whoever matched the beginning of a name would hear both.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import struct
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from floor.audit.model import Entry
from floor.history.database import Database
from floor.people.deeds import Actor
from floor.people.model import Person, Role
from floor.people.passwords import Passwords
from floor.people.rows import changing
from floor.people.staff import add
from floor.settings import Settings
from tests.asterisk.ami import Ami
from tests.asterisk.emergency_stage import MEMORY, configure
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.browser.conftest import ARGUMENTS
from tests.browser.ear import HEARS, VOICE_HZ, write_voice

ANN, BOB, CALLER, OTHER = "10", "100", "9001", "9002"
HZ = {ANN: 390, CALLER: 570, BOB: 830, OTHER: 1170}
HOTLINE, HELPLINE = "7001", "7002"
PLAN = Plan(
    (
        QueueSpec("hotline", HOTLINE, (Seat(f"PJSIP/{ANN}", "Ann"),)),
        QueueSpec("helpline", HELPLINE, (Seat(f"PJSIP/{BOB}", "Bob"),)),
    ),
    (ANN, BOB, CALLER, OTHER),
    dialplan='[internal](+)\ninclude => floorwatch-reports\n#include "floorwatch-extensions.conf"',
)
PASSWORD = "correct horse"
SPOKEN_S = 4.0
TIMES = 5
"""How often the delay is measured."""
WATCHES = """
  // When frames of the call come to the page, and how loud their right side is; and when what is played changes.
  window.arrivals = [];
  const Socket = WebSocket;
  window.WebSocket = class extends Socket {
    constructor(address) {
      super(address);
      if (String(address).includes("listen=")) this.addEventListener("message", ({ data }) => {
        if (!(data instanceof ArrayBuffer)) return;
        const view = new DataView(data);
        let peak = 0;
        for (let at = 10; at + 1 < data.byteLength; at += 4) peak = Math.max(peak, Math.abs(view.getInt16(at, true)));
        window.arrivals.push([performance.timeOrigin + performance.now(), peak]);
      });
    }
  };
  // When what is played on the right becomes loud, or silent, after a moment, and stays so for a while.
  window.hush = (since, loud) => new Promise((heard) => {
    const short = new AnalyserNode(window.heard[1].context, { fftSize: 256 });
    const splitter = new ChannelSplitterNode(short.context, { numberOfOutputs: 2 });
    window.played.connect(splitter);
    splitter.connect(short, 1);
    const samples = new Float32Array(256);
    let began = null;
    const look = () => {
      short.getFloatTimeDomainData(samples);
      const now = performance.timeOrigin + performance.now();
      const so = now > since && (Math.max(...samples.map(Math.abs)) > 0.05) === loud;
      began = so ? began ?? now : null;
      if (began !== null && now - began > 150) heard(began);
      else setTimeout(look, 2);
    };
    look();
  });
"""


@dataclass
class Played:
    """What came of it on one version."""

    version: str
    begin_s: float = 0.0
    """From the button to the first sound."""
    heard: dict[str, list[float]] = field(default_factory=dict)
    """By phone: how loud its tone is on the left and on the right."""
    agent_heard: list[float] = field(default_factory=list)
    """How loud the agent's phone heard the supervisor: before he spoke, whispering, barging."""
    caller_heard: list[float] = field(default_factory=list)
    to_page_s: list[float] = field(default_factory=list)
    """From the caller's phone falling silent to the first silent frame in the page."""
    to_ear_s: list[float] = field(default_factory=list)
    """From there to silence at the browser's output."""
    shown_ms: int = 0
    """What the bar says."""
    ended_s: float = 0.0
    """From the hang-up to the bar's end."""
    ended: str = ""
    jumped: bool = True
    talked_on: bool = False
    """The call went on after the listening was stopped."""
    refused: str = ""
    """What the dialog says where the exchange cannot."""
    entries: list[Entry] = field(default_factory=list)


class Desk:
    """A supervisor at his desk."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.bar = page.locator(".listen-bar")

    async def sign_in(self) -> None:
        await self.page.goto(f"{self.url}/sign-in?lang=en")
        await self.page.fill("[name=login]", "chief")
        await self.page.fill("[name=password]", PASSWORD)
        await self.page.click("main button[type=submit]")
        await self.page.wait_for_url(lambda url: "sign-in" not in url)
        await self.page.goto(f"{self.url}/desk?lang=en")

    async def ask(self, key: str) -> Any:
        """Choose Ann, press the key; the dialog."""
        await self.page.get_by_text("Ann", exact=True).first.click()
        await self.page.keyboard.press(key)
        box = self.page.get_by_role("dialog")
        await box.wait_for()
        return box

    async def begin(self, key: str) -> None:
        box = await self.ask(key)
        await box.locator("[name=purpose]").select_option("coaching")
        await box.locator("[type=submit]").click()

    async def hears(self, hz: float, side: int) -> None:
        script = "([hz, side]) => window.heard.length > 0 && window.tones(hz)[0][side] > 0.05"
        await self.page.wait_for_function(script, arg=[hz, side])

    async def hush(self, since: float, loud: bool) -> float:
        """When what is played on the right became loud, or silent; seconds of this machine's clock."""
        script = "([since, loud]) => window.hush(since, loud)"
        return float(await self.page.evaluate(script, [since * 1000, loud])) / 1000

    async def arrival(self, since: float, loud: bool) -> float:
        """When the first frame that is loud, or silent, came to the page after a moment."""
        script = """([since, loud]) => window.arrivals.find(([at, peak]) => at > since && (peak > 500) === loud)?.[0]"""
        return float(await self.page.evaluate(script, [since * 1000, loud])) / 1000


def heard_by(phone: Phone, hz: float) -> list[float]:
    """How loud a tone is at most in each of a phone's calls, full scale being 1; in order of the calls."""
    files = sorted(phone.folder.glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime)
    return [_loudest(file.read_bytes()[44:], hz) for file in files]


def _loudest(pcm: bytes, hz: float, window: int = 1600) -> float:
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm[: len(pcm) // 2 * 2])
    turns = [2 * math.pi * hz * n / 8000 for n in range(window)]
    waves = [(math.cos(turn), math.sin(turn)) for turn in turns]
    loudest = 0.0
    for start in range(0, len(samples) - window, window):
        part = samples[start : start + window]
        real = sum(sample * wave[0] for sample, wave in zip(part, waves, strict=True))
        imaginary = sum(sample * wave[1] for sample, wave in zip(part, waves, strict=True))
        loudest = max(loudest, 2 * math.hypot(real, imaginary) / window / 32768)
    return loudest


def _staff(data: Path) -> None:
    """A chief, who sees the whole site."""
    database = Database(Settings(data_dir=data).database_url)
    try:
        database.upgrade()
        with changing(database, "register") as connection:
            chief = Person(0, "chief", "Zhao Min", Role.CHIEF)
            add(connection, chief, Actor("test"), time.time(), password=Passwords().hash(PASSWORD))
    finally:
        database.close()


async def play(version: str, _folder: Path) -> Played:
    """Everything on one exchange, one after the other."""
    played = Played(version)
    async with AsyncExitStack() as stack:
        exchange = Exchange(version, PLAN)
        configure(exchange)
        exchange.started_at = time.time()
        stack.push_async_callback(exchange.stop)
        await exchange.boot()
        phones = {number: Phone(number, exchange.sip_port, hertz=HZ[number], record=True) for number in PLAN.phones}
        for phone in phones.values():
            stack.push_async_callback(phone.discard)
        await asyncio.gather(*(phone.register() for phone in phones.values()))
        ami = await Ami.connect(exchange)
        stack.push_async_callback(ami.close)
        data = Path(tempfile.mkdtemp(prefix="floor-browser-", dir=MEMORY))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        await asyncio.to_thread(_staff, data)
        product = await stack.enter_async_context(Product(exchange, data))
        desk = Desk(await _browser(stack, data), product.watch.web.url)
        await desk.sign_in()
        await asyncio.gather(
            connect(phones[CALLER], phones[ANN], HOTLINE), connect(phones[OTHER], phones[BOB], HELPLINE)
        )
        if version == "16":
            played.refused = await (await desk.ask("l")).inner_text()
        else:
            await _listen(played, desk, phones, ami)
            since = exchange.started_at
            played.entries = [entry for _, entry in await product.watch.audit.read(since=since, until=time.time() + 1)]
    return played


async def _browser(stack: AsyncExitStack, folder: Path) -> Page:
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    voice = await asyncio.to_thread(write_voice, folder / "voice.wav")
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={voice}"]
    playwright = await stack.enter_async_context(async_playwright())
    browser = await playwright.chromium.launch(executable_path=binary, args=[*ARGUMENTS, *fake])
    stack.push_async_callback(browser.close)
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, permissions=["microphone"])
    await context.add_init_script(HEARS + WATCHES)
    page = await context.new_page()
    page.set_default_timeout(20_000)
    return page


async def connect(caller: Phone, agent: Phone, number: str) -> None:
    """The caller dials the agent's queue, and is answered."""
    nth = agent.seen("CALL_INCOMING") + 1
    await caller.start_dialling(number)
    await agent.accept(nth)


async def _listen(played: Played, desk: Desk, phones: dict[str, Phone], ami: Ami) -> None:
    ann, caller = phones[ANN], phones[CALLER]
    began = time.monotonic()
    await desk.begin("l")
    await desk.hears(HZ[ANN], 0)
    played.begin_s = time.monotonic() - began
    await desk.hears(HZ[CALLER], 1)
    await asyncio.sleep(1)
    tones = await desk.page.evaluate("(all) => window.tones(...all)", list(HZ.values()))
    played.heard = dict(zip(HZ, tones, strict=True))
    for _ in range(TIMES):
        await _measure(played, desk, caller)
    played.shown_ms = int(await desk.page.locator("[data-ms]").get_attribute("data-ms") or 0)
    await _whisper(desk)
    hung_up = time.monotonic()
    await caller.hangup()
    await desk.bar.wait_for(state="hidden")
    played.ended_s, played.ended = time.monotonic() - hung_up, await desk.page.locator(".told").inner_text()
    await _next_call(played, desk, phones)
    played.agent_heard, played.caller_heard = heard_by(ann, VOICE_HZ), heard_by(caller, VOICE_HZ)


async def _measure(played: Played, desk: Desk, caller: Phone) -> None:
    """The caller is silent for a moment: when does the page know, and when is it silent?"""
    began = time.time()
    await caller.command("mute")
    silent = await desk.hush(began, False)
    came = await desk.arrival(began, False)
    played.to_page_s.append(came - began)
    played.to_ear_s.append(silent - came)
    began = time.time()
    await caller.command("mute")
    await desk.hush(began, True)


async def _whisper(desk: Desk) -> None:
    await desk.page.keyboard.press("w")
    await desk.page.get_by_role("button", name="Keep open").wait_for()
    await desk.page.keyboard.down("Space")
    await asyncio.sleep(SPOKEN_S)
    await desk.page.keyboard.up("Space")


async def _next_call(played: Played, desk: Desk, phones: dict[str, Phone]) -> None:
    """Ann has another call: nobody listens to it, until somebody is asked to."""
    ann, caller = phones[ANN], phones[CALLER]
    await connect(caller, ann, HOTLINE)
    await asyncio.sleep(2)
    played.jumped = await desk.bar.is_visible()
    await desk.begin("b")
    await desk.page.get_by_role("button", name="Keep open").click()
    await asyncio.sleep(SPOKEN_S)
    await desk.page.keyboard.press("Escape")
    await desk.bar.wait_for(state="hidden")
    await asyncio.sleep(1)
    played.talked_on = caller.seen("CALL_CLOSED") == 1
    await caller.hangup()
    await ann.event("CALL_CLOSED", 2)
