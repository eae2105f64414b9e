"""The console: agents, callers and calls live, by mouse, keyboard and tablet; what is done and what is remembered."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from floor.audit.model import Doer, Entry, Stage
from floor.command.model import Command, Done, HangUp, PickCaller
from floor.command.placed import PlacedCall
from floor.command.ports import NotAllowedError
from floor.people.model import Person, SignedIn
from floor.state.model import Agent, AgentState, Caller, CallerStage, CallKind, Channel, Leg, LegStage
from tests.browser import axe
from tests.browser.conftest import UPRIGHT
from tests.browser.office import CHIEF, LEADER, PASSWORD, Office
from tests.browser.test_axe import violations
from tests.browser.test_speed import busy_ms
from tests.web.doubles import agent, member

SCRIPT = "<img src=x onerror=alert(1)>"
HOSTILE = f"\u202eevil\u202c {SCRIPT}\u0007"
MANY = 10_000


TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink", "cc", "toplevel"]
OURS = {"FireAnimationFrame", "FunctionCall", "EventDispatch", "TimerFire", "UpdateLayoutTree", "Layout", "PrePaint"}
"""What the page's thread does in a frame because of what we wrote; not: painting."""
TOUCHED = """() => new Promise((done) => {
  // One scroll by three rows: how many rows came, how many were touched, how many elements were put in or taken out.
  const grid = document.querySelector('.crew');
  const shown = () => new Set([...grid.querySelectorAll('.crew-row[data-index]')].map((one) => one.dataset.index));
  const before = shown(), rows = new Set();
  let moved = 0;
  const hear = (records) => {
    for (const { type, target, addedNodes } of records) {
      const row = (target.nodeType === 1 ? target : target.parentElement).closest('.crew-row');
      if (type === 'childList') moved += [...addedNodes].filter((one) => one.nodeType === 1).length;
      if (row) rows.add(row);
    }
  };
  const observer = new MutationObserver(hear);
  requestAnimationFrame(() => {
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    observer.observe(grid, all);
    grid.scrollTop += 3 * grid.querySelector('.crew-head').offsetHeight;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      hear(observer.takeRecords());
      observer.disconnect();
      const came = [...shown()].filter((index) => !before.has(index)).length;
      done({ came, rows: rows.size, moved });
    }));
  });
})"""
SPOIL = "(a) => localStorage.setItem(Object.keys(localStorage).find((k) => k.startsWith('floor.desk')), a)"
NODES = "document.querySelectorAll('#people *').length"
SCROLL = """(ms) => new Promise((done) => {
  const grid = document.querySelector('.crew'); const end = performance.now() + ms;
  const next = (now) => {
    grid.scrollTop += 97;
    now < end ? requestAnimationFrame(next) : done(grid.scrollTop);
  };
  requestAnimationFrame(next);
})"""


class Commands:
    """Takes every command and answers for the exchange; ``refuses`` says no to the next one."""

    def __init__(self) -> None:
        self.done: list[tuple[Command, bool, str]] = []
        self.refuses: NotAllowedError | None = None

    def foresee(self, who: SignedIn, command: Command) -> Mapping[str, str]:
        return {"en": f"This ends the call of {getattr(command, 'agent', '')}.", "zh": "通话将被挂断。"}

    def phone_of(self, who: SignedIn, pbx: str) -> str | None:
        return "PJSIP/900"

    def reasons(self) -> Mapping[str, Sequence[str]]:
        return {"away": ["meal"], "work": ["training"]}

    def placed(self, who: SignedIn, thread: str) -> PlacedCall:
        asked = Entry(thread, "pick", Stage.ASKED, 1.0, Doer("Lin", who.person.id))
        return PlacedCall(asked, "unanswered")

    async def do(
        self, who: SignedIn, command: Command, *, confirmed: bool = False, note: str = "", address: str = ""
    ) -> Done:
        if self.refuses is not None:
            refused, self.refuses = self.refuses, None
            raise refused
        self.done.append((command, confirmed, note))
        return Done(ok=True, said="Success", thread="t1", placed=isinstance(command, PickCaller))


def waiting(uniqueid: str, number: str, ago: float, queue: str = "support", **more: Any) -> Caller:
    return Caller("pbx1", queue, uniqueid, CallerStage.WAITING, time.time() - ago, number=number, **more)


def talking(name: str) -> tuple[Agent, Caller, Channel, Channel]:
    """An agent in the call of a caller, with both lines."""
    now = time.time()
    leg = Leg("5.2", LegStage.UP, CallKind.QUEUE, now - 30, queue="support", call="5.1")
    one = agent(name, member(agent=name, interface="PJSIP/1005"), state=AgentState.TALKING, legs=(leg,), call="5.1")
    visit = Caller(
        "pbx1", "support", "5.1", CallerStage.TALKING, now - 50, "5.1", "13900001234", agent=name,
        answered_at=now - 30, wait_s=20,
    )  # fmt: skip
    lines = [Channel("pbx1", "5.1", "PJSIP/carrier-5", "5.1", now - 50, up=True)]
    lines.append(Channel("pbx1", "5.2", "PJSIP/1005-5", "5.1", now - 40, up=True, agent=name))
    return replace(one, since=now - 30, queue="support", kind=CallKind.QUEUE), visit, lines[0], lines[1]


@pytest.fixture(scope="module")
def axe_script() -> str:
    return axe.script()


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def office(tmp_path: Path, commands: Commands) -> Iterator[Office]:
    callers = (
        waiting("7.1", "13812345678", 30),
        waiting("7.2", HOSTILE, 90),
        waiting("7.3", "13812340000", 5, "sales"),
    )
    with Office(tmp_path, *talking("Dan"), *callers, agent(HOSTILE), commander=commands) as one:
        yield one


@pytest.fixture
def see(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the console of somebody; no page may write an error to its console, or ask one."""
    contexts, complaints = [], []

    def opened(office: Office, who: Person = CHIEF, size: tuple[int, int] = (1600, 1000), query: str = "") -> Page:
        contexts.append(chromium.new_context(viewport={"width": size[0], "height": size[1]}))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend([said.text] if said.type == "error" else []))
        page.on("dialog", lambda box: complaints.append(f"dialog {box.message}"))
        page.goto(f"{office.url}/sign-in")
        page.fill("[name=login]", who.login)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.goto(f"{office.url}/desk?{query or 'lang=en'}")
        page.locator(".crew-row[data-state]").first.wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [said for said in complaints if "409" not in said] == []


def row(page: Page, name: str) -> Any:
    return page.locator(".crew-row[data-state]").filter(has_text=name)


def test_agents_are_chosen_by_keyboard_and_shown(office: Office, see: Callable[..., Page]) -> None:
    """`4` to the table, arrows choose, Enter opens, Escape goes back to the same row."""
    page = see(office)
    page.keyboard.press("4")
    expect(page.locator(".crew")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    chosen = page.locator('.crew-row[aria-selected="true"]')
    expect(chosen).to_contain_text("Dan")
    assert page.locator(".crew").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen h2")).to_be_focused()
    expect(page.locator("#chosen")).to_contain_text("139******34")
    expect(page.locator("#chosen")).to_contain_text("from a queue")
    page.keyboard.press("Escape")
    expect(page.locator(".crew")).to_be_focused()
    expect(chosen).to_contain_text("Dan")


def test_change_is_painted_and_keeps_the_keyboard(office: Office, see: Callable[..., Page]) -> None:
    """What the stream brings stands in row and pane at once; the button that had the keyboard has it still."""
    page = see(office)
    row(page, "Ann").click()
    pause = page.locator('#chosen [data-command="pause"]')
    pause.focus()
    held = replace(agent("Ann", member(paused=True)), state=AgentState.PAUSED, reason="meal", since=time.time())
    office.put(held)
    expect(row(page, "Ann")).to_contain_text("meal")
    expect(page.locator("#chosen .pane-state")).to_contain_text("meal")
    expect(page.locator('#chosen [data-command="unpause"]')).to_be_enabled()
    office.put(agent("Ann"))
    expect(row(page, "Ann")).to_contain_text("ready")
    unpause = page.locator('#chosen [data-command="unpause"]')
    expect(unpause).to_be_disabled()
    page.locator('#chosen [data-command="penalty"]').focus()
    office.put(held)
    expect(unpause).to_be_enabled()
    expect(page.locator('#chosen [data-command="penalty"]')).to_be_focused()


def test_callers_wait_and_a_queue_narrows_them(office: Office, see: Callable[..., Page]) -> None:
    """Longest first, masked, counting; a pressed queue leaves only its own, of callers and of agents."""
    page = see(office)
    callers = page.locator(".caller-row")
    expect(callers).to_have_count(3)
    expect(callers.nth(1)).to_contain_text("138******78")
    expect(callers.nth(1)).to_contain_text("place 2")
    page.locator(".queue-line", has_text="sales").click()
    expect(callers).to_have_count(1)
    expect(page.locator(".crew-row[data-state]")).to_have_count(0)
    page.locator(".queue-line", has_text="sales").click()
    callers.nth(1).click()
    expect(page.locator("#chosen h2")).to_have_text("138******78")
    office.drop(waiting("7.1", "13812345678", 30))
    expect(page.locator("#chosen")).to_contain_text("no longer waits")
    assert "13812345678" not in page.content()


def test_hostile_names_do_nothing(office: Office, see: Callable[..., Page]) -> None:
    """Script stays text, what turns text round is shown as a sign; for callers and for agents."""
    page = see(office)
    expect(row(page, "evil")).to_contain_text(SCRIPT)
    row(page, "evil").click()
    expect(page.locator("#chosen h2")).to_contain_text(SCRIPT)
    assert page.locator("main img").count() == 0
    shown = page.locator("main").inner_text()
    assert not set(shown) & set("\u202e\u202c\u0007")
    assert (
        page.locator(".crew-row[data-state] [role=rowheader] > bdi").count()
        == page.locator(".crew-row[data-state]").count()
    )


def test_call_opens_with_its_timeline(office: Office, see: Callable[..., Page]) -> None:
    """`I` from the agent: legs, visit, timeline; it follows the call; back leads to the agent."""
    page = see(office)
    row(page, "Dan").click()
    page.keyboard.press("i")
    pane = page.locator("#chosen")
    expect(pane.locator("h2")).to_contain_text("Call 139******34")
    for words in ("the caller", "Dan", "joined the queue", "answered", "going on"):
        expect(pane).to_contain_text(words)
    dan, *_ = talking("Dan")
    held = replace(dan, legs=(replace(dan.legs[0], stage=LegStage.HELD),), state=AgentState.HOLDING)
    office.put(held)
    expect(pane.locator(".pane-legs")).to_contain_text("on hold")
    page.keyboard.press("Escape")
    expect(pane.locator("h2")).to_have_text("Dan")


def test_pause_has_its_reasons_and_says_what_was_answered(
    office: Office, see: Callable[..., Page], commands: Commands
) -> None:
    """Only the floor's reasons; the effect is not assumed."""
    page = see(office)
    row(page, "Ann").click()
    page.keyboard.press("p")
    box = page.get_by_role("dialog")
    expect(box.get_by_label("Reason")).to_be_visible()
    assert box.get_by_label("Reason").locator("option").all_inner_texts() == ["meal", "training"]
    box.get_by_label("Note").fill("as agreed")
    box.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status").last).to_contain_text("Success")
    [(command, confirmed, note)] = commands.done
    assert (command.agent, command.reason, confirmed, note) == ("Ann", "meal", False, "as agreed")  # type: ignore[attr-defined]
    expect(row(page, "Ann")).to_contain_text("ready")


def test_dangerous_ones_say_what_will_happen_first(
    office: Office, see: Callable[..., Page], commands: Commands
) -> None:
    """Nothing is done before it is confirmed; a refusal is said in the dialog, in words."""
    page = see(office)
    row(page, "Dan").click()
    page.keyboard.press("x")
    box = page.get_by_role("dialog")
    expect(box.locator(".foresee")).to_have_text("This ends the call of Dan.")
    assert commands.done == []
    commands.refuses = NotAllowedError(409, "he is in another call by now", "已在另一通话中")
    box.get_by_role("button", name="Hang up").click()
    expect(box.get_by_role("alert")).to_contain_text("another call")
    box.get_by_role("button", name="Hang up").click()
    expect(box).to_have_count(0)
    assert commands.done == [(HangUp("pbx1", "Dan", "5.1"), True, "")]
    page.keyboard.press("f")
    box.get_by_label("To a number").fill("1234")
    box.get_by_role("button", name="What would happen?").click()
    expect(box.locator(".foresee")).to_contain_text("This ends")
    box.get_by_label("To a number").fill("5678")  # something else was asked for
    expect(box.get_by_role("button", name="What would happen?")).to_be_visible()
    assert len(commands.done) == 1
    page.keyboard.press("Escape")


def test_phone_that_is_not_lifted_is_told(office: Office, see: Callable[..., Page], commands: Commands) -> None:
    """The exchange takes the order at once; that nobody lifted the phone is said when it is known."""
    page = see(office)
    page.locator(".caller-row").first.click()
    page.keyboard.press("y")
    box = page.get_by_role("dialog")
    expect(box.locator(".foresee")).not_to_be_empty()
    box.locator("[type=submit]").click()
    expect(page.get_by_role("status").last).to_contain_text("Success")
    expect(page.locator(".told")).to_contain_text("Nobody lifted the phone; nothing has changed.")
    assert [type(command) for command, *_ in commands.done] == [PickCaller]


def test_what_one_may_not_is_not_offered(office: Office, see: Callable[..., Page]) -> None:
    """A leader sees his own, no numbers; keys of others do nothing."""
    page = see(office, LEADER)
    expect(page.locator(".crew-row[data-state]")).to_have_count(2)
    row(page, "Ann").click()
    expect(page.locator('#chosen [data-command="pause"]')).to_be_visible()
    expect(page.locator('#chosen [data-command="number"]')).to_have_count(0)


def test_arrangement_is_remembered_and_hostile_memory_is_not(office: Office, see: Callable[..., Page]) -> None:
    """Order, columns, groups and widths are as they were left; nonsense in the store is as if there were nothing."""
    page = see(office)
    page.get_by_role("button", name="By group").click()
    page.get_by_role("columnheader", name="For").get_by_role("button").click()
    page.get_by_role("separator", name="left").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("dialog").get_by_label("Missed").check()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.reload()
    expect(page.get_by_role("columnheader", name="Missed")).to_be_visible()
    expect(page.get_by_role("columnheader", name="For")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("button", name="By group")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("separator", name="left")).to_have_attribute("aria-valuenow", "26")
    page.evaluate(SPOIL, '{"version":1,"columns":["<b>"],"folded":7}')
    page.reload()
    expect(page.locator(".crew").get_by_role("columnheader")).to_have_count(8)


def test_groups_fold_and_say_so(office: Office, see: Callable[..., Page]) -> None:
    """By keyboard: left closes, right opens; the totals stay."""
    page = see(office)
    page.keyboard.press("4")
    page.keyboard.press("Home")
    head = page.locator(".team-head").first
    expect(head).to_have_attribute("aria-expanded", "true")
    before = page.locator(".crew-row[data-state]").count()
    page.keyboard.press("ArrowLeft")
    expect(head).to_have_attribute("aria-expanded", "false")
    assert page.locator(".crew-row[data-state]").count() < before
    page.keyboard.press("ArrowRight")
    expect(page.locator(".crew-row[data-state]")).to_have_count(before)


def test_on_a_tablet_one_panel_at_a_time(office: Office, see: Callable[..., Page], axe_script: str) -> None:
    """Tabs; a touch on a row opens what is chosen; nothing is wider than the screen."""
    page = see(office, size=UPRIGHT, query="lang=zh")
    expect(page.get_by_role("tab", name="座席")).to_have_attribute("aria-selected", "true")
    row(page, "Dan").click()
    expect(page.locator("#chosen h2")).to_have_text("Dan")
    expect(page.locator(".crew")).to_be_hidden()
    page.get_by_role("tab", name="现场").click()
    expect(page.locator(".caller-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page, axe_script) == []


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_console_is_accessible(
    office: Office, see: Callable[..., Page], axe_script: str, lang: str, theme: str
) -> None:
    """With an agent, a call, a caller and a dialog; and no key stands where a word should."""
    page = see(office, query=f"lang={lang}")
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    row(page, "Dan").click()
    expect(page.locator("#chosen h2")).to_have_text("Dan")
    assert violations(page, axe_script) == []
    page.keyboard.press("x")
    expect(page.locator(".foresee")).not_to_be_empty()
    assert violations(page, axe_script) == []
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator(".pane-timeline")).to_be_visible()
    assert violations(page, axe_script) == []
    page.locator(".caller-row").first.click()
    assert violations(page, axe_script) == []
    keys = "crew|agent|caller|call|command|figure|layout|pane|leg|part|listen"
    assert re.findall(rf"\b(?:{keys})\.\w+", page.locator("main").inner_text()) == []


def test_nothing_is_asked_again_and_again(office: Office, see: Callable[..., Page]) -> None:
    """While nothing happens, the page asks nothing."""
    page = see(office)
    row(page, "Dan").click()
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3000)
    assert [url for url in asked if "/api/v1/session" not in url] == []


def crowd() -> list[Agent]:
    states = [AgentState.READY, AgentState.TALKING, AgentState.PAUSED, AgentState.ACW, AgentState.RINGING]
    names = [f"Agent {n:05}" for n in range(MANY)]
    return [
        replace(agent(name, member(agent=name, interface=f"PJSIP/{n}")), state=states[n % 5])
        for n, name in enumerate(names)
    ]


@contextmanager
def churning(office: Office, people: list[Agent]) -> Iterator[None]:
    """A hundred changes a second, ten at a time."""
    over = threading.Event()

    def churn() -> None:
        for start in itertools.cycle(range(0, MANY, 10)):
            if over.wait(0.1):
                return
            state = AgentState.HOLDING if start % 20 else AgentState.READY
            office.put(*(replace(one, state=state, since=time.time()) for one in people[start : start + 10]))

    thread = threading.Thread(target=churn, name="churn")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def frame_costs(page: Page) -> list[float]:
    """Processor milliseconds of the page's own work (script, style, layout) in each frame of scrolling, from the least:
    what is left when a graphics processor paints. By the thread's clock, so that neighbours do not count."""
    page.evaluate("document.querySelector('.crew').scrollTop = 0")
    browser = page.context.browser
    assert browser is not None
    session, events, over = browser.new_browser_cdp_session(), [], []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda _: over.append(True))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": TRACED}})
    page.evaluate(SCROLL, 2500)
    session.send("Tracing.end")
    while not over:
        page.wait_for_timeout(50)
    session.detach()
    return costs_of([one for one in events if one["ph"] == "X" and "tdur" in one])


def costs_of(events: list[dict[str, Any]]) -> list[float]:
    """Of each frame of the busiest page, from the least; nested work counts once."""
    fired = Counter((one["pid"], one["tid"]) for one in events if one["name"] == "FireAnimationFrame")
    ours = [one for one in events if (one["pid"], one["tid"]) == fired.most_common(1)[0][0]]
    ours.sort(key=lambda one: one["ts"])
    frames, until = [0.0], 0.0
    for one in ours:
        if one["name"] == "Commit":
            frames.append(0.0)
        elif one["name"] in OURS and one["ts"] >= until:
            until = one["ts"] + one["dur"]
            frames[-1] += one["tdur"] / 1000
    return sorted(frames[1:-1])


@pytest.mark.alone
@pytest.mark.slow
def test_ten_thousand_agents(tmp_path: Path, see: Callable[..., Page]) -> None:
    """Only what is seen is in the page, however far one scrolls; a hundred changes a second leave it time to spare."""
    people = crowd()
    with Office(tmp_path, *people) as office:
        page = see(office, size=(1920, 1080))
        expect(page.locator(".crew")).to_have_attribute("aria-rowcount", str(MANY + 6))
        few = page.evaluate(NODES)
        page.evaluate(SCROLL, 1500)
        assert page.evaluate(NODES) < few * 1.5 < 3000
        page.keyboard.press("4")
        page.keyboard.press("End")
        expect(page.locator('.crew-row[aria-selected="true"]')).to_contain_text("Bob")
        idle = busy_ms(page, 2000)
        calm = frame_costs(page)
        touched = page.evaluate(TOUCHED)
        with churning(office, people):
            busy = busy_ms(page, 3000)
            churned = frame_costs(page)
        page.context.close()
        told = "; ".join(
            f"{name} p50 {one[len(one) // 2]:.1f} p95 {one[int(len(one) * 0.95)]:.1f}"
            for name, one in (("calm", calm), ("churned", churned))
        )
        print(f"{few} nodes; idle {idle:.0f} ms/s, busy {busy:.0f} ms/s; a frame of scrolling: {told} ms; {touched}")
        assert idle < 300
        assert busy < 800
        assert touched["moved"] == 0
        assert touched["rows"] <= touched["came"] + 2  # and who is chosen, and who was
        assert calm[len(calm) // 2] < 16


def test_costs_of_frames() -> None:
    """Work inside work counts once, other threads and the rest of the page's thread not at all."""

    def event(name: str, ts: float, ms: float, tid: int = 1) -> dict[str, Any]:
        return {"name": name, "ph": "X", "pid": 1, "tid": tid, "ts": ts, "dur": ms * 1000, "tdur": ms * 1000}

    frame = [
        event("FireAnimationFrame", 0, 4), event("FunctionCall", 1000, 2), event("Layout", 2000, 1),
        event("UpdateLayoutTree", 5000, 1), event("Paint", 7000, 9), event("Layout", 5500, 8, tid=2),
    ]  # fmt: skip
    frames = [{**one, "ts": one["ts"] + 20_000 * n} for n in range(4) for one in frame]
    ends = [event("Commit", 19_000 + 20_000 * n, 1) for n in range(4)]
    assert costs_of(frames + ends) == [5.0, 5.0, 5.0]
