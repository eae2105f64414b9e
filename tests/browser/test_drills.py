"""A drill of each kind from beginning to end on the pages, with the whole product behind them (R-PLN-5…8)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.whole import Company, Visitor, Whole, company

DRILL = "DRILL 演练"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with Whole(tmp_path_factory.mktemp("whole")) as one:
        yield one


@pytest.fixture
def guests(chromium: Browser, whole: Whole) -> Iterator[Company]:
    """Afterwards no drill runs, whatever became of the test."""
    with company(chromium, whole) as one:
        yield one
        running = whole.watch.readiness.drills.running
        if running is not None:
            whole.do(lambda: whole.watch.readiness.drills.stop(running.id, "test", "over"))


def begin(chief: Visitor, kind: str, plan: str = "comms") -> Page:
    """From the form; the drill's own page follows."""
    page = chief.see("/drills")
    page.get_by_label("Plan").select_option(plan)
    page.get_by_label("Kind").select_option(kind)
    page.get_by_label("Participants").fill("Leader 1, Coach")
    chief.press("Start a drill", "#start")
    page.wait_for_url("**/drills/D-*")
    expect(page.locator(".head")).to_contain_text(DRILL)
    return page


def do_steps(chief: Visitor) -> int:
    """Every step of the plan is ticked, one after the other; how many."""
    steps = chief.page.locator("#steps li")
    total = steps.count()
    for done in range(total):
        chief.press("Done", "#steps")
        expect(chief.page.locator("#steps li[data-done]")).to_have_count(done + 1)
    return total


def end(chief: Visitor) -> None:
    chief.press("Stop the drill")
    chief.press("Stop the drill", "dialog")
    expect(chief.page.locator("#about")).to_contain_text("completed")


def evaluate(chief: Visitor) -> None:
    """The form, then an action with owner and date, done afterwards."""
    page = chief.page
    page.locator("#evaluation").get_by_label("Was the plan effective?").select_option("partly")
    page.locator("#evaluation").get_by_label("What went badly").fill("Nobody knew the carrier's number")
    chief.press("Save the evaluation")
    expect(page.locator("#evaluation")).to_contain_text("partly effective")
    chief.press("Add an improvement")
    box = page.get_by_role("dialog")
    box.get_by_label("What").fill("Put the number on the wall")
    box.get_by_label("Owner").fill("Leader 1")
    box.get_by_label("Due").fill("2099-12-24")
    chief.press("Add an improvement", "dialog")
    row = page.locator("#improvements tbody tr")
    expect(row).to_contain_text("Leader 1")
    expect(row).to_contain_text("24 Dec 2099")
    chief.press("Mark as done", "#improvements")
    page.get_by_role("dialog").get_by_label("How it was done").fill("It hangs there")
    chief.press("Mark as done", "dialog")
    expect(row).to_contain_text("Zhou Chief: It hangs there")


def exported(page: Page, form: str, folder: Path) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=form.upper(), exact=True).click()
    file = folder / f"report.{form}"
    download.value.save_as(file)
    return file.read_text("utf-8-sig")


def test_simulated_drill(guests: Company, whole: Whole, tmp_path: Path) -> None:
    """A trunk is lost on the copy: board and desk are marked, the marked alert is taken with `A`, all follows live."""
    chief, leader, wall = guests.come("chief"), guests.come("leader1"), guests.come()
    board = wall.see("/board/default?theme=dark", ready=".figure")
    desk = leader.see("/desk")
    expect(board.locator("html")).not_to_have_attribute("data-drill", re.compile(".*"))
    page = begin(chief, "simulated")
    expect(board.locator("html")).to_have_attribute("data-drill", "")
    expect(board.get_by_text(DRILL).first).to_be_visible()
    expect(desk.locator(".head .drill-tag")).to_be_visible()
    row = desk.locator('.alert-row[data-drill][data-level="critical"]').first
    expect(row).to_contain_text(DRILL)
    expect(row).to_contain_text("Trunks are there")
    row.click()
    desk.keyboard.press("a")
    expect(row).to_contain_text("Leader 1")
    expect(desk.locator(".detail")).to_contain_text("acknowledged")
    assert all(trunk.reach.value != "unreachable" for trunk in whole.watch.store.snapshot().trunks.values())
    expect(page.locator("#measures")).to_contain_text("To acknowledgement")  # without a reload
    steps = do_steps(chief)
    end(chief)
    expect(board.locator("html")).not_to_have_attribute("data-drill", re.compile(".*"))
    expect(desk.locator(".alert-row[data-drill]")).to_have_count(0)
    evaluate(chief)
    report = json.loads(exported(page, "json", tmp_path))
    assert (report["drill"]["kind"], report["drill"]["end"], len(report["steps"])) == ("simulated", "completed", steps)
    assert report["measures"]["detect_s"] >= 0
    assert report["measures"]["acknowledge_s"] > 0
    assert all(step["done_at"] is not None and not step["late"] for step in report["steps"])
    rows = list(csv.reader(exported(page, "csv", tmp_path).splitlines()))
    assert any("Put the number on the wall" in " ".join(row) for row in rows)


def test_tabletop_drill(guests: Company, whole: Whole) -> None:
    """Nothing is played and nothing raised; boards and desks are marked all the same, and people talk it through."""
    chief, leader, wall = guests.come("chief"), guests.come("leader1"), guests.come()
    board = wall.see("/board/default?theme=dark", ready=".figure")
    desk = leader.see("/desk", lang="zh")
    page = begin(chief, "tabletop", "fire")
    expect(board.locator("html")).to_have_attribute("data-drill", "")
    expect(desk.locator(".head .drill-tag")).to_be_visible()
    expect(desk.locator(".alert-row[data-drill]")).to_have_count(0)
    page.locator("#log textarea").fill("The stairs at the back are not known")
    chief.press("Add to the timeline", "#log")
    expect(page.locator("#log")).to_contain_text("The stairs at the back")
    chief.press("Done", "#steps")
    expect(page.locator("#steps li[data-done]")).to_have_count(1)
    end(chief)
    expect(page.locator("#deviations li").first).to_be_visible()  # steps that nobody did
    evaluate(chief)
    assert not [one for one in whole.watch.alerts.engine.live.values() if one.drill]


def test_live_announced_drill(guests: Company, whole: Whole) -> None:
    """The report is raised in earnest but for its mark; its incident is marked too and closed with the drill."""
    chief, leader, wall = guests.come("chief"), guests.come("leader1"), guests.come()
    board = wall.see("/board/default?theme=dark", ready=".figure")
    desk = leader.see("/desk")
    page = begin(chief, "live", "power")
    expect(board.locator("html")).to_have_attribute("data-drill", "")
    row = desk.locator(".alert-row[data-drill]").first
    expect(row).to_contain_text("Power")
    expect(board.locator(".alert[data-drill]").first).to_contain_text(DRILL)
    row.click()
    desk.keyboard.press("a")
    expect(row).to_contain_text("Leader 1")
    incident = leader.see("/incidents")
    expect(incident.locator("#live")).to_contain_text(DRILL)
    incident.locator("#live a").first.click()
    incident.wait_for_url("**/incidents/I-*")
    incident.locator("#response li").first.get_by_role("button", name="Done").click()
    expect(incident.locator("#response li[data-done]")).to_have_count(1)
    do = page.locator("#steps li[data-done]")
    page.reload()
    expect(do).to_have_count(1)  # what was ticked on the incident counts for the drill
    end(chief)
    expect(incident.locator(".head")).to_contain_text("closed")  # without a reload
    expect(page.locator("#measures")).to_contain_text("To acknowledgement")
    evaluate(chief)
    assert not [one for one in whole.watch.alerts.engine.live.values() if one.drill]


def test_real_emergency_ends_a_drill(guests: Company, whole: Whole) -> None:
    """It comes unmarked, the drill's page says so by itself, and no drill begins meanwhile."""
    chief, agent = guests.come("chief"), guests.come("agent1")
    page = begin(chief, "tabletop")
    agent.see("/emergency")
    agent.page.get_by_role("button", name="Sudden illness").click()
    agent.page.get_by_label("Where?").fill("row 3")
    agent.page.locator(".entry button[type=submit]").click()
    expect(agent.page.locator("#reported")).to_be_focused()
    expect(page.locator("#about")).to_contain_text("interrupted")
    page = chief.see("/drills")
    chief.press("Start a drill", "#start")
    expect(page.locator("#start [role=alert]")).to_contain_text("real emergency")
    settle(whole)


def settle(whole: Whole) -> None:
    """The emergency is over, so that another test may drill."""
    incidents, engine = whole.watch.readiness.incidents, whole.watch.alerts.engine
    manager = next(one for one in whole.watch.people.persons.values() if one.login == "manager")
    for incident in incidents.live:
        whole.do(partial(incidents.recover, incident, manager))
    for one in [one for one in engine.live.values() if one.rule == "R-EMG-2"]:
        whole.do(partial(engine.resolve, one.id, manager, "a test"))
