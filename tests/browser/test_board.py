"""The board as people see it."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Theatre
from tests.browser.fixture import Stage
from tests.browser.scenes import alert, clock


def figure(page: Page, tile: str) -> str:
    return page.locator(f'.figure[data-tile="{tile}"] .figure-value').inner_text()


def tile(page: Page, label: str) -> Locator:
    return page.locator(".tile", has=page.get_by_text(label, exact=True))


def agent_set(stage: Stage, number: str, **changes: object) -> dict[str, dict[str, object]]:
    key = f"pbx1/{number}"
    now = time.time() + 1.5  # the exchange's clock is 1.5 s ahead
    return {"agents": {key: stage.play.parts["agents"][key] | {"since": now, "misses": 0} | changes}}


def test_board_appears(theatre: Theatre) -> None:
    """Title, numbers, queues, everybody signed in, exchange, trunks and clock are there."""
    stage = theatre.stage(agents=20, queues=8)
    page = theatre.open(stage)
    expect(page.get_by_role("heading", name="Customer service")).to_be_visible()
    expect(page.locator(".figure")).to_have_count(6)
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(9)
    expect(page.locator(".tile")).to_have_count(20)
    expect(page.locator(".links")).to_contain_text("pbx1")
    expect(page.locator(".links")).to_contain_text("Trunks 3/3")
    assert figure(page, "waiting") == str(sum(q["waiting"] for q in stage.play.parts["queues"].values()))


def test_values_change_without_reload(theatre: Theatre) -> None:
    """A patch changes number, tile and total on the same page."""
    stage = theatre.stage()
    page = theatre.open(stage)
    page.evaluate("window.mark = 1")
    queue = stage.play.queue_ids[0]
    stage.patch(
        {"queues": {queue: stage.play.parts["queues"][queue] | {"waiting": 77, "oldest_joined_at": time.time()}}}
    )
    stage.patch(agent_set(stage, "1003", state="emergency"))
    expect(page.get_by_role("row", name="Support").locator(".cell-waiting .cell-number")).to_have_text("77")
    expect(tile(page, "1003").locator(".tile-word")).to_have_text("emergency")
    expect(page.locator('.total[data-state="emergency"] .total-count')).to_have_text("1")
    assert page.evaluate("window.mark") == 1


def test_agent_who_leaves_disappears(theatre: Theatre) -> None:
    """An agent deleted by a patch has no tile any more."""
    stage = theatre.stage()
    page = theatre.open(stage)
    stage.patch({}, {"agents": ["pbx1/1003"]})
    expect(tile(page, "1003")).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(11)


def test_time_counts_by_itself(theatre: Theatre) -> None:
    """Nobody sends anything, and the tile's time goes on in whole seconds."""
    stage = theatre.stage()
    page = theatre.open(stage)
    stage.patch(agent_set(stage, "1003", state="talking"))
    clock = tile(page, "1003").locator(".tile-time")
    expect(clock).to_have_text(re.compile(r"^0:0[0-2]$"))
    expect(clock).to_have_text(re.compile(r"^0:0[3-5]$"))


def test_most_urgent_stand_in_front(theatre: Theatre) -> None:
    """Hold overdue before ringing before a long pause, and their own places stay empty."""
    stage = theatre.stage("normal", agents=9)
    for number in range(1001, 1010):
        stage.play.parts["agents"][f"pbx1/{number}"] |= {"state": "talking", "since": time.time(), "misses": 0}
    now = time.time() + 1.5
    stage.play.parts["agents"]["pbx1/1004"] |= {"state": "paused", "reason": "meal", "since": now - 400}
    stage.play.parts["agents"]["pbx1/1006"] |= {"state": "ringing", "since": now - 2}
    stage.play.parts["agents"]["pbx1/1008"] |= {"state": "holding", "since": now - 17}
    page = theatre.open(stage)
    expect(page.locator(".lane .tile-label")).to_have_text(["1008", "1006", "1004"])
    expect(page.locator(".home .hole")).to_have_count(3)
    expect(page.locator(".home .tile-label")).to_have_text(["1001", "1002", "1003", "1005", "1007", "1009"])


def test_hold_warns_at_twelve_and_breaks_at_fifteen(theatre: Theatre) -> None:
    """The ring fills in 15 s: notice at 12, critical at 15, then the next round begins."""
    stage = theatre.stage("normal", agents=4)
    page = theatre.open(stage)
    stage.patch(agent_set(stage, "1002", state="holding", since=time.time() + 1.5 - 11))
    held = tile(page, "1002")
    expect(held.locator(".ring-fill")).to_have_count(1)
    expect(held).to_have_attribute("data-level", "notice")
    expect(held.locator(".ring-fill")).to_have_attribute("stroke-dasharray", re.compile(r"^1[345] 15$"))
    expect(held).to_have_attribute("data-level", "critical")
    expect(held.locator(".ring-fill")).to_have_attribute("stroke-dasharray", re.compile(r"^[1-5] 15$"))


def test_same_person_on_two_exchanges_is_one_tile(theatre: Theatre) -> None:
    """The more telling state is shown, the person counted once."""
    stage = theatre.stage("two", agents=8)
    stage.play.parts["agents"]["pbx-north/1001"]["state"] = "ready"
    page = theatre.open(stage)
    expect(page.locator(".tile")).to_have_count(8)
    expect(tile(page, "1001")).to_have_attribute("data-state", "talking")
    expect(tile(page, "1001")).to_have_attribute("title", "on 2 exchanges")


def test_threshold_has_colour_sign_and_word(theatre: Theatre) -> None:
    """A number at its limit says so in words; below the limit it says nothing."""
    stage = theatre.stage("normal", queues=1)
    queue = stage.play.queue_ids[0]
    quiet = stage.play.parts["queues"][queue] | {"waiting": 4, "oldest_joined_at": time.time()}
    stage.play.parts["queues"][queue] = quiet
    page = theatre.open(stage)
    tile_ = page.locator('.figure[data-tile="waiting"]')
    expect(tile_.locator(".figure-flag")).to_be_hidden()
    for waiting, word in ((5, "Warning"), (10, "Critical")):
        stage.patch({"queues": {queue: quiet | {"waiting": waiting}}})
        expect(tile_.locator(".figure-flag")).to_have_text(word)
        expect(tile_.locator(".figure-flag use")).to_have_attribute(
            "href", f"#glyph-{word.lower().replace('warning', 'warn')}"
        )


@pytest.mark.parametrize(("contacts", "level"), [(4, None), (5, "critical")])
def test_ratio_is_judged_from_five_contacts(theatre: Theatre, contacts: int, level: str | None) -> None:
    """0 % of four callers is shown without alarm, 0 % of five is critical."""
    stage = theatre.stage("normal", queues=1)
    figures = stage.play.parts["figures"][f"queue:{stage.play.queue_ids[0]}"]["today"]
    figures |= {"answered": contacts, "answered_in_time": 0, "abandoned": 0, "abandoned_in_time": 0}
    page = theatre.open(stage)
    assert figure(page, "service_level") == "0"
    assert page.locator('.figure[data-tile="service_level"]').get_attribute("data-level") == level


def test_empty_floor_shows_dashes(theatre: Theatre) -> None:
    """Nothing known is an en dash, never zero, and says what would be here."""
    page = theatre.open(theatre.stage("empty"))
    assert page.locator(".figure-value").all_inner_texts() == ["–"] * 6
    expect(page.get_by_text("No queue yet.")).to_be_visible()
    expect(page.get_by_text("Nobody is signed in.")).to_be_visible()


def test_public_board_tells_nothing_internal(theatre: Theatre) -> None:
    """No agents, no exchanges, no trunks, no gaps, and a lost link is only "being updated"."""
    stage = theatre.stage("public")
    page = theatre.open(stage)
    stage.patch({"pbxs": {"pbx1": stage.play.pbx("pbx1", "down", reason="secret", gaps=[[1.0, 2.0]])}})
    expect(page.locator(".banner")).to_contain_text("The figures are being updated.")
    expect(page.locator("#agents")).to_be_hidden()
    for hidden in ("pbx1", "Trunk", "secret", "no data 0", "Ready", "Away"):
        expect(page.locator("body")).not_to_contain_text(hidden, use_inner_text=True)


def test_drill_is_unmistakable(theatre: Theatre) -> None:
    """All four sides say DRILL 演练, in every language, and it appears on a running board."""
    stage = theatre.stage()
    page = theatre.open(stage, "lang=zh")
    expect(page.locator("#drill")).to_be_hidden()
    stage.change_board(drill=True)
    for side in ("top", "right", "bottom", "left"):
        expect(page.locator(f".drill-{side}")).to_be_visible()
        expect(page.locator(f".drill-{side}")).to_contain_text("DRILL 演练")


def test_notice_expires_by_itself(theatre: Theatre) -> None:
    """A line for everybody goes when its time is over."""
    stage = theatre.stage()
    page = theatre.open(stage)
    stage.patch({"notices": {"n": {"text": "Pizza in the kitchen", "level": "notice", "until": time.time() + 3}}})
    expect(page.locator(".banner")).to_contain_text("Pizza in the kitchen")
    expect(page.locator(".banner")).to_be_hidden()


def test_keys_change_language_and_theme(theatre: Theatre) -> None:
    """`l` and `t` switch at once, everywhere, and outlive a reload."""
    page = theatre.open(theatre.stage(), "theme=dark", locale="en-GB")
    page.keyboard.press("l")
    expect(page.locator("h1")).to_have_text("客户服务中心")
    expect(page.locator('.figure[data-tile="waiting"] .figure-label')).to_have_text("排队")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("h1")).to_have_text("客户服务中心")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_browser_decides_when_nobody_else_does(theatre: Theatre) -> None:
    """Language and theme "auto" follow the display."""
    page = theatre.open(theatre.stage(), "", locale="zh-CN", color_scheme="light")
    expect(page.locator("h1")).to_have_text("客户服务中心")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(233, 235, 236)"


def test_help_opens_and_closes(theatre: Theatre) -> None:
    """`?` explains keys and signs and gives way to Escape."""
    page = theatre.open(theatre.stage())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_screen_is_kept_awake(theatre: Theatre) -> None:
    """The page asks for the screen at once, and again whenever it is seen again; a refusal does no harm."""
    pretend = """window.asked = 0;
      Object.defineProperty(navigator, 'wakeLock', {
        value: { request: async () => { window.asked += 1; throw 1; } } });"""
    page = theatre.open(theatre.stage("empty"), before=pretend)
    assert page.evaluate("window.asked") == 1
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("window.asked") == 2


def test_pointer_hides(theatre: Theatre) -> None:
    """A resting pointer is not seen; a moving one is."""
    page = theatre.open(theatre.stage())
    cursor = "getComputedStyle(document.documentElement).cursor"
    assert page.evaluate(cursor) == "none"
    page.mouse.move(100, 100)
    assert page.evaluate(cursor) != "none"


def test_gaps_of_today_are_shown(theatre: Theatre) -> None:
    """Each closed gap stands at the bottom with its times, in the language of the board."""
    stage = theatre.stage("gap")
    page = theatre.open(stage)
    first, until = stage.play.parts["pbxs"]["pbx1"]["gaps"][1]
    words = "–".join(time.strftime("%H:%M:%S", time.localtime(moment)) for moment in (first, until))
    expect(page.locator(".gaps")).to_contain_text(f"no data {words}")
    page.keyboard.press("l")
    expect(page.locator(".gaps")).to_contain_text(f"无数据 {words}")


def test_alerts_stand_at_the_foot(theatre: Theatre) -> None:
    """What is critical and not taken comes first and pulses; then the oldest; words in the board's language."""
    page = theatre.open(theatre.stage("alarm", agents=20), size=(1920, 1080))
    alerts = page.locator(".alerts .alert")
    expect(alerts.nth(1)).to_contain_text("Support")
    expect(alerts.first).to_contain_text("Hold without a word")
    expect(alerts.first).to_have_attribute("data-pressing", "")
    expect(alerts.first).to_contain_text("nobody yet")
    page.keyboard.press("l")
    expect(alerts.nth(1)).to_contain_text("等待过长")
    expect(alerts.first).to_contain_text("待认领")


def test_alert_that_is_taken_calms_down(theatre: Theatre) -> None:
    """The owner's number stands at it, nothing pulses, and it goes when it is over."""
    stage = theatre.stage("normal", agents=6)
    page = theatre.open(stage)
    expect(page.locator(".alerts")).to_be_hidden()
    stage.patch({"alerts": {"a1": alert(time.time())}})
    shown = page.locator(".alerts .alert")
    expect(shown).to_have_attribute("data-pressing", "")
    stage.patch({"alerts": {"a1": alert(time.time(), stage="acknowledged", owner="2001")}})
    expect(shown).to_contain_text("2001")
    expect(shown).not_to_have_attribute("data-pressing", "")
    stage.patch({}, {"alerts": ["a1"]})
    expect(page.locator(".alerts")).to_be_hidden()


def test_clock_of_a_rule_counts_on_the_tile(theatre: Theatre) -> None:
    """Notice at 12 s, critical at 15 s; then the ring begins anew while the level stays. No message is needed."""
    stage = theatre.stage("normal", agents=4)
    page = theatre.open(stage)
    now = time.time()
    stage.patch(agent_set(stage, "1002", state="holding", since=now + 1.5 - 11, clocks=[clock(now, 11)]))
    held = tile(page, "1002")
    expect(held).to_have_attribute("data-level", "notice")
    expect(held.locator(".tile-flag use")).to_have_attribute("href", "#glyph-notice")
    expect(held).to_have_attribute("data-level", "critical")
    expect(held.locator(".ring-fill")).to_have_attribute("stroke-dasharray", re.compile(r"^[1-5] 15$"))
    expect(held.locator(".tile-word")).to_have_text("report")


def test_no_rule_no_blame(theatre: Theatre) -> None:
    """Where rules run and none counts this ring (a drill, an exemption), the tile stays calm."""
    stage = theatre.stage("normal", agents=4)
    page = theatre.open(stage)
    stage.patch(agent_set(stage, "1002", state="ringing", since=time.time() + 1.5 - 40, clocks=[]))
    expect(tile(page, "1002").locator(".tile-time")).to_have_text(re.compile(r"^0:4"))
    expect(tile(page, "1002")).not_to_have_attribute("data-level", "critical")


def test_late_answer_owes_an_apology(theatre: Theatre) -> None:
    """R-ANS-3: after the third ring the tile says what is owed, in the board's language."""
    stage = theatre.stage("normal", agents=4)
    page = theatre.open(stage, "lang=zh")
    late = {"rule": "R-ANS-3", "since": time.time(), "notice_s": 0, "word": {"en": "apologise", "zh": "致歉"}}
    stage.patch(agent_set(stage, "1002", state="talking", clocks=[late]))
    expect(tile(page, "1002").locator(".tile-word")).to_have_text("致歉")
    expect(tile(page, "1002")).to_have_attribute("data-level", "notice")


def test_answer_after_the_third_ring_owes_one_too(theatre: Theatre) -> None:
    """Also where no rules run: it rang 16 s, so the tile says so for a while; after 14 s it says nothing."""
    stage = theatre.stage("normal", agents=4)
    page = theatre.open(stage)
    since = time.time() + 1.5 - 16
    for number, rang in (("1002", 16), ("1003", 14)):
        stage.patch(agent_set(stage, number, state="ringing", since=since))
        expect(tile(page, number).locator(".tile-word")).to_have_text("ringing")
        stage.patch(agent_set(stage, number, state="talking", since=since + rang))
    expect(tile(page, "1002").locator(".tile-word")).to_have_text("apologise")
    expect(tile(page, "1003").locator(".tile-word")).to_have_text("talking")


def test_order_to_leave_fills_the_board(theatre: Theatre) -> None:
    """In both languages whatever the board's own, until it is lifted."""
    stage = theatre.stage("evacuation")
    page = theatre.open(stage)
    for words in ("Leave the building now", "请立即撤离", "No lift", "不要乘电梯"):
        expect(page.locator("#evacuation")).to_contain_text(words)
    stage.patch({}, {"notices": ["e"]})
    expect(page.locator("#evacuation")).to_be_hidden()


def test_tile_shows_a_patch_at_once(theatre: Theatre) -> None:
    """What a patch says of a person stands on the tile before any further frame is drawn."""
    stage = theatre.stage()
    page = theatre.open(stage)
    page.evaluate("window.requestAnimationFrame = () => 0")
    stage.patch(agent_set(stage, "1003", state="emergency"))
    expect(tile(page, "1003").locator(".tile-word")).to_have_text("emergency")


def test_who_comes_to_the_front_moves_nobody_else(theatre: Theatre) -> None:
    """Going to the front line and back again, a person's tile and its hole are all that moves."""
    stage = theatre.stage("normal", agents=60)
    for agent in stage.play.parts["agents"].values():
        agent |= {"state": "talking", "since": time.time(), "misses": 0}
    page = theatre.open(stage)
    page.evaluate(
        """() => { window.moved = 0;
          const seen = new MutationObserver((changes) => changes.forEach((one) => (moved += one.addedNodes.length)));
          seen.observe(document.querySelector('.home'), { childList: true }); }"""
    )
    stage.patch(agent_set(stage, "1003", state="emergency"))
    expect(page.locator(".lane .tile")).to_have_count(1)
    stage.patch(agent_set(stage, "1003", state="talking"))
    expect(page.locator(".lane .tile")).to_have_count(0)
    assert page.evaluate("moved") == 2


def test_a_busy_board_does_not_fade(theatre: Theatre) -> None:
    """Where dozens of numbers change within a second, most of them do not fade in: they just change."""
    stage = theatre.stage("normal", agents=60, queues=12)
    page = theatre.open(stage)
    page.evaluate(
        """() => { window.fades = 0; const animate = Element.prototype.animate;
          Element.prototype.animate = function (...given) { fades += 1; return animate.apply(this, given); }; }"""
    )
    states = {"ready": 41, "talking": 42, "paused": 43}
    stage.patch({"queues": {key: one | {"states": states} for key, one in stage.play.parts["queues"].items()}})
    expect(page.locator(".cell-away .cell-number").last).to_have_text("43")
    assert page.evaluate("fades") <= 24
