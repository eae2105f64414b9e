"""The page's pure parts, run in the browser they are made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import pytest

from floor.state.figures import Figures, indicators, service_levels
from web.spoken import WORDS

Run = Callable[..., Any]
NAMES_ITS_SECONDS = {"queue.in_time"}
"""The Chinese name of the service level holds its seconds, the English one does not."""


def test_both_dictionaries_have_the_same_words(run: Run) -> None:
    """Every text stands in English and Chinese, with the same blanks to fill, and none is empty."""
    words = run("i18n", "m.DICTIONARIES")
    assert set(words) == {"en", "zh"}
    assert words["en"].keys() == words["zh"].keys()
    blanks = "(text) => [...new Set(text.match(/\\{\\w+\\}/g) ?? [])].sort().join()"
    differing = run(
        "i18n",
        f"""(({{ en, zh }}, blanks) => Object.keys(en).filter((key) => blanks(en[key]) !== blanks(zh[key])))(
          m.DICTIONARIES, {blanks})""",
    )
    assert [key for key in differing if key not in NAMES_ITS_SECONDS] == []
    assert all(text.strip() for language in words.values() for text in language.values())


def test_every_word_the_page_asks_for_exists(run: Run) -> None:
    """Keys built from states, tiles, links and levels are all there."""
    states = "logged_out ready ringing talking holding acw outbound paused auto_paused offhook unreachable emergency"
    tiles = (
        "waiting longest service_level answered offered answer_rate lost abandon_rate asa att aht staffed ready "
        "talking paused timed_out ring_no_answer transfer_rate"
    )
    keys = [f"state.{s}" for s in states.split()] + [f"tile.{t}" for t in tiles.split()]
    keys += [f"link.{s}" for s in "connecting syncing up down refused".split()]
    keys += [f"level.{s}" for s in "notice warn critical good".split()] + [f"formula.{f}" for f in "ABCDE"]
    assert run("i18n", "a.filter((key) => m.say(key) === key)", keys) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (5999, "99:59"), (6000, "1h40"), (None, "–"), (-3, "0:00")],
)
def test_durations(run: Run, seconds: float | None, text: str) -> None:
    """m:ss to a hundred minutes, then hours; unknown is a dash; never below zero."""
    assert run("time", "m.duration(a)", seconds) == text


def test_age_counts_on_the_exchange_clock(run: Run) -> None:
    """now + offset - since, never negative; unknown stays unknown."""
    assert run("time", "[m.age(100, 95, 2), m.age(100, 105, 2), m.age(100, null, 2), m.age(100, 95, null)]") == [
        7,
        0,
        None,
        5,
    ]


def test_server_clock_trusts_the_fastest_message(run: Run) -> None:
    """A late message does not set the clock back; after a minute it may."""
    source = """(() => { let here = 1000; const c = new m.ServerClock(() => here);
      c.observe(1010); here += 1; c.observe(1010.4);
      const steady = c.now(); here += 90; c.observe(1100.7); return [steady, c.now()]; })()"""
    assert run("time", source) == [1011, 1100.7]


@pytest.mark.parametrize("formula", "ABCDE")
def test_service_levels_equal_the_server_s(run: Run, formula: str) -> None:
    """The same contacts give the same five levels as floor.state.figures, over one queue or several."""
    one = Figures(
        offered=100, answered=80, answered_in_time=60, abandoned=15, abandoned_in_time=6, short_abandoned=3, timed_out=5
    )
    other = Figures(offered=7, answered=5, answered_in_time=1, abandoned=2, abandoned_in_time=1)
    floor = {"figures": {"queue:p/a": {"today": asdict(one)}, "queue:p/b": {"today": asdict(other)}}}
    source = """(async () => { const f = (await import('/static/floor.js')).floorOf(a.floor);
      return m.serviceLevel(m.sumFigures(f, ['p/a', 'p/b', 'p/gone'], 'today'), a.formula).value; })()"""
    shown = run("measures", f"await {source}", {"floor": floor, "formula": formula})
    assert shown == pytest.approx(service_levels(one + other)[formula])


def test_tiles_equal_the_server_s_indicators(run: Run) -> None:
    """asa, att, aht and the rates are those of floor.state.figures; nothing to divide is unknown, not zero."""
    sums = Figures(offered=50, answered=40, abandoned=8, wait_answered_s=480, talk_s=7200, acw_s=900.0, transferred=4)
    names = {
        "asa": "asa_s",
        "att": "att_s",
        "aht": "aht_s",
        "answer_rate": "answer_rate",
        "abandon_rate": "abandon_rate",
    }
    names["transfer_rate"] = "transfer_rate"
    for figures in (sums, Figures()):
        context = {"sums": asdict(figures), "board": {"formula": "C"}, "queues": [], "crew": []}
        shown = run(
            "measures",
            "a.names.map((n) => m.tileValue(n, a.context).value)",
            {"names": list(names), "context": context},
        )
        assert shown == [pytest.approx(indicators(figures)[name]) for name in names.values()]


@pytest.mark.parametrize(
    ("value", "direction", "level"),
    [
        (4.9, "up", None),
        (5, "up", "warn"),
        (10, "up", "critical"),
        (0.81, "down", None),
        (0.8, "down", "warn"),
        (0.6, "down", "critical"),
    ],
)
def test_limits_count_at_or_beyond(run: Run, value: float, direction: str, level: str | None) -> None:
    """Reached means at or beyond, in the direction in which the value gets worse."""
    ends: dict[str, dict[str, Any]] = {"up": {"warn": 5, "critical": 10}, "down": {"warn": 0.8, "critical": 0.6}}
    limits = ends[direction] | {"direction": direction}
    assert run("levels", "m.levelOf('waiting', a.value, a.limits)", {"value": value, "limits": limits}) == level


def test_urgency_follows_the_rules_of_the_floor(run: Run) -> None:
    """Levels by state and seconds (R-ANS-1, R-HLD-2, R-PRS-7, R-PRS-20); work pauses may last."""
    cases = [
        ({"state": "ringing"}, 9, None), ({"state": "ringing"}, 10, "warn"), ({"state": "ringing"}, 15, "critical"),
        ({"state": "holding"}, 11, None), ({"state": "holding"}, 12, "notice"), ({"state": "holding"}, 15, "critical"),
        ({"state": "paused", "reason": "meal"}, 299, None), ({"state": "paused", "reason": "meal"}, 300, "warn"),
        ({"state": "paused", "reason": "Training"}, 9000, None), ({"state": "paused", "reason": "xyz"}, 300, "warn"),
        ({"state": "acw"}, 30, "notice"), ({"state": "acw"}, 90, "warn"), ({"state": "talking"}, 9000, None),
        ({"state": "ready", "misses": 1}, 5, "notice"), ({"state": "ready", "misses": 2}, 5, "warn"),
        ({"state": "unreachable"}, 0, "warn"), ({"state": "emergency"}, 0, "critical"),
    ]  # fmt: skip
    shown = run("urgency", "a.map(([agent, seconds]) => m.agentLevel(agent, seconds))", [[c[0], c[1]] for c in cases])
    assert shown == [case[2] for case in cases]


def test_everybody_has_one_place(run: Run) -> None:
    """Persons are merged by `person`, those signed out are left out, places are in natural order."""
    agents = [
        ["a/1", {"state": "ready", "person": "x", "label": "10"}],
        ["b/1", {"state": "ringing", "person": "x", "label": "10"}],
        ["a/2", {"state": "talking", "person": None, "label": "9"}],
        ["a/3", {"state": "logged_out", "person": "y", "label": "1"}],
    ]
    source = "m.crewOf(a).sort(m.byPlace).map(({agent, places}) => [agent.label, agent.state, places])"
    assert run("urgency", source, agents) == [["9", "talking", 1], ["10", "ringing", 2]]


@pytest.mark.parametrize("count", [1, 12, 60, 120, 300])
def test_tiles_fit_their_area(run: Run, count: int) -> None:
    """Whatever the number, columns times rows hold all, and the tiles' sum is not larger than the area."""
    area = {"width": 1100, "height": 590, "gap": 5, "unit": 10.8, "label": 2.3, "wide": 1}
    lane = run("density", "m.laneFor(a.area, a.count)", {"area": area, "count": count})
    home = lane["home"]
    assert home["places"] >= count
    heights = {"roomy": 3.7, "full": 2.4, "compact": 1.36}
    used = lane["height"] + home["rows"] * heights[home["kind"]] * home["font"]
    assert used <= area["height"]
    assert home["kind"] == ("compact" if count > 60 else "full" if count > 12 else "roomy")


def test_more_than_fit_are_counted(run: Run) -> None:
    """Two thousand agents do not overflow: places are fewer, tiles stay legible."""
    area = {"width": 960, "height": 560, "gap": 5, "unit": 10.8, "label": 2.3, "wide": 1}
    home = run("density", "m.arrange(a, 2000)", area)
    assert home["places"] < 2000
    assert home["font"] >= 1.1 * 10.8


def test_retries_for_ever_but_not_in_step(run: Run) -> None:
    """Delays double to 8 s and no further, each with jitter of half."""
    delays = run("stream", "[0, 1, 2, 3, 4, 5, 100].map((n) => [m.backoff(n, () => 0), m.backoff(n, () => 1)])")
    assert delays[:3] == [[250, 500], [500, 1000], [1000, 2000]]
    assert delays[-1] == [4000, 8000]


def test_staleness_is_the_older_of_both(run: Run) -> None:
    """An exchange is stale since its own link was lost or ours, whichever was first."""
    source = """[m.staleSince({link: 'up'}, null), m.staleSince({link: 'down', since: 5}, 9),
      m.staleSince({link: 'up'}, 9), m.staleSince(undefined, null)]"""
    assert run("staleness", source) == [None, 5, 9, None]


def test_data_is_as_old_as_its_oldest_exchange(run: Run) -> None:
    """Beats tell per exchange; a lost one counts from its loss; on a busy stream the last message counts."""
    source = """(() => { const h = new m.Hearing(); const up = {link: 'up'};
      h.forget(100); h.message(101, {a: 0.5, b: 3});
      const beat = h.ago(101, [['a', up], ['b', up]]);
      const lost = h.ago(101, [['a', up], ['b', {link: 'down', since: 90}]]);
      h.message(120, undefined, ['a']);
      return [beat, lost, h.ago(121, [['a', up], ['b', up]]), new m.Hearing().ago(5, [])]; })()"""
    assert run("hearing", source) == [3, 11, 1, None]


def test_pixels_shift_slowly_and_little(run: Run) -> None:
    """Against burn-in: at most 3 px from the centre, at most 2 px a step."""
    steps = run("kiosk", "[...Array(200).keys()].map(m.shiftAt)")
    assert all(abs(x) <= 3 and abs(y) <= 3 for x, y in steps)
    assert all(abs(a - b) <= 2 for before, after in pairwise(steps) for a, b in zip(before, after, strict=True))
    assert len({tuple(step) for step in steps}) > 20


def test_bars_never_promise_more_than_was_offered(run: Run) -> None:
    """Answered is part of offered; few calls stay low bars; the newest is last."""
    assert run("spark", "m.bars(a)", [{"offered": 1, "answered": 1}, {"offered": 2, "answered": 5}]) == [
        [5, 5],
        [10, 10],
    ]


def test_queues_that_do_not_fit_are_the_quiet_ones(run: Run) -> None:
    """With too many queues those with callers stay, in the board's order."""
    queues = [[str(i), {"waiting": w}] for i, w in enumerate([0, 3, 0, 1, 0])]
    assert run("queues", "m.fitting(a, 3).map(([id]) => id)", queues) == ["1", "3"]


def test_clock_repeats_its_ring_and_keeps_its_level(run: Run) -> None:
    """R-HLD-2: notice from 12 s, critical from 15 s on; the ring of fifteen begins anew, the rounds are counted."""
    clock = {"rule": "R-HLD-2", "since": 100, "notice_s": 12, "limit_s": 15, "every_s": 15}
    read = "a[1].map((s) => { const c = m.readClock(a[0], 100 + s); return [c.level, c.round, c.rounds]; })"
    expected = [[None, 12, 0], ["notice", 13, 0], ["critical", 1, 1], ["critical", 3, 2]]
    assert run("clocks", read, [clock, [11.9, 12, 15, 32]]) == expected


def test_order_of_alerts(run: Run) -> None:
    """Emergencies, critical, the rest; real before rehearsed, open before taken, the oldest first; silenced last."""
    alerts = {
        "old": {"severity": "warn", "stage": "firing", "since": 1},
        "new": {"severity": "warn", "stage": "firing", "since": 9},
        "crit": {"severity": "crit", "stage": "firing", "since": 8},
        "drill": {"severity": "crit", "stage": "firing", "since": 2, "drill": True},
        "taken": {"severity": "crit", "stage": "acknowledged", "since": 0},
        "hushed": {"severity": "crit", "stage": "firing", "since": 0, "silenced_until": 99},
        "fire": {"severity": "emergency", "stage": "firing", "since": 7},
    }
    order = run("alerts", "m.byNeed(Object.entries(a), 10).map(([id]) => id)", alerts)
    assert order == "fire crit drill old new taken hushed".split()


def test_facts_are_called_the_same_everywhere(run: Run) -> None:
    """On the desk and on one's own record, which is made on the server."""
    facts = {name: tuple(words) for name, words in run("work/evidence", "m.FACTS").items()}
    assert facts == {key.removeprefix("fact."): words for key, words in WORDS.items() if key.startswith("fact.")}


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        ({"value": 18.54, "limit": 15}, "18.5 s, limit 15 s"),
        ({"value": 366, "limit": 300}, "6:06, limit 5:00"),
        ({"value": 0.25, "limit": 0.2, "unit": "ratio"}, "25 %, limit 20 %"),
        ({"value": 3, "limit": 1, "unit": "agents"}, "3, limit 1"),
        ({}, ""),
    ],
)
def test_values_are_said_in_the_unit_of_their_rule(run: Run, alert: dict[str, Any], said: str) -> None:
    """Seconds unless told otherwise."""
    taught = "(await import('/static/i18n.js')).teach((await import('/static/work/words.js')).default)"
    source = f"await (async () => {{ {taught}; return m.measured(a); }})()"
    assert run("work/evidence", source, alert) == said
