"""Emergencies and incidents from page to page, with the whole product behind them (R-EMG-8…16, C-7)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from floor.sections.incidents import IncidentsSettings
from tests.browser.whole import Company, Visitor, Whole, company

FIELDS = ("Time of occurrence", "Problem", "How it was solved", "Time of recovery", "Recorder")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with Whole(tmp_path_factory.mktemp("whole")) as one:
        yield one


@pytest.fixture
def guests(chromium: Browser, whole: Whole) -> Iterator[Company]:
    with company(chromium, whole) as one:
        yield one


def opened(who: Visitor, description: str, type_: str = "system") -> Page:
    page = who.see("/incidents")
    who.press("Open an incident")
    box = page.get_by_role("dialog")
    box.get_by_label("Type").select_option(type_)
    box.get_by_label("Description").fill(description)
    who.press("Open an incident", "dialog")
    page.wait_for_url("**/incidents/I-*")
    expect(page.locator("#record")).to_contain_text(description)
    return page


def saved(page: Page, form: str, folder: Path) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=form.upper(), exact=True).click()
    file = folder / f"incident.{form}"
    download.value.save_as(file)
    return file.read_text("utf-8-sig")


def test_incident_from_opening_to_closing(guests: Company, tmp_path: Path) -> None:
    """Five fields, scope, note, correction, amendment, closing, evaluation, print and export; nothing old is lost."""
    chief = guests.come("chief")
    page = opened(chief, "Screens are black")
    for name in FIELDS:
        expect(page.locator("#record")).to_contain_text(name)
    chief.press("Close")
    expect(page.locator(".told")).to_contain_text("resolution")  # refused: it says what is missing
    chief.press("site", "#scope")
    expect(page.locator("#scope")).to_contain_text("decided by Zhou Chief")
    page.locator("#timeline textarea").fill("Row 3 to, all of it")
    chief.press("Add to the timeline")
    line = page.locator("#timeline li", has_text="Row 3 to, all of it")
    expect(line).to_have_count(1)
    chief.press("Correct", "#timeline li:has-text('Row 3 to')")
    page.get_by_role("dialog").locator("textarea").fill("Row 3 too, all of it")
    chief.press("Correct", "dialog")
    expect(line).to_contain_text("corrected: Row 3 too, all of it")
    expect(line).to_contain_text("Row 3 to, all of it")
    chief.press("Change the record")
    page.get_by_role("dialog").get_by_label("Problem").fill("Screens of two rows are black")
    page.get_by_role("dialog").get_by_label("How it was solved").fill("The switch was restarted")
    chief.press("Save", "dialog")
    expect(page.locator("#record")).to_contain_text("Screens of two rows are black")
    expect(page.locator("#timeline")).to_contain_text("before: Screens are black")
    chief.press("Recovered now")
    expect(page.locator(".head")).to_contain_text("recovered")
    expect(page.locator("#record")).not_to_contain_text("missing")
    chief.press("Close")
    expect(page.locator(".head")).to_contain_text("closed")
    page.locator("#review").get_by_label("What went well").fill("Quick")
    chief.press("Save the evaluation")
    expect(page.locator("#review")).to_contain_text("effective Zhou Chief")
    whole = json.loads(saved(page, "json", tmp_path))
    assert "Screens are black" in json.dumps(whole)
    assert "Row 3 to, all of it" in json.dumps(whole)
    assert any(
        "The switch was restarted" in " ".join(row) for row in csv.reader(saved(page, "csv", tmp_path).splitlines())
    )
    page.emulate_media(media="print")
    expect(page.locator("#record")).to_be_visible()
    expect(page.get_by_role("button", name="Correct").first).to_be_hidden()
    assert page.pdf(path=tmp_path / "incident.pdf")[:4] == b"%PDF"


def test_incident_page_follows_what_others_do(guests: Company) -> None:
    """Without a reload; and what somebody is writing is not taken from him."""
    chief, leader = guests.come("chief"), guests.come("leader1")
    page = opened(chief, "The line crackles", "comms")
    other = leader.see(page.url.removeprefix(leader.whole.url).partition("?")[0])
    page.locator("#timeline textarea").fill("Half a sen")
    other.locator("#timeline textarea").fill("The carrier was called")
    leader.press("Add to the timeline")
    expect(other.locator("#timeline")).to_contain_text("The carrier was called")
    page.wait_for_timeout(700)  # longer than the word of it takes
    expect(page.locator("#timeline textarea")).to_have_value("Half a sen")
    page.locator("#timeline textarea").fill("")
    page.locator("h1").click()
    expect(page.locator("#timeline")).to_contain_text("The carrier was called")


def reported(who: Visitor, kind: str, place: str) -> Page:
    page = who.see("/emergency")
    page.get_by_role("button", name=kind).click()
    page.get_by_label("Where?").fill(place)
    return page


def test_fire_is_reported(guests: Company, whole: Whole) -> None:
    """119 from the first second, whether it is out at once and again, the sentence; the answer goes on record (C-7)."""
    agent = guests.come("agent1")
    agent.page.clock.install()
    page = reported(agent, "Fire", "3rd floor")
    expect(page.locator(".big-number")).to_have_text(["119"])
    expect(page.locator(".fire-call")).to_have_text("Is the fire out?")
    expect(page.locator(".sentence")).to_contain_text("3rd floor")
    page.get_by_role("button", name="Not out: call 119").click()
    expect(page.locator(".fire-call")).to_contain_text("Call 119 now")
    page.locator(".entry button[type=submit]").click()
    expect(page.locator("#reported")).to_be_focused()
    expect(page.locator("#reported .big-number")).to_have_text(["119"])
    expect(page.locator("#reported .sentence")).to_contain_text("Ada Adler")
    expect(page.locator("#reported .steps li").first).to_be_visible()
    fire = next(one for one in whole.watch.readiness.incidents.live.values() if one.type == "fire")
    assert (fire.details["put_out"], fire.details["place"]) == ("no", "3rd floor")
    page.clock.run_for(61_000)
    expect(page.locator(".fire-call")).to_have_text("Is the fire out?")
    page.get_by_role("button", name="It is out").click()
    expect(page.locator(".told")).to_contain_text("on record")
    assert whole.watch.readiness.incidents.live[fire.id].details["put_out"] == "yes"


def test_strict_119_asks_nothing(chromium: Browser, tmp_path: Path) -> None:
    """Whatever the size of the fire, 119 is to be called (C-7, strict)."""
    with (
        Whole(tmp_path, incidents=IncidentsSettings(fire_call="always")) as strict,
        company(chromium, strict) as guests,
    ):
        page = reported(guests.come("agent1"), "Fire", "kitchen")
        expect(page.locator(".fire-call")).to_have_text("Call 119 now, whatever the size of the fire.")
        expect(page.locator(".fire-question")).to_have_count(0)


def test_evacuation(guests: Company, whole: Whole) -> None:
    """Asked twice; every board shows the order, visitors' too; all are paused; who ordered it lifts it."""
    chief, leader, wall = guests.come("chief"), guests.come("leader1"), guests.come()
    leader.see("/emergency")
    expect(leader.page.locator("#evacuation")).to_have_count(0)
    board = wall.see("/board/default?theme=dark", ready=".figure")
    page = chief.see("/emergency")
    chief.press("Order evacuation …")
    page.get_by_role("dialog").get_by_label("Type LEAVE to confirm").fill("leave?")
    chief.press("Leave now", "dialog")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    expect(board.locator("html")).not_to_have_attribute("data-evacuation", re.compile(".*"))
    assert whole.paused() == 0
    page.get_by_role("dialog").get_by_label("Type LEAVE to confirm").fill("LEAVE")
    chief.press("Leave now", "dialog")
    expect(board.locator("html")).to_have_attribute("data-evacuation", "")
    expect(board.get_by_text("Leave now by the nearest safety exit").first).to_be_visible()
    expect(board.get_by_text("请立即从最近的安全出口撤离").first).to_be_visible()
    expect(page.locator("#evacuation")).to_contain_text("by Zhou Chief")
    assert whole.paused() > 0
    chief.press("Lift the order", "#evacuation")
    expect(board.locator("html")).not_to_have_attribute("data-evacuation", re.compile(".*"))
    expect(page.locator("#evacuation")).to_contain_text("Order evacuation")
    assert whole.paused() == 0


@pytest.mark.parametrize(("lang", "title"), [("en", "Register of enquiries"), ("zh", "客户来电登记表")])
def test_blank_forms(guests: Company, tmp_path: Path, lang: str, title: str) -> None:
    """Linked from incidents and plans, for anybody who may report; one to a page on paper (R-EMG-14)."""
    chief = guests.come("chief")
    for path in ("/incidents", "/plans"):
        expect(chief.see(path, lang).locator('a[href="/forms"]')).to_be_visible()
    page = chief.see("/forms", lang)
    expect(page.locator("section.blank")).to_have_count(4)
    expect(page.locator("section.blank h2").first).to_have_text(title)
    assert "blank." not in page.locator("main").inner_text()
    page.emulate_media(media="print")
    expect(page.locator("select")).to_be_hidden()
    pdf = page.pdf(path=tmp_path / "forms.pdf", format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 4
    page.emulate_media(media="screen")
    page.locator("select").select_option("fire")
    expect(page.locator("section.blank:visible")).to_have_count(1)
