"""Text of strangers on every page: nothing of it runs, nothing of it turns or hides what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from floor.state import facts as f
from floor.state.model import Device, Member
from tests.browser.ear import chromium_with_microphone
from tests.support.workday import Workday

TURNED, HIDDEN = "\u202e", "\u200b"
SCRIPT = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
HOSTILE = f"{SCRIPT}\"'>{TURNED}dlot-nepo{HIDDEN}"
TRICKS = r"/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u"
LOOKED_AT = f"""() => ({{
  pwned: window.pwned ?? null,
  planted: document.querySelectorAll("body img[src=x], body script:not([src])").length,
  tricks: (document.body.innerText.match(new RegExp(/.*/.source + {TRICKS}.source + ".*", "gu")) ?? []).slice(0, 3),
  titled: [...document.querySelectorAll("[title], [aria-label]")].map((one) => one.title + one.ariaLabel)
    .filter((text) => {TRICKS}.test(text)).slice(0, 3),
}})"""
CLEAN: dict[str, Any] = {"pwned": None, "planted": 0, "tricks": [], "titled": []}


@pytest.fixture(scope="module")
def workday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workday]:
    with Workday(tmp_path_factory.mktemp("workday")) as one:
        yield one


@pytest.fixture(autouse=True)
def planted(workday: Workday) -> None:
    """Anew for every test: a full picture of the exchange takes away what the exchange has not."""
    workday.do(lambda: plant(workday))


def plant(workday: Workday) -> None:
    """An agent, a queue, a pause reason and a caller, all named by somebody who means no good."""
    store, now = workday.watch.store, workday.watch.clock.now()
    for queue, paused in (("support", True), (f"queue {HOSTILE}", False)):
        seat = "PJSIP/6666"
        member = Member(
            queue, f"Eve {HOSTILE}", seat, seat, paused=paused, reason=HOSTILE, logged_in_at=now, device=Device.IDLE
        )
        store.apply(f.MemberSeen("demo", now, member))
    store.apply(f.CallerJoined("demo", now, "support", "666.1", "666.1", f"+86{HOSTILE}", f"Mallory {HOSTILE}"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium_with_microphone(tmp_path_factory.mktemp("voice")) as one:
        yield one


class Seat:
    """Somebody's browser; ``complaints`` is what the policy of the pages stopped, or what broke."""

    def __init__(self, page: Page, workday: Workday, login: str) -> None:
        self.page, self.workday = page, workday
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._overheard(said.text))
        page.goto(f"{workday.url}/sign-in?lang=en")
        page.fill("[name=login]", login)
        page.fill("[name=password]", workday.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)

    def _overheard(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text:
            self.complaints.append(text)

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """As the page would; it must be taken."""
        done = self.page.evaluate(
            """async ([path, body]) => {
              const headers = { "Content-Type": "application/json", "X-Floor-Token": document.body.dataset.token };
              const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
              return [answer.status, await answer.json()]; }""",
            [path, body],
        )
        assert done[0] in (200, 201), done
        told: dict[str, Any] = done[1]
        return told

    def looks(self, path: str, wait_for: str) -> None:
        """At a page, once a word of the hostile text is on it."""
        self.page.goto(f"{self.workday.url}{path}")
        expect(self.page.locator("body")).to_contain_text(wait_for, timeout=30_000)
        self.page.wait_for_timeout(300)
        assert self.page.evaluate(LOOKED_AT) == CLEAN


@pytest.fixture
def seat(browser: Browser, workday: Workday, request: pytest.FixtureRequest) -> Iterator[Seat]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    one = Seat(context.new_page(), workday, getattr(request, "param", "chief"))
    yield one
    context.close()
    assert one.complaints == []


def test_the_console_shows_strangers_names_as_text(seat: Seat) -> None:
    """Agents, queues, reasons and callers: as text, without tricks, in the list and in what is chosen."""
    seat.looks("/desk", "Eve <img")
    page = seat.page
    row = page.get_by_text("Eve <img").first
    row.click()
    page.wait_for_timeout(500)
    assert page.evaluate(LOOKED_AT) == CLEAN


def test_a_turned_name_does_not_turn_its_row(seat: Seat) -> None:
    """Its cells stand in the order of everybody's: the state right of the name, the time right of the state."""
    seat.looks("/desk", "Eve <img")
    rows = seat.page.locator("[role=row]:has([data-state]), [role=row][data-state]")
    script = """(rows) => rows.map((row) => [...row.querySelectorAll('[role=gridcell], [role=rowheader], [role=cell]')]
      .map((cell) => Math.round(cell.getBoundingClientRect().left)))"""
    orders = [left for left in rows.evaluate_all(script) if left]
    assert len(orders) > 3
    assert len({tuple(left) for left in orders}) == 1
    assert orders[0] == sorted(orders[0])


def test_incidents_keep_what_was_written_and_run_none_of_it(seat: Seat) -> None:
    """Description, place, details and notes of an incident: in the list, on its page."""
    seat.page.goto(f"{seat.workday.url}/desk")
    body = {
        "type": "system",
        "description": f"Down {HOSTILE}",
        "place": f"Room {TURNED}<img src=x onerror=window.pwned=1>",
    }
    incident = seat.send("/api/v1/incidents", body)["id"]
    seat.send(f"/api/v1/incidents/{incident}/note", {"text": f"Note {HOSTILE}"})
    seat.looks("/incidents", "Down <img")
    seat.looks(f"/incidents/{incident}", "Note <img")


@pytest.mark.parametrize("seat", ["agent1"], indirect=True)
def test_an_agent_s_own_page_and_his_request_at_the_desk(seat: Seat, browser: Browser) -> None:
    """What he asks for in words is text on his page and on the leaders'; so is a notice."""
    seat.page.goto(f"{seat.workday.url}/seat")
    seat.send("/api/v1/requests/help", {"about": "question", "text": f"Please {HOSTILE}"})
    seat.looks("/seat", "Needs help")
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    leader = Seat(context.new_page(), seat.workday, "leader1")
    leader.looks("/desk", "Please <img")
    leader.send("/api/v1/notices", {"text": {"en": f"Notice {HOSTILE}"}, "level": "warn", "minutes": 5})
    seat.looks("/seat", "Notice <img")
    context.close()
    assert leader.complaints == []


def test_the_audit_shows_reasons_as_text(seat: Seat) -> None:
    """A note that is a script is text in the audit; what cannot be seen is not taken at all."""
    page = seat.page
    page.goto(f"{seat.workday.url}/desk")
    agent, _ = seat.workday.talking("Team 1")
    body = {"pbx": "demo", "agent": agent, "reason": "meal", "note": SCRIPT}
    seat.send("/api/v1/commands/pause", body)
    seat.looks("/audit", "pwned=1")
