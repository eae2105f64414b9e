"""A newcomer at the demo: signs in, hears a call within a minute, whispers, and finds it in the audit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from asterisk.simulator import voices
from asterisk.simulator.spying import Sound
from tests.browser import axe
from tests.browser.ear import HEARS, chromium_with_microphone
from tests.browser.test_axe import violations
from tests.support.workday import Workday

STOPPED = {"en": "Stopped listening.", "zh": "已停止监听。"}
FOLLOW = {"en": "Follow", "zh": "跟随"}
COACHING = {"en": "Coaching", "zh": "辅导"}
WHISPERED = {"en": "Whisper", "zh": "耳语"}
LOUDEST = """() => Math.max(...window.heard.map((side) => {
  const samples = new Float32Array(side.fftSize);
  side.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
}))"""


@pytest.fixture(scope="module")
def workday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workday]:
    with Workday(tmp_path_factory.mktemp("workday")) as one:
        yield one


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium_with_microphone(tmp_path_factory.mktemp("voice")) as browser:
        yield browser


@pytest.fixture
def page(listener: Browser) -> Iterator[Page]:
    context = listener.new_context(viewport={"width": 1440, "height": 900}, permissions=["microphone"])
    context.add_init_script(HEARS)
    page = context.new_page()
    page.set_default_timeout(45_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def whispered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How loud every frame was that came from a supervisor to the exchange."""
    came: list[int] = []
    hear = Sound.hear

    def noted(self: Sound, frame: bytes, at: float) -> None:
        came.append(voices.loudness(frame))
        hear(self, frame, at)

    monkeypatch.setattr(Sound, "hear", noted)
    return came


@pytest.mark.timeout(180)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_newcomer_listens_whispers_and_finds_it_in_the_audit(
    workday: Workday, page: Page, whispered: list[int], lang: str
) -> None:
    """By keyboard and mouse alone: both sides are heard and shown, the exchange gets the whisper, the audit the act."""
    page.goto(f"{workday.url}/sign-in?lang={lang}")
    began = time.monotonic()
    page.fill("[name=login]", "chief")
    page.fill("[name=password]", workday.password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{workday.url}/desk?lang={lang}")
    page.locator("[data-state=talking]").first.click()
    page.keyboard.press("l")
    box = page.get_by_role("dialog")
    box.locator("[name=purpose]").select_option("coaching")
    box.locator("[type=submit]").click()
    bar = page.locator(".listen-bar")
    bar.get_by_role("meter").first.wait_for()
    for place in range(2):
        page.wait_for_function("(n) => document.querySelectorAll('[role=meter]')[n].dataset.rms > 0.02", arg=place)
    assert time.monotonic() - began < 60
    page.wait_for_function(f"() => ({LOUDEST})() > 0.02")
    assert max(whispered, default=0) == 0
    page.keyboard.press("w")
    bar.locator(".listen-voice").wait_for()
    page.keyboard.down("Space")
    page.wait_for_timeout(1500)
    page.keyboard.up("Space")
    assert max(whispered) > 3000
    follow = bar.get_by_role("button", name=FOLLOW[lang], exact=True)
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".told")).to_have_text(STOPPED[lang])
    told = page.evaluate("async () => (await (await fetch('/api/v1/audit?act=listen')).json())")
    mine = [entry for entry in told["entries"] if entry["reason"] == "coaching"]
    assert [entry["stage"] for entry in mine][-1] == "ended"
    assert {entry["by"]["name"] for entry in mine} == {"Zhou Chief"}
    page.goto(f"{workday.url}/audit?lang={lang}")
    row = page.locator(".rows tbody tr").filter(has_text="Zhou Chief").filter(has_text=COACHING[lang]).first
    expect(row).to_contain_text(WHISPERED[lang])
    assert violations(page, axe.script()) == []
    page.locator("form [name=act]").select_option("listen")
    page.locator("main form [type=submit]").click()
    page.wait_for_function("() => localStorage.getItem('floor.audit.act') === 'listen'")
    page.reload()
    row.wait_for()
    assert page.locator("form [name=act]").input_value() == "listen"
    began = page.locator(".rows tbody time").evaluate_all("all => all.map((one) => one.getAttribute('datetime'))")
    assert began == sorted(began, reverse=True)


def test_listening_from_a_call_and_on_the_own_record(workday: Workday, page: Page) -> None:
    """A call's pane steps in as its agent's row does, by button and by key; Escape leads back, as the pane says, before
    it stops; on one's own record the bar goes on."""
    page.goto(f"{workday.url}/sign-in?lang=en")
    page.fill("[name=login]", "chief")
    page.fill("[name=password]", workday.password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{workday.url}/desk?lang=en")
    page.locator("[data-state=talking]").first.click()
    page.keyboard.press("i")
    pane, box, bar = page.locator("#chosen"), page.get_by_role("dialog"), page.locator(".listen-bar")
    pane.locator(".pane-legs").wait_for()
    page.keyboard.press("w")
    expect(box.locator("[name=mode]")).to_have_value("whisper")
    page.keyboard.press("Escape")
    pane.locator('[data-command="listen"]').click()
    box.locator("[name=purpose]").select_option("coaching")
    box.locator("[type=submit]").click()
    bar.wait_for()
    page.goto(f"{workday.url}/me?lang=en")
    bar.wait_for()
    expect(page.locator("h1")).to_contain_text("My record")
    assert violations(page, axe.script()) == []
    page.goto(f"{workday.url}/desk?lang=en")
    bar.wait_for()
    page.locator("[data-state=talking]").first.click()
    page.keyboard.press("5")
    expect(pane.locator("h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".crew")).to_be_focused()
    expect(bar).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
