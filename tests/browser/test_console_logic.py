"""The console's pure parts, run in the browser they are made for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

WISH = {
    "sort": "name",
    "down": False,
    "grouped": True,
    "folded": [],
    "states": "",
    "queue": "",
    "group": "",
    "text": "",
}
LINEUP = """(() => { const l = new m.Lineup(); const agents = new Map(Object.entries(a.agents)); l.load(agents);
  const world = { nowOf: () => 1000, offsetOf: (pbx) => (a.offsets ?? {})[pbx] ?? 0, lateRing: 15,
    figuresOf: (id) => (a.figures ?? {})[id], breachesOf: (id) => (a.broken ?? {})[id] ?? 0 };
  for (const [id, agent] of a.later ?? []) { agent ? agents.set(id, agent) : agents.delete(id); l.update([id]); }
  const found = l.arrange(a.wish, world);
  return [found.rows.map((row) => row.person ? row.person.id : '# ' + row.group.name), found.shown, found.all]; })()"""


def agent(name: str, **more: Any) -> dict[str, Any]:
    known = {"pbx": "p", "id": f"p/{name}", "label": name, "person": name, "state": "ready", "since": 900, "queues": []}
    return known | {"paused_in": [], "group": "red"} | more


def lineup(run: Run, agents: list[dict[str, Any]], wish: dict[str, Any] | None = None, **more: Any) -> Any:
    given = {"agents": {one["id"]: one for one in agents}, "wish": WISH | (wish or {})} | more
    return run("work/lineup", LINEUP, given)


def test_groups_in_order_and_who_has_none_comes_last(run: Run) -> None:
    """By label as people count; those who are signed out are not there."""
    agents = [
        agent("Agent 10"),
        agent("Agent 9"),
        agent("Zoe", group="blue"),
        agent("Kim", group=None),
        agent("Off", state="logged_out"),
    ]
    rows = ["# blue", "p/Zoe", "# red", "p/Agent 9", "p/Agent 10", "# ", "p/Kim"]
    assert lineup(run, agents) == [rows, 4, 4]


def test_folded_group_keeps_its_head(run: Run) -> None:
    """And counts on."""
    assert lineup(run, [agent("Ann"), agent("Zoe", group="blue")], {"folded": ["red"]}) == [
        ["# blue", "p/Zoe", "# red"],
        2,
        2,
    ]


@pytest.mark.parametrize(
    ("sort", "down", "expected"),
    [
        ("name", True, ["Cui", "Bob", "Ann"]),
        ("since", False, ["Bob", "Ann", "Cui"]),
        ("state", False, ["Cui", "Bob", "Ann"]),
        ("answered", False, ["Bob", "Cui", "Ann"]),
        ("answered", True, ["Cui", "Bob", "Ann"]),
        ("breaches", False, ["Cui", "Ann", "Bob"]),
        ("queue", False, ["Ann", "Bob", "Cui"]),
    ],
)
def test_sorting(run: Run, sort: str, down: bool, expected: list[str]) -> None:
    """Longest in state first, most urgent state first, most calls first; what is not known last, either way round."""
    agents = [
        agent("Ann", since=800, queue="a"),
        agent("Bob", since=700, state="paused", queue="b"),
        agent("Cui", since=900, state="holding"),
    ]
    more = {"figures": {"p/Bob": {"answered": 9}, "p/Cui": {"answered": 3}}, "broken": {"p/Cui": 2}}
    rows, *_ = lineup(run, agents, {"sort": sort, "down": down, "grouped": False}, **more)
    assert [row.removeprefix("p/") for row in rows] == expected


def test_since_is_compared_on_one_clock(run: Run) -> None:
    """Each exchange counts on its own clock: 100 s ahead, 950 is earlier than 900."""
    agents = [agent("Ann", since=900), agent("Bob", since=950, pbx="q", id="q/Bob")]
    rows, *_ = lineup(run, agents, {"sort": "since", "grouped": False}, offsets={"q": 100})
    assert rows == ["q/Bob", "p/Ann"]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"states": "talking"}, ["Bob"]),
        ({"states": "attention"}, ["Cui"]),
        ({"queue": "p/sales"}, ["Ann", "Cui"]),
        ({"group": "blue"}, ["Bob"]),
        ({"text": "138"}, ["Bob"]),
        ({"text": "CUI".lower()}, ["Cui"]),
        ({"states": "talking", "queue": "p/sales"}, []),
    ],
)
def test_filters(run: Run, wish: dict[str, Any], expected: list[str]) -> None:
    """By state (with what is counted with it), need of attention, queue, group and words."""
    agents = [
        agent("Ann", queues=["sales"]),
        agent("Bob", state="outbound", group="blue", call_number_masked="138******78"),
        agent("Cui", state="unreachable", queues=["sales"]),
    ]
    rows, shown, everybody = lineup(run, agents, wish | {"grouped": False})
    assert [row.removeprefix("p/") for row in rows] == expected
    assert (shown, everybody) == (len(expected), 3)


def test_changes_one_by_one_are_as_if_begun_anew(run: Run) -> None:
    """Who comes, goes, is renamed or moves to another exchange stands where he would after a snapshot."""
    before = [agent("Ann"), agent("Bob"), agent("Cui")]
    later = [
        ["p/Bob", None],
        ["p/Abe", agent("Abe")],
        ["p/Ann", agent("Ann", label="Zed")],
        ["q/Cui", agent("Cui", pbx="q", id="q/Cui", state="talking")],
    ]
    rows, shown, _ = lineup(run, before, {"grouped": False}, later=later)
    assert rows == ["p/Abe", "q/Cui", "p/Ann"]  # Cui once, by the exchange on which he talks
    assert shown == 3


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202e321\u202c",
    "a\u0000b\u001b[31m",
    "\u2066x\u2069\u200f",
    "line\r\nbreak",
    "\ud800",
]


def test_hostile_text_is_harmless(run: Run) -> None:
    """Nothing that turns, hides or controls is left; ordinary text in any script stays as it is."""
    shown = run("work/harmless", "a.map(m.harmless)", HOSTILE[:-1])
    assert shown[0] == "<script>alert(1)</script>"
    assert not any(ord(sign) < 32 or sign in "\u202e\u202c\u2066\u2069\u200f" for text in shown for sign in text)
    names = ["张三", "Zoë Müller", "عمر", "👩‍👩‍👧"]
    assert run("work/harmless", "a.map(m.harmless)", names) == names
    assert run("work/harmless", "m.harmless('\\ud800')") == "\ufffd"
    assert run("work/harmless", "m.harmless(a).length", "x" * 9999) == 120
    assert run("work/harmless", "m.isolated(a).outerHTML", "<b>x</b>") == "<bdi>&lt;b&gt;x&lt;/b&gt;</bdi>"


@pytest.mark.parametrize(
    "found",
    [
        None,
        "text",
        [],
        {"version": 99, "left": 30},
        {"version": 1, "left": "30", "sort": "constructor", "columns": ["state", "<b>"], "folded": {"0": "x"}},
        {"version": 1, "left": -4, "right": 1e9, "tab": "__proto__", "grouped": "yes", "states": 5},
    ],
)
def test_what_makes_no_sense_is_not_remembered(run: Run, found: Any) -> None:
    """Another version, other types, values nobody could have chosen: as it was at first."""
    assert run("work/memory", "m.sane(a)", found) == run("work/memory", "m.sane(null)")


def test_memory_is_of_one_person(run: Run) -> None:
    """Kept as it was set, under his own name; broken or forbidden storage does no harm."""
    source = """(() => { const kept = new Map();
      const store = () => ({ getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) });
      new m.Memory(7, store).set({ left: 33, folded: ['red'] });
      const same = new m.Memory(7, store), other = new m.Memory(8, store);
      kept.set('floor.desk.9', '{broken');
      const broken = new m.Memory(9, store), none = new m.Memory(1, () => { throw new Error('no'); });
      none.set({ left: 44 });
      const lefts = [same, other, broken, none].map((one) => one.get('left'));
      return [...lefts, same.get('folded'), [...kept.keys()][0]]; })()"""
    assert run("work/memory", source) == [33, 24, 24, 44, ["red"], "floor.desk.7"]


def test_window_of_a_long_list(run: Run) -> None:
    """What is seen and a few more; never before the first nor after the last."""
    at = "m.windowOf({ top: a[0], room: 300, height: 30, count: a[1] })"
    assert run("work/window", at, [0, 10000]) == [0, 16]
    assert run("work/window", at, [3000, 10000]) == [94, 116]
    assert run("work/window", at, [299900, 10000]) == [9990, 10000]
    assert run("work/window", at, [0, 0]) == [0, 0]
    reveal = "m.reveal({ top: a[0], room: 300, height: 30, head: 30 }, a[1])"
    assert [run("work/window", reveal, [top, 10]) for top in (0, 100, 400)] == [30, 100, 270]


def test_callers_longest_first(run: Run) -> None:
    """By their own exchange's clock; those of a queue only when one is pressed."""
    callers = {
        "p/s/1": {"pbx": "p", "queue": "s", "joined_at": 50},
        "p/s/2": {"pbx": "p", "queue": "s", "joined_at": 40, "number_masked": "138******78"},
        "q/v/3": {"pbx": "q", "queue": "v", "joined_at": 100},
        "p/s/4": {"pbx": "p", "queue": "s"},
    }
    ids = "m.waiting(Object.entries(a[0]), a[1], (pbx) => pbx === 'q' ? 70 : 0).map(([id]) => id)"
    assert run("work/callerlist", ids, [callers, {}]) == ["q/v/3", "p/s/2", "p/s/1", "p/s/4"]
    assert run("work/callerlist", ids, [callers, {"queue": "q/v"}]) == ["q/v/3"]
    assert run("work/callerlist", ids, [callers, {"text": "138"}]) == ["p/s/2"]


def test_every_word_of_the_console_stands_in_both_languages(run: Run) -> None:
    """With the same blanks."""
    source = """Object.entries(m.default).filter(([, [en, zh]]) => !en || !zh ||
      [en, zh].map((t) => [...new Set(t.match(/\\{\\w+\\}/g) ?? [])].sort().join()).reduce((x, y) => x !== y))"""
    assert run("work/consolewords", source) == []
