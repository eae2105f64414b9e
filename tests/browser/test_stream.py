"""The page's end of the stream: never show what is not known, always come back."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.browser.conftest import Theatre


def in_words(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))


def test_lost_exchange_is_seen_at_once(theatre: Theatre) -> None:
    """Numbers dim, times stand still, nothing is alarming, and banner and header say who and since when."""
    stage = theatre.stage("rush")
    page = theatre.open(stage)
    since = time.time()
    stage.patch({"pbxs": {"pbx1": stage.play.pbx("pbx1", "down", since=since, reason="timed out")}})
    expect(page.locator(".banner")).to_contain_text(
        f"pbx1: no connection since {in_words(since)} (timed out)", timeout=2000
    )
    expect(page.locator(".figure[data-stale]")).to_have_count(6)
    expect(page.locator(".tile[data-stale]")).to_have_count(12)
    expect(page.locator("tbody tr[data-stale]")).to_have_count(6)
    expect(page.locator(".links .link").first).to_contain_text("no connection")
    expect(page.locator("main [data-level]")).to_have_count(0)
    before = page.locator(".tile-time").all_inner_texts()
    page.wait_for_timeout(1200)
    assert page.locator(".tile-time").all_inner_texts() == before


def test_exchange_that_comes_back_is_believed_again(theatre: Theatre) -> None:
    """The link is up: hatching goes, the page says so, and the gap is listed."""
    stage = theatre.stage("stale")
    page = theatre.open(stage)
    expect(page.locator(".figure[data-stale]")).to_have_count(6)
    now = time.time()
    stage.patch({"pbxs": {"pbx1": stage.play.pbx("pbx1", "up", since=now, gaps=[[now - 29, now]])}})
    expect(page.locator(".figure[data-stale]")).to_have_count(0)
    expect(page.locator(".banner")).to_contain_text("Connected again.")
    expect(page.locator(".gaps")).to_have_text(f"no data {in_words(now - 29)}–{in_words(now)}")


def test_only_what_is_affected_is_stale(theatre: Theatre) -> None:
    """One of two exchanges is lost: the other's queues and agents stay live, sums over both do not."""
    stage = theatre.stage("two", agents=8, queues=4)
    page = theatre.open(stage)
    stage.patch({"pbxs": {"pbx-south": stage.play.pbx("pbx-south", "down", since=time.time())}})
    expect(page.locator("tbody tr[data-stale]")).to_have_count(2)
    expect(page.locator(".figure[data-stale]")).to_have_count(6)
    expect(page.locator(".tile:not([data-stale])")).not_to_have_count(0)
    expect(page.locator(".banner")).to_contain_text("pbx-south: no connection")


def test_cut_stream_is_stale_and_recovers_alone(theatre: Theatre) -> None:
    """The server goes away: stale within 2 s; it is back: live again without a reload, with what has changed."""
    stage = theatre.stage()
    page = theatre.open(stage)
    page.evaluate("window.mark = 1")
    stage.cut()
    expect(page.locator(".banner")).to_contain_text("No word from the server since", timeout=2500)
    expect(page.locator(".figure[data-stale]")).to_have_count(6)
    del stage.play.parts["agents"]["pbx1/1003"]
    stage.mend()
    expect(page.locator(".figure[data-stale]")).to_have_count(0, timeout=12_000)
    expect(page.locator(".tile")).to_have_count(11)
    assert page.evaluate("window.mark") == 1


def test_silent_server_is_stale(theatre: Theatre) -> None:
    """An open socket on which nothing comes is no sign of life: stale, then given up and opened anew."""
    stage = theatre.stage()
    page = theatre.open(stage)
    stage.beating = False
    expect(page.locator(".figure[data-stale]")).to_have_count(6, timeout=8000)
    expect(page.locator(".banner")).to_contain_text("No word from the server since")
    expect(page.locator(".figure[data-stale]")).to_have_count(0, timeout=12_000)
    assert stage.opened >= 2


def test_missed_revision_asks_for_a_snapshot(theatre: Theatre) -> None:
    """After a gap in the revisions nothing is shown until a snapshot has come, and then all of it."""
    stage = theatre.stage()
    page = theatre.open(stage)
    key = stage.play.queue_ids[0]
    stage.play.parts["queues"][key]["waiting"] = 55
    stage.skip_revision()
    stage.patch({"agents": {"pbx1/1003": stage.play.parts["agents"]["pbx1/1003"] | {"state": "emergency"}}})
    expect(page.get_by_role("row", name="Support").locator(".cell-waiting .cell-number")).to_have_text("55")
    expect(page.locator('.tile[data-state="emergency"]')).to_have_count(1)
    assert {"t": "resync"} in stage.heard


def test_machine_that_slept_asks_for_a_snapshot(theatre: Theatre) -> None:
    """The clock jumped by ten minutes: whatever the page holds is not shown as today's truth."""
    stage = theatre.stage()
    page = theatre.open(
        stage, before="const then = Date.now; window.slept = 0; Date.now = () => then() + window.slept;"
    )
    page.evaluate("window.slept = 600000")
    deadline = time.monotonic() + 8
    while {"t": "resync"} not in stage.heard and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert {"t": "resync"} in stage.heard
    expect(page.locator(".figure[data-stale]")).to_have_count(0)


def test_pong_answers_a_beat_that_asks(theatre: Theatre) -> None:
    """The server measures the round trip."""
    stage = theatre.stage()
    page = theatre.open(stage)
    stage.ask_round_trip()
    deadline = time.monotonic() + 5
    while {"t": "pong", "n": 42} not in stage.heard and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert {"t": "pong", "n": 42} in stage.heard


def test_revoked_key_is_said(theatre: Theatre) -> None:
    """Close code 4403 or 4404 is explained instead of "no connection"."""
    for code, words in ((4403, "missing, wrong or revoked"), (4404, "no board of this name")):
        stage = theatre.stage("empty")
        stage.refuse = code
        page = theatre.open(stage, ready=".banner:not(:empty)")
        expect(page.locator(".banner")).to_contain_text(words)


def test_key_is_passed_on(theatre: Theatre) -> None:
    """The page hands its own key to the stream."""
    stage = theatre.stage("empty")
    page = theatre.open(stage, "key=s3cret/%2B", ready=".figure")
    urls: list[str] = []
    page.on("websocket", lambda socket: urls.append(socket.url))
    page.reload()
    page.locator(".figure").first.wait_for()
    assert urls == [f"ws://127.0.0.1:{stage.port}/ws?board=default&key=s3cret%2F%2B"]


def test_new_build_reloads_once(theatre: Theatre) -> None:
    """Another build on the stream: the page reloads itself, but not again if it is still the old one."""
    stage = theatre.stage("empty")
    page = theatre.open(stage, before="Math.random = () => 0")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    stage.announce("test+2")
    page.wait_for_timeout(2500)
    assert len(loads) == 1
