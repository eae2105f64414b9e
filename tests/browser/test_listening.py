"""Listening in the browser, against a server that speaks docs/protocol.md: what is heard, said, shown and sent."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from tests.browser import axe
from tests.browser.ear import HEARS, VOICE_HZ, chromium_with_microphone, wait_until_heard
from tests.browser.office import CHIEF, PASSWORD, Office
from tests.browser.test_axe import violations

AGENT_HZ, CALLER_HZ = 390, 570
SOCKET = f"""
  // The audio socket of docs/protocol.md, with the agent humming on the left and the caller on the right.
  const Real = WebSocket;
  window.exchange = {{ sent: [], texts: [], listening: null, sockets: [], channels: 2, silent: false, mute: null }};
  class Fake extends EventTarget {{
    constructor(address) {{
      super();
      Object.assign(this, {{ address, readyState: 0, bufferedAmount: 0, number: 4294967290 }});
      this.began = performance.now();
      window.exchange.sockets.push(this);
      setTimeout(() => {{
        if (this.readyState) return;
        this.readyState = 1;
        this.onopen();
        this.tell();
        this.timer = setInterval(() => this.hum(), 20);
      }}, 10);
    }}
    tell() {{
      const format = {{ rate: 8000, channels: window.exchange.channels }};
      this.onmessage({{ data: JSON.stringify({{ t: "listening", listening: window.exchange.listening, format }}) }});
    }}
    hum() {{
      if (window.exchange.silent) return;
      while ((this.frames ?? 0) * 20 < performance.now() - this.began) {{
        const first = (this.frames ?? 0) * 160;
        this.frames = (this.frames ?? 0) + 1;
        const {{ channels }} = window.exchange;
        const view = new DataView(new ArrayBuffer(8 + 320 * channels));
        view.setUint32(0, this.number = (this.number + 1) >>> 0);
        view.setUint32(4, first / 8);
        for (let i = 0; i < 160; i++) [{AGENT_HZ}, {CALLER_HZ}].slice(0, channels).forEach((hz, side) =>
          view.setInt16(8 + 2 * (i * channels + side), side === window.exchange.mute ? 0
            : 9000 * Math.sin((2 * Math.PI * hz * (first + i)) / 8000), true));
        this.onmessage({{ data: view.buffer }});
      }}
    }}
    send(data) {{
      if (typeof data !== "string") return window.exchange.sent.push([...new Int16Array(data)]);
      const said = JSON.parse(data);
      window.exchange.texts.push(said.t);
      const pong = JSON.stringify({{ t: "pong", at: said.at }});
      if (said.t === "ping") setTimeout(() => this.onmessage({{ data: pong }}), 8);
    }}
    close(code = 1000) {{
      if (this.readyState === 3) return;
      clearInterval(this.timer);
      this.readyState = 3;
      this.onclose({{ code }});
    }}
  }}
  window.WebSocket = function (address) {{
    return address.includes("listen=") ? new Fake(address) : new Real(address);
  }};
  Object.assign(window.WebSocket, {{ OPEN: 1, CONNECTING: 0, CLOSING: 2, CLOSED: 3 }});
"""
LISTEN = """async ([agent, mode]) => {
  const desk = document.querySelector('script[src$="/desk.js"]').src;
  (await import(new URL('work/listenbar.js', desk).href)).listen(agent, mode);
}"""
ANN = {"pbx": "pbx1", "id": "Ann", "label": "1001 Ann"}
OFFER: dict[str, Any] = {
    "now": 0.0, "may": {"modes": ["listen", "whisper", "barge"], "purposes": ["qa", "coaching", "help", "incident"]},
    "ways": {"pbx1": ["browser", "phone"]}, "phones": {"pbx1": "PJSIP/8001"}, "listenings": [],
}  # fmt: skip


@dataclass
class Ear:
    """A supervisor's browser; ``posted`` is what the page asked of the server, in order."""

    page: Page
    office: Office
    offer: dict[str, Any] = field(default_factory=lambda: dict(OFFER))
    posted: list[tuple[str, Any]] = field(default_factory=list)
    refusals: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    listening: dict[str, Any] = field(default_factory=dict)
    changing: str = "on"
    """The stage a change of mode leads to."""

    def answer(self, route: Route) -> None:
        """The API of docs/api.md, "Listening"."""
        command = route.request.url.rpartition("/")[2].partition("?")[0]
        if route.request.method == "GET":
            return route.fulfill(json=self.offer)
        body: dict[str, Any] = json.loads(route.request.post_data or "{}")
        self.posted.append((command, body))
        if command in self.refusals:
            status, said = self.refusals[command]
            return route.fulfill(status=status, json=said)
        if command == "listenings":
            self.listening = {
                "id": "L1", "stage": "on", "began_at": time.time(), "by_name": "Zhao Min", "mine": True, "ended": None,
                "elsewhere": False, "call": "1.1", "ended_at": None, "said": "", "follow": False, **body,
            }  # fmt: skip
        elif command == "mode":
            self.listening |= {"mode": body["mode"], "stage": self.changing}
        else:
            self.listening |= {"stage": "ended", "ended": "stopped"}
        self.page.evaluate("(one) => { window.exchange.listening = one; }", self.listening)
        return route.fulfill(status=201 if command == "listenings" else 200, json=self.listening)

    def tell(self, **changes: Any) -> None:
        """The server says what became of the listening."""
        self.listening |= changes
        told = "(one) => { window.exchange.listening = one; window.exchange.sockets.at(-1).tell(); }"
        self.page.evaluate(told, self.listening)

    def desk(self, lang: str = "en", theme: str = "dark") -> Page:
        self.page.goto(f"{self.office.url}/desk?lang={lang}&theme={theme}")
        self.page.locator("main h1").wait_for()
        return self.page

    def ask(self, mode: str = "listen") -> Any:
        self.page.evaluate(LISTEN, [ANN, mode])
        box = self.page.get_by_role("dialog")
        box.wait_for()
        return box

    def begin(self, mode: str = "listen", purpose: str = "coaching") -> Any:
        """Through the dialog; returns the bar."""
        box = self.ask(mode)
        box.locator("[name=purpose]").select_option(purpose)
        box.locator("[type=submit]").click()
        bar = self.page.get_by_role("region", name="Listening")
        bar.wait_for()
        return bar


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office")) as one:
        yield one


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium_with_microphone(tmp_path_factory.mktemp("voice")) as browser:
        yield browser


@pytest.fixture
def ear(listener: Browser, office: Office) -> Iterator[Ear]:
    """Signed in as the chief, microphone granted; no page may write an error to its console."""
    context = listener.new_context(viewport={"width": 1280, "height": 800}, permissions=["microphone"])
    context.add_init_script(HEARS + SOCKET)
    page = context.new_page()
    page.set_default_timeout(45_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def overheard(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(said.text)

    page.on("console", overheard)
    one = Ear(page, office)
    page.route("**/api/v1/listenings**", one.answer)
    page.goto(f"{office.url}/sign-in")
    page.fill("[name=login]", CHIEF.login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    yield one
    context.close()
    assert [said for said in complaints if "Failed to load resource" not in said] == []  # refusals are the tests' own


LEVEL = """(side) => document.querySelector(
  `[role=meter][aria-label="Level: ${["Agent", "Other side"][side]}"]`).dataset.rms"""
FULL = 9000 / 32768  # as loud as the exchange hums


def wait_until_alone(page: Page, side: int) -> None:
    """Until only that side hums: its tone at full loudness there, and nothing at all on the other side.

    A busy machine makes gaps, and gaps smear a tone over others; but silence stays silence.
    """
    page.evaluate("(mute) => { window.exchange.mute = mute; }", 1 - side)
    hz = (AGENT_HZ, CALLER_HZ)[side]
    alone = """([hz, side, full]) => {
      const [tone] = window.tones(hz), quiet = new Float32Array(16384);
      window.heard[1 - side].getFloatTimeDomainData(quiet);
      return Math.abs(tone[side] - full) < 0.4 * full && quiet.every((sample) => Math.abs(sample) < 0.001);
    }"""
    page.wait_for_function(alone, arg=[hz, side, FULL])


def test_agent_is_heard_left_and_the_other_side_right(ear: Ear) -> None:
    """Each side's tone is played on its side and nowhere else; both meters show how loud; the delay is told."""
    page = ear.desk()
    bar = ear.begin()
    for side in (0, 1):
        wait_until_alone(page, side)
        # How exact tones and levels are is promised by test_sound.py.
        shown = f"([side, rms]) => Math.abs(({LEVEL})(side) - rms) < 0.4 * rms && ({LEVEL})(1 - side) < 0.001"
        page.wait_for_function(shown, arg=[side, FULL / math.sqrt(2)])
    page.wait_for_function(
        "() => { const { ms } = document.querySelector('[data-ms]').dataset; return ms >= 40 && ms <= 250; }"
    )
    expect(bar).to_contain_text("Listen: 1001 Ann")
    assert ear.posted == [
        (
            "listenings",
            {"pbx": "pbx1", "agent": "Ann", "mode": "listen", "purpose": "coaching", "way": "browser", "follow": False},
        )
    ]


def test_both_can_be_put_in_the_middle_and_made_quieter(ear: Ear) -> None:
    """For whoever has one ear free, both sides come on both; the volume is that of what is heard."""
    ear.desk()
    bar = ear.begin()
    wait_until_heard(ear.page, AGENT_HZ, 0)
    bar.get_by_role("button", name="Sides apart").click()
    wait_until_heard(ear.page, AGENT_HZ, 1)
    wait_until_heard(ear.page, CALLER_HZ, 0)
    bar.get_by_role("slider", name="Volume").fill("0")
    ear.page.wait_for_function(f"() => window.tones({AGENT_HZ})[0][0] < 0.001")


def sent(page: Page) -> list[list[int]]:
    frames: list[list[int]] = page.evaluate("window.exchange.sent")
    return frames


def test_only_a_held_key_sends_the_microphone(ear: Ear) -> None:
    """Whispering opens the microphone and sends nothing until Space is held: then 20 ms frames of what it hears."""
    page = ear.desk()
    bar = ear.begin("whisper")
    expect(bar).to_contain_text("Your microphone is not sent")
    page.wait_for_function("() => document.querySelectorAll('[role=meter]')[2].dataset.rms > 0.01")
    assert sent(page) == []
    page.keyboard.down("Space")
    expect(bar).to_contain_text("LIVE: 1001 Ann hears you")
    page.wait_for_function("() => window.exchange.sent.length > 75")
    page.keyboard.up("Space")
    expect(bar).to_contain_text("Your microphone is not sent")
    frames = sent(page)
    page.wait_for_timeout(300)
    assert len(sent(page)) <= len(frames) + 5
    assert {len(frame) for frame in frames} == {160}
    assert tone_of([sample for frame in frames for sample in frame], VOICE_HZ) > 5 * tone_of(
        [s for f in frames for s in f], 1234
    )


def tone_of(samples: list[int], hz: float, rate: int = 8000) -> float:
    turns = [2 * math.pi * hz * i / rate for i in range(len(samples))]
    real = sum(s * math.cos(w) for s, w in zip(samples, turns, strict=True))
    return math.hypot(real, sum(s * math.sin(w) for s, w in zip(samples, turns, strict=True))) / len(samples)


def test_latch_keeps_talking_and_listening_lets_go_of_the_microphone(ear: Ear) -> None:
    """The latch talks without a key; back to listening the microphone is released, and nothing is sent."""
    page = ear.desk()
    page.evaluate("""() => {
      const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (asked) => {
        window.asked = asked;
        return window.stream = await given(asked);
      };
    }""")
    bar = ear.begin()
    assert page.evaluate("window.stream === undefined")
    page.keyboard.press("b")
    bar.get_by_role("button", name="Keep open").click()
    expect(bar).to_contain_text("LIVE: both hear you")
    page.wait_for_function("() => window.exchange.sent.length > 10")
    audio = page.evaluate("window.asked.audio")
    assert audio["echoCancellation"] is audio["noiseSuppression"] is audio["autoGainControl"] is True
    page.keyboard.press("l")
    expect(bar.get_by_role("button", name="Keep open")).to_be_hidden()
    page.wait_for_function("() => window.stream.getTracks().every((track) => track.readyState === 'ended')")
    assert [command for command, _ in ear.posted] == ["listenings", "mode", "mode"]


def test_keys_change_the_mode_and_escape_ends_it(ear: Ear) -> None:
    """L, W and B say how; the change is said politely; Escape stops, and says so."""
    page = ear.desk()
    bar = ear.begin()
    expect(bar.get_by_role("status")).to_have_text("You only listen now; nobody hears you.")
    page.keyboard.press("w")
    expect(bar.get_by_role("button", name="Whisper")).to_have_attribute("aria-pressed", "true")
    expect(bar.get_by_role("status")).to_have_text("Only 1001 Ann hears you, while you hold Space.")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.locator(".told")).to_have_text("Stopped listening.")
    assert [command for command, _ in ear.posted] == ["listenings", "mode", "stop"]


def test_a_call_that_ends_ends_it_with_a_sentence(ear: Ear) -> None:
    """The server's last word closes the bar and the sound."""
    page = ear.desk()
    bar = ear.begin()
    wait_until_heard(page, AGENT_HZ, 0)
    ear.tell(stage="ended", ended="call_ended")
    expect(bar).to_be_hidden()
    expect(page.locator(".told")).to_have_text("The call ended, and the listening with it.")
    assert page.evaluate("window.heard[0].context.state") == "closed"


def test_a_lost_stream_is_opened_again(ear: Ear) -> None:
    """A broken connection is said and taken up again with a fresh ticket; the sound goes on."""
    page = ear.desk()
    bar = ear.begin()
    wait_until_heard(page, AGENT_HZ, 0)
    page.evaluate("window.exchange.sockets.at(-1).close(1006)")
    expect(bar).to_contain_text("The connection was lost")
    page.wait_for_function("() => window.exchange.sockets.length === 2")
    expect(bar).to_contain_text("Listen: 1001 Ann")
    wait_until_heard(page, AGENT_HZ, 0)
    first, second = page.evaluate(
        "window.exchange.sockets.map((one) => new URL(one.address).searchParams.get('ticket'))"
    )
    assert first != second


def test_a_call_that_cannot_be_told_apart_is_one_meter(ear: Ear) -> None:
    """With one channel both are mixed, on both ears, and there is one meter for the call."""
    page = ear.desk()
    page.evaluate("window.exchange.channels = 1")
    bar = ear.begin()
    wait_until_heard(page, AGENT_HZ, 0)
    wait_until_heard(page, AGENT_HZ, 1)
    expect(bar.get_by_role("meter")).to_have_count(1)
    expect(bar.get_by_role("meter", name="Level: Call")).to_be_visible()


def test_refused_microphone_is_said_and_nothing_begins(listener: Browser, ear: Ear) -> None:
    """Without the microphone there is no whisper: the dialog says what to do, and the server was not asked."""
    page = ear.desk()
    page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException('no', 'NotAllowedError'); }; }"""
    )
    box = ear.ask("whisper")
    box.locator("[name=purpose]").select_option("help")
    box.locator("[type=submit]").click()
    expect(box.get_by_role("alert")).to_contain_text("not to give the microphone to this page")
    assert ear.posted == []
    expect(page.locator(".listen-bar")).to_be_hidden()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_refusal_is_said_in_ones_own_language(ear: Ear, lang: str) -> None:
    """What the server refuses stands in the dialog; the sound is given up again."""
    ear.refusals["listenings"] = (
        409,
        {"error": "no call", "words": {"en": "Ann has no call.", "zh": "Ann 当前没有通话。"}},
    )
    ear.desk(lang)
    box = ear.ask()
    box.locator("[name=purpose]").select_option("qa")
    box.locator("[type=submit]").click()
    expect(box.get_by_role("alert")).to_have_text("Ann has no call." if lang == "en" else "Ann 当前没有通话。")
    expect(ear.page.locator(".listen-bar")).to_be_hidden()


def test_purpose_is_required_and_remembered(ear: Ear) -> None:
    """Without a purpose nothing begins; the one given stands there the next time, and Enter begins."""
    page = ear.desk()
    ear.offer = OFFER | {"may": {"modes": ["listen"], "purposes": ["qa"]}}
    box = ear.ask()
    assert box.locator("[name=purpose] option").all_inner_texts() == ["Choose …", "Quality check"]
    assert box.locator("[name=mode] option").all_inner_texts() == ["Listen: nobody hears you"]
    box.locator("[type=submit]").click()
    assert ear.posted == []
    box.locator("[name=purpose]").select_option("qa")
    box.locator("[type=submit]").click()
    page.get_by_role("region", name="Listening").wait_for()
    page.keyboard.press("Escape")
    ear.ask()
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Listening").wait_for()


def test_plain_http_is_told_and_the_phone_offered(ear: Ear) -> None:
    """Where the browser gives no sound the dialog says why, and begins on the phone; the bar has no meters then,
    but the modes, and says so when the phone rings again for another."""
    page = ear.desk()
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    box = ear.ask("whisper")
    expect(box).to_contain_text("This page came over plain http")
    assert box.locator("[name=way] option").all_inner_texts() == ["On my phone PJSIP/8001"]
    bar = ear.begin("whisper") if not box.is_visible() else None
    box.locator("[name=purpose]").select_option("coaching")
    box.locator("[type=submit]").click()
    bar = page.get_by_role("region", name="Listening")
    bar.wait_for()
    expect(bar.get_by_role("meter")).to_have_count(0)
    expect(bar.get_by_role("button", name="Keep open")).to_be_hidden()
    expect(bar.get_by_role("status")).to_have_text("Only 1001 Ann hears your phone.")
    ear.changing = "opening"
    bar.get_by_role("button", name="Barge").click()
    expect(bar.get_by_role("status")).to_contain_text("Your phone rings again")
    expect(bar.get_by_role("button", name="Whisper")).to_be_disabled()
    ear.offer = OFFER | {"listenings": [ear.listening | {"stage": "on"}]}
    expect(bar.get_by_role("status")).to_have_text("Both hear your phone.")
    assert [body for command, body in ear.posted if command == "mode"] == [{"mode": "barge"}]
    ear.offer = OFFER | {"listenings": [ear.listening | {"stage": "ended", "ended": "call_ended"}]}
    expect(page.locator(".told")).to_have_text("The call ended, and the listening with it.")


def test_an_exchange_that_cannot_is_told(ear: Ear) -> None:
    """No AudioSocket: the phone is offered and the reason said; and with no phone either, only a sentence is left."""
    ear.desk()
    ear.offer = OFFER | {"ways": {"pbx1": ["phone"]}}
    box = ear.ask()
    expect(box).to_contain_text("This exchange cannot give sound to a browser")
    ear.page.keyboard.press("Escape")
    ear.offer = OFFER | {"ways": {"pbx1": ["phone"]}, "phones": {}}
    expect(ear.ask().get_by_role("alert")).to_contain_text("Neither this browser nor a phone")


@pytest.mark.parametrize("path", ["/desk", "/drills"])
def test_a_reload_hears_on(ear: Ear, path: str) -> None:
    """Loading the page anew, or going on to another, takes the same listening up again within the grace."""
    page = ear.desk()
    ear.begin()
    ear.offer = OFFER | {"listenings": [ear.listening]}
    told = json.dumps(ear.listening)
    page.add_init_script(f"window.addEventListener('load', () => {{ window.exchange.listening = {told}; }});")
    page.goto(f"{ear.office.url}{path}?lang=en")
    bar = page.get_by_role("region", name="Listening")
    bar.wait_for()
    expect(bar).to_contain_text("Listen: Ann")


@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light"), ("en", "light"), ("zh", "dark")])
def test_bar_and_dialog_are_accessible(ear: Ear, lang: str, theme: str) -> None:
    """Axe finds nothing, on a tablet too, where the bar fits and hides nothing of itself."""
    page = ear.desk(lang, theme)
    page.set_viewport_size({"width": 820, "height": 1180})
    script = axe.script()
    box = ear.ask("whisper")
    assert violations(page, script) == []
    box.locator("[name=purpose]").select_option("help")
    box.locator("[type=submit]").click()
    bar = page.locator(".listen-bar")
    bar.wait_for()
    bar.locator(".listen-voice button").last.click()
    expect(bar.locator(".listen-live")).to_be_visible()
    page.wait_for_timeout(300)
    assert violations(page, script) == []
    place = bar.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 820
    assert place["y"] + place["height"] == pytest.approx(1180, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
