"""Plans from page to page: written anew, approved, read, covering; with the whole product behind them (R-PLN-1…4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.whole import Company, Whole, company


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with Whole(tmp_path_factory.mktemp("whole")) as one:
        yield one


@pytest.fixture
def guests(chromium: Browser, whole: Whole) -> Iterator[Company]:
    with company(chromium, whole) as one:
        yield one


def test_new_version_is_written_approved_and_read(guests: Company) -> None:
    """The chief writes, only the manager approves; then the type is covered, and it has to be read anew."""
    chief, manager = guests.come("chief"), guests.come("manager")
    page = chief.see("/plans")
    power = page.locator("#coverage li", has_text="Power cut")
    expect(power).to_contain_text("no approved plan")
    page = chief.see("/plans/power")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    chief.press("New version")
    page.get_by_label("Target · English").fill("Back at work within the hour")
    page.locator(".step-row").first.get_by_label("Within seconds").fill("45")
    chief.press("Add a step")
    row = page.locator(".step-row").last
    row.get_by_label("What to do, in Chinese").fill("清点人数。")
    row.get_by_label("What to do, in English").fill("Count everybody.")
    chief.press("Write a new version")
    assert page.locator("form [name=note]").evaluate("(field) => !field.validity.valid")  # what changed has to be said
    page.get_by_label("What changed, and why").fill("A count was missing")
    chief.press("Write a new version")
    expect(page.locator("#steps")).to_contain_text("Count everybody.")
    expect(page.locator("#parts")).to_contain_text("Back at work within the hour")
    expect(page.locator("#versions tbody tr")).to_have_count(2)
    expect(page.locator("#versions")).to_contain_text("A count was missing")
    approving = manager.see("/plans/power")
    manager.press("Approve")
    expect(approving.locator(".head")).to_contain_text("version 2 approved")
    expect(approving.get_by_role("button", name="Approve")).to_have_count(0)
    expect(approving.locator("#readers-name")).to_contain_text("Read by 0 of")
    manager.press("I have read and understood it")
    expect(approving.locator("#readers")).to_contain_text("Chen Manager")
    expect(approving.locator("#readers-name")).to_contain_text("Read by 1 of")
    page = chief.see("/plans")
    expect(power).not_to_contain_text("no approved plan")
    mine = page.locator("#plans tbody tr", has_text="Power")
    expect(mine).to_contain_text("version 2 approved")
    expect(mine).to_contain_text("1 / ")


def test_plan_that_lacks_a_part_cannot_be_approved(guests: Company) -> None:
    """It may be written all the same; its page says what is missing (R-PLN-1)."""
    manager = guests.come("manager")
    page = manager.see("/plans")
    manager.press("New plan")
    box = page.get_by_role("dialog")
    box.get_by_label("Short name").fill("flood")
    box.get_by_label("Type").select_option("disaster")
    box.get_by_label("Title in Chinese").fill("水灾")
    box.get_by_label("Title in English").fill("Flood")
    manager.press("New plan", "dialog")
    page.wait_for_url("**/plans/flood")
    expect(page.locator(".head")).to_contain_text("lacks")
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page = manager.see("/plans", "zh")
    expect(page.locator("#plans tbody tr", has_text="水灾")).to_contain_text("缺少")
    expect(page.locator("#due")).to_contain_text("水灾")
