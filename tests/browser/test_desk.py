"""The desk and the pages around it, as supervisors use them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from alerts.model import AlertStage, Breach, Message, Occasion, Recipient, Severity, Silence
from alerts.notify.errors import PassingError
from floor.people.model import Person
from tests.browser import axe
from tests.browser.cases import ANSWERS, ENTRIES
from tests.browser.office import CHIEF, LEADER, MANAGER, PASSWORD, Office, first_alerts, fresh
from tests.browser.test_axe import violations
from tests.web.alarm_doubles import alert, breach

LISTENS = """
  window.told = [];
  window.Notification = class {
    static permission = 'granted';
    constructor(title, options) { window.told.push(title); }
    close() {}
  };
"""


@pytest.fixture(scope="module")
def axe_script() -> str:
    return axe.script()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office")) as one:
        yield one


@pytest.fixture(autouse=True)
def as_it_was(office: Office) -> None:
    """Every test begins with the same alerts."""
    office.alarms.live = {one.id: one for one in first_alerts()}
    office.alarms.said.clear()
    office.alarms.silenced.clear()
    office.alarms.recorded = {one.id: one for one in recorded()}


def recorded() -> list[Breach]:
    """Two that nobody has said anything to, one excused, one disputed."""
    excused = {"excused_by": "Zhao Min", "excused_at": 1.0, "excuse": "screens were slow"}
    return [
        breach("b1", "Ann"),
        breach("b2", "Cui", rule="R-ANS-8"),
        breach("b3", "Cui", **excused),
        breach("b4", "Bob", disputed_at=1.0, dispute="that was the fire alarm"),
    ]


Open = Callable[..., Page]


class Desk:
    """A browser of somebody who is signed in; ``posted`` is what its pages sent about cases."""

    def __init__(self, page: Page, office: Office) -> None:
        self.page, self.office = page, office
        self.complaints: list[str] = []
        self.posted: list[tuple[str, Any]] = []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        for path, answer in ANSWERS.items():
            page.route(lambda url, path=path: url.partition("?")[0].endswith(path), self._answer(answer))
        page.route("**/api/v1/incidents/*/*", self._take, times=None)
        page.route("**/api/v1/drills/*/step", self._take)

    def _answer(self, answer: Any) -> Callable[[Route], None]:
        def told(route: Route) -> None:
            if route.request.method == "POST":
                return self._take(route)
            return route.fulfill(json=answer)

        return told

    def _take(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        path = route.request.url.split("/api/v1/")[1]
        self.posted.append((path, json.loads(route.request.post_data or "{}")))
        given = ANSWERS["/api/v1/incidents/i1"]
        return route.fulfill(json={**given, "id": "i1", **given["incident"]} if path == "emergencies" else {"id": "x1"})

    def sign_in(self, login: str) -> None:
        self.page.goto("about:blank")  # a page left in the midst of asking would be told that nobody is signed in
        self.page.context.clear_cookies()
        self.page.goto(f"{self.office.url}/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def see(self, path: str, lang: str = "en", theme: str = "dark") -> Page:
        self.page.goto(f"{self.office.url}{path}{'&' if '?' in path else '?'}lang={lang}&theme={theme}")
        self.page.locator("main h1").wait_for()
        return self.page


@pytest.fixture
def desk(chromium: Browser, office: Office) -> Iterator[Desk]:
    """Signed in as the chief; no page may write an error to its console."""
    context = chromium.new_context(viewport={"width": 1600, "height": 1000})
    context.add_init_script(LISTENS)
    one = Desk(context.new_page(), office)
    one.sign_in(CHIEF.login)
    yield one
    context.close()
    assert [said for said in one.complaints if "409" not in said] == []


def test_alerts_come_and_go_live(desk: Desk, office: Office) -> None:
    """What fires stands in the list without a reload, is told by the browser once, and goes when it is over."""
    page = desk.see("/desk")
    rows = page.locator(".alert-row")
    expect(rows).to_have_count(4)
    expect(page.locator(".alert-row[data-drill]")).to_contain_text("DRILL 演练")
    office.raise_alert(fresh(alert("new", name="Ann")))
    expect(page.locator("#alert-new")).to_contain_text("Report progress every 15 seconds of hold")
    assert page.evaluate("window.told") == ["Critical: Ann Report progress every 15 seconds of hold"]
    office.raise_alert(fresh(alert("new", name="Ann"), stage=AlertStage.RESOLVED))
    expect(page.locator("#alert-new")).to_have_count(0)


def message(to: Person, occasion: Occasion = Occasion.ESCALATED) -> Message:
    title = {"en": "Critical: nobody took it over: hold – agent Cui", "zh": "严重：无人接手：保持 – 座席 Cui"}
    recipient = Recipient(to.id, to.name, "browser", str(to.id))
    return Message("m1", "a1", occasion, Severity.CRIT, 1.0, recipient, title, {"en": "R-HLD-2", "zh": "R-HLD-2"})


def test_message_rings_at_the_desk_of_whom_it_is_for(desk: Desk, office: Office) -> None:
    """Told by the browser and on the page, once; for somebody without a desk page it stays untold."""
    page = desk.see("/desk")
    expect(page.locator(".alert-row")).to_have_count(4)
    office.tell(message(CHIEF))
    office.tell(message(CHIEF))
    expect(page.locator(".told")).to_have_text("Critical: nobody took it over: hold – agent Cui")
    assert page.evaluate("window.told") == ["Critical: nobody took it over: hold – agent Cui"]
    with pytest.raises(PassingError):
        office.tell(message(LEADER))


def told(page: Page, count: int) -> None:
    """Until so many notifications were shown; the page's policy forbids to wait by a text that is run in it."""
    deadline = time.monotonic() + 10
    while page.evaluate("window.told.length") < count:
        assert time.monotonic() < deadline, "nothing rang"
        page.wait_for_timeout(20)
    assert page.evaluate("window.told.length") == count


def test_alert_and_its_first_message_ring_once(desk: Desk, office: Office) -> None:
    """The stream and the courier both bring it."""
    page = desk.see("/desk")
    expect(page.locator(".alert-row")).to_have_count(4)
    office.raise_alert(fresh(alert("a1", name="Cui"), times=2))
    expect(page.locator("#alert-a1")).to_be_visible()
    told(page, 1)
    office.tell(message(CHIEF, Occasion.FIRED))
    office.tell(replace(message(CHIEF), id="m2"))
    told(page, 2)
    assert page.evaluate("window.told[1]").startswith("Critical: nobody took it over")


def test_link_of_a_message_leads_to_its_alert(desk: Desk, office: Office) -> None:
    """It is chosen as soon as the page is there; one that is over is shown too, and nothing can be done to it."""
    page = desk.see("/desk?alert=a3")
    expect(page.locator("#alert-a3")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".detail h2")).to_contain_text("Trunk lost")
    office.raise_alert(fresh(alert("old", name="Ann"), stage=AlertStage.RESOLVED, resolved_at=time.time()))
    page = desk.see("/desk?alert=old")
    expect(page.locator(".detail h2")).to_contain_text("Ann · Report progress")
    expect(page.locator(".detail")).to_contain_text("resolved")
    expect(page.locator(".detail").get_by_role("button", name="Acknowledge")).to_be_disabled()
    expect(page.locator(".alert-row")).to_have_count(4)
    expect(page.locator('.alert-row[aria-selected="true"]')).to_have_count(0)


def test_link_to_an_alert_nobody_knows_says_so(desk: Desk) -> None:
    """Gone, or another's."""
    page = desk.see("/desk?alert=nowhere")
    expect(page.locator(".detail")).to_contain_text("there is no such alert")
    desk.complaints.clear()  # the browser itself complains about the 404


def test_one_key_takes_it_in_hand(desk: Desk, office: Office) -> None:
    """Arrow to the alert, `A`: it is his, everybody sees it, and the page says so."""
    page = desk.see("/desk")
    page.locator("#alert-a1").click()
    expect(page.locator(".detail")).to_contain_text("hold began")
    expect(page.locator(".detail")).to_contain_text("mail")
    page.keyboard.press("a")
    expect(page.get_by_role("status").last).to_contain_text("It is yours now")
    expect(page.locator("#alert-a1 .row-holder")).to_have_text("Zhao Min")
    assert office.alarms.said == [("acknowledge", "a1", CHIEF.id, "")]


def test_keys_search_filter_and_help(desk: Desk) -> None:
    """`/` searches, arrows move, filters leave out, `?` explains; letters in a field are letters."""
    page = desk.see("/desk", "zh", "light")
    page.keyboard.press("/")
    page.keyboard.type("cui a")
    expect(page.locator(".alert-row")).to_have_count(0)
    page.locator("input[type=search]").fill("cui")
    expect(page.locator(".alert-row")).to_have_count(1)
    page.locator("input[type=search]").fill("")
    page.get_by_role("button", name="待认领").click()
    expect(page.locator(".alert-row")).to_have_count(3)
    page.locator("h1").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator('.alert-row[aria-selected="true"]')).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("认领")


def test_silence_needs_a_reason_and_resolve_a_cause(desk: Desk, office: Office) -> None:
    """Both ask first; nothing happens without the words."""
    page = desk.see("/desk")
    page.locator("#alert-a2").click()
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("button", name="Silence").click()
    assert office.alarms.said == []
    page.get_by_role("dialog").get_by_label("Reason").fill("test call")
    page.get_by_role("dialog").get_by_role("button", name="Silence").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("r")
    page.get_by_role("dialog").get_by_label("Cause").fill("more agents")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(page.locator("#alert-a2")).to_have_count(0)
    assert [said[0] for said in office.alarms.said] == ["silence", "resolve"]


def test_silences_in_force_are_listed_and_lifted(desk: Desk, office: Office) -> None:
    """Rule, whom, author, reason and end; whoever may lifts it, others only see it."""
    office.alarms.silenced["s0"] = Silence("s0", "R-ANS-8", None, "Li Na", "test call", 1.0, time.time() + 900)
    page = desk.see("/desk")
    rows = page.locator("#silences tbody tr")
    for words in ("Watch the line", "whomever", "Li Na", "test call"):
        expect(rows).to_contain_text(words)
    page.locator("#alert-a1").click()
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_label("Reason").fill("we know")
    page.get_by_role("dialog").get_by_role("button", name="Silence").click()
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("Cui")
    rows.first.get_by_role("button", name="Lift").press("Enter")
    expect(rows).to_have_count(1)
    assert ("unsilence", "s0", CHIEF.id) in office.alarms.said
    desk.sign_in(LEADER.login)
    page = desk.see("/desk")
    expect(rows).to_have_count(1)
    expect(rows.get_by_role("button")).to_have_count(0)


def test_message_to_oneself_is_tried(desk: Desk) -> None:
    """One key; each way with its verdict; not offered to whoever may not."""
    page = desk.see("/desk")
    expect(page.get_by_role("button", name="Test message to me")).to_have_count(0)
    desk.sign_in(MANAGER.login)
    page = desk.see("/desk")
    expect(page.get_by_role("button", name="Test message to me")).to_be_visible()
    page.keyboard.press("t")
    rows = page.get_by_role("dialog").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("sent")
    expect(rows.last).to_contain_text("failed · the phone is busy")


def test_alert_becomes_an_incident(desk: Desk) -> None:
    """With the type it points to and what it says; one that it belongs to already is shown instead."""
    page = desk.see("/desk?alert=a3")
    expect(page.locator(".detail")).to_contain_text("Who was told")
    page.keyboard.press("o")
    box = page.get_by_role("dialog")
    expect(box.get_by_label("Type")).to_have_value("comms")
    expect(box.get_by_label("Description")).to_have_value("carrier · Trunk lost")
    box.get_by_role("button", name="Open an incident").click()
    page.wait_for_url("**/incidents/x1")
    assert desk.posted[0][0] == "incidents"
    expect(page.locator("main [role=alert]")).to_be_visible()
    desk.complaints.clear()  # the incident is not there to be shown, as the browser says too
    page = desk.see("/desk?alert=a1")
    page.locator(".detail").get_by_role("button", name="Open an incident").click()
    page.wait_for_url("**/incidents/i1")


def test_line_of_an_incident_leads_to_its_minute(desk: Desk) -> None:
    """For whoever may see replays."""
    page = desk.see("/incidents/i1")
    link = page.locator("#timeline a").first
    expect(link).to_have_attribute("href", f"/replay?at={ENTRIES[0]['at']}&incident=i1")
    expect(page.locator("#timeline a")).to_have_count(3)


def test_breaches_are_filtered_and_excused_with_a_reason(desk: Desk, office: Office) -> None:
    """By rule and by agent; who was excused and who disputes says so; an excuse needs a reason and stays visible."""
    page = desk.see("/desk")
    rows = page.locator("#breaches tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="screens were slow")).to_contain_text("excused by Zhao Min")
    expect(rows.filter(has_text="fire alarm")).to_contain_text("disputed")
    page.locator("#breaches").get_by_label("Agent").select_option("pbx1/Cui")
    expect(rows).to_have_count(2)
    page.locator("#breaches").get_by_label("Rule").select_option("R-ANS-8")
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    rows.get_by_role("button", name="Excuse").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Excuse").click()
    assert office.alarms.recorded["b2"].excused_by is None
    page.get_by_role("dialog").get_by_label("Reason").fill("a power cut")
    page.get_by_role("dialog").get_by_role("button", name="Excuse").click()
    expect(rows).to_contain_text("excused by Zhao Min: a power cut")
    expect(rows.get_by_role("button", name="Excuse")).to_have_count(0)


def test_leader_sees_his_own_and_no_more_buttons(desk: Desk) -> None:
    """By scope and by right: his group's agents, no silence."""
    desk.sign_in(LEADER.login)
    page = desk.see("/desk")
    expect(page.locator(".crew [data-state] [role=rowheader]")).to_have_text(["Ann", "Cui"])
    expect(page.locator("#breaches tbody th[scope=row]")).to_have_text(["Ann", "Cui", "Cui"])
    page.locator("#alert-a1").click()
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    expect(page.get_by_role("button", name="Silence")).to_have_count(0)


def test_incident_says_what_is_missing_and_takes_notes(desk: Desk) -> None:
    """Five fields with what is missing, the plan with its step, a correction beside its line, impact, callbacks."""
    page = desk.see("/incidents/i1")
    expect(page.locator("#record")).to_contain_text("missing")
    expect(page.locator("#record")).to_contain_text("Burning material")
    expect(page.locator("#timeline")).to_contain_text("corrected: It smells")
    expect(page.locator("#impact")).to_contain_text("Callers")
    page.locator("#timeline textarea").fill("Everybody is out")
    with page.expect_response("**/note"):
        page.get_by_role("button", name="Add to the timeline").click()
    expect(page.locator("#timeline textarea")).to_have_value("")
    page.locator("#callbacks select").select_option("reached")
    expect(page.get_by_role("status").last).to_contain_text("Callback")
    page.locator("#response").get_by_role("button", name="Done").click()
    expect(page.get_by_role("status").last).to_contain_text("Step")
    page.locator("#scope").get_by_role("button", name="site").click()
    expect(page.get_by_role("status").last).to_contain_text("scope")
    wanted = {"incidents/i1/callbacks", "incidents/i1/note", "incidents/i1/step", "incidents/i1/scope"}
    assert {path for path, _ in desk.posted} == wanted


def test_emergency_says_whom_to_call_before_anything_is_sent(desk: Desk) -> None:
    """One press: number, order and sentence; the sentence fills itself; the second press reports."""
    page = desk.see("/emergency", "zh")
    page.get_by_role("button", name="火灾").click()
    expect(page.locator(".big-number")).to_have_text("119")
    expect(page.locator(".sentence")).to_contain_text("______起火")
    assert desk.posted == []
    page.get_by_label("地点").fill("三楼")
    expect(page.locator(".sentence")).to_contain_text("三楼起火")
    page.get_by_role("button", name="立即报告").click()
    expect(page.locator("#reported")).to_be_focused()
    assert desk.posted == [("emergencies", {"type": "fire", "place": "三楼", "details": {}})]


def test_drill_is_started_and_its_steps_are_done(desk: Desk) -> None:
    """From the plan chosen, marked everywhere; a step is one press."""
    page = desk.see("/drills")
    page.get_by_label("Participants").fill("Wang Li, Li Na")
    page.get_by_role("button", name="Start a drill").click()
    page.wait_for_url("**/drills/*")
    path, given = desk.posted[0]
    assert (path, given["kind"], given["participants"]) == ("drills", "simulated", ["Wang Li", "Li Na"])
    page = desk.see("/drills/x1")
    expect(page.locator(".head")).to_contain_text("DRILL 演练")
    page.locator("#steps").get_by_role("button", name="Done").click()
    expect(page.get_by_role("status").last).to_contain_text("Step recorded")


@pytest.mark.parametrize("path", ["/desk", "/incidents", "/incidents/i1", "/plans", "/plans/fire", "/drills/x1"])
@pytest.mark.parametrize(("lang", "theme"), [("en", "dark"), ("zh", "light")])
def test_pages_are_accessible_and_wholly_translated(
    desk: Desk, axe_script: str, path: str, lang: str, theme: str
) -> None:
    """No violation, no key shown instead of a word, in both languages and themes."""
    page = desk.see(path, lang, theme)
    page.wait_for_timeout(600)
    assert violations(page, axe_script) == []
    words = page.locator("main").inner_text()
    keys = "alert|incident|plan|drill|desk|work|step|eval|improve|breach|silence|trial"
    assert re.findall(rf"\b(?:{keys})\.\w+", words) == []


def test_emergency_page_is_accessible(desk: Desk, axe_script: str) -> None:
    """Also with a type chosen, on a tablet."""
    page = desk.see("/emergency", "en", "light")
    page.set_viewport_size({"width": 820, "height": 1180})
    page.get_by_role("button", name="Fire").click()
    assert violations(page, axe_script) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_incident_on_paper(desk: Desk, tmp_path: Path) -> None:
    """Printed there are no buttons and no forms, and the PDF is there."""
    page = desk.see("/incidents/i1")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Close")).to_be_hidden()
    expect(page.locator("#timeline textarea")).to_be_hidden()
    expect(page.locator("#record")).to_be_visible()
    assert page.pdf(path=tmp_path / "incident.pdf")[:4] == b"%PDF"
