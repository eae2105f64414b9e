"""Entities on the wire: the documented fields, and nothing that must not leave the house."""

from __future__ import annotations

import json

import pytest

from floor.state.figures import NAMES, TOTAL, Figures
from floor.state.model import AgentState, CallKind, Leg, LegStage, LinkState
from tests.web.doubles import NOON, agent, caller, member, pbx, queue, trunk
from web import protocol, views
from web.naming import Names

WHO = Names(b"salt", {}, {"Ann": "night"})


def wired(entity: object) -> dict[str, object]:
    return json.loads(protocol.encode({"it": entity}))["it"]


def test_pbx() -> None:
    """An exchange with everything known; the link's since is told on our clock."""
    one = pbx(version="22.1", clock_offset_s=0.2, timestamps=True, reason="x")
    assert wired(views.view_pbx(one, [(1.0, None)], public=False)) == {
        "name": "pbx1",
        "link": "up",
        "since": pytest.approx(NOON - 100.2),
        "reason": "x",
        "version": "22.1",
        "clock_offset_s": 0.2,
        "timestamps": True,
        "gaps": [[1.0, None]],
    }


def test_pbx_for_the_public_tells_no_fault() -> None:
    """Visitors learn neither why a link is down nor how often it was."""
    one = pbx(link=LinkState.REFUSED, reason="wrong secret", version="22.1")
    shown = wired(views.view_pbx(one, [(1.0, 2.0)], public=True))
    assert shown == {"name": "pbx1", "link": "down", "since": NOON - 100, "timestamps": False, "gaps": []}


def test_queue() -> None:
    """A queue counts its members by state, without zeros; an empty line has no oldest."""
    one = queue(waiting=2, oldest_joined_at=5.0, states=((AgentState.READY, 3), (AgentState.TALKING, 1)))
    assert wired(views.view_queue(one, public=False)) == {
        "pbx": "pbx1",
        "name": "support",
        "title": "support",
        "waiting": 2,
        "oldest_joined_at": 5.0,
        "states": {"ready": 3, "talking": 1},
    }
    assert "oldest_joined_at" not in wired(views.view_queue(queue(), public=False))
    assert "states" not in wired(views.view_queue(one, public=True))


def test_agent() -> None:
    """An agent with all that is known of him, and his name nowhere on a board of numbers."""
    legs = (Leg("1.2", LegStage.HELD, CallKind.QUEUE, NOON), Leg("1.3", LegStage.UP, CallKind.DIRECT, NOON))
    one = agent(
        "Ann",
        member("support"),
        member("sales", paused=True),
        state=AgentState.HOLDING,
        before=AgentState.TALKING,
        queue="support",
        kind=CallKind.QUEUE,
        reason="lunch",
        legs=legs,
        misses=2,
    )
    shown = wired(views.view_agent(one, WHO, "number"))
    assert shown.pop("id") == WHO.id(one.key, "number")
    assert shown.pop("person") == WHO.person(one.key, "number")
    assert shown == {
        "pbx": "pbx1",
        "label": "1001",
        "state": "holding",
        "since": NOON - 50,
        "before": "talking",
        "queue": "support",
        "kind": "queue",
        "reason": "lunch",
        "reachable": True,
        "queues": ["support", "sales"],
        "paused_in": ["sales"],
        "holds": 1,
        "misses": 2,
        "group": "night",
    }
    assert "Ann" not in protocol.encode({"it": views.view_agent(one, WHO, "number")}).decode()


def test_caller_is_nobody() -> None:
    """A waiting caller has a place and a time, never a number or a name."""
    shown = wired(views.view_caller(caller(position=1, priority=5)))
    assert shown == {"pbx": "pbx1", "queue": "support", "joined_at": NOON - 20, "position": 1, "priority": 5}


def test_trunk() -> None:
    """A trunk with the exchange's own word."""
    shown = wired(views.view_trunk(trunk()))
    assert shown == {
        "pbx": "pbx1",
        "name": "carrier",
        "reach": "reachable",
        "since": NOON - 500,
        "status": "Registered",
    }


def test_figures_hold_sums_levels_and_indicators() -> None:
    """F has every sum, the five levels and the indicators; what cannot be divided is null."""
    shown = views.view_figures(Figures(offered=4, answered=3, answered_in_time=2, hold_s=1.23456))
    assert set(NAMES) <= set(shown)
    assert shown["sl"] == {"A": 0.6667, "B": 0.6667, "C": 0.6667, "D": 0.5, "E": 0.6667}
    assert shown["answer_rate"] == 0.75
    assert shown["hold_s"] == 1.2346
    assert shown["hold_s_mean"] is None


def test_public_figures_are_volume_only() -> None:
    """Visitors see how much, not how well."""
    assert views.view_figures(Figures(offered=4, answered=3), public=True) == {"offered": 4, "answered": 3}
    points = [{"at": 1.0, "offered": 4, "answered": 3, "abandoned": 1, "answered_in_time": 2}]
    assert views.view_points(points, public=True) == [{"at": 1.0, "offered": 4, "answered": 3}]


def test_histories_add_up() -> None:
    """Several queues' points of one moment are one point; a moment only one of them knows stays."""
    first = [{"at": 0.0, "offered": 1}, {"at": 300.0, "offered": 2}]
    assert views.added_points([first, [{"at": 300.0, "offered": 5}]]) == [
        {"at": 0.0, "offered": 1},
        {"at": 300.0, "offered": 7},
    ]


def test_subject_ids() -> None:
    """total, queue:pbx/name, agent:id."""
    assert views.subject_id(TOTAL, "") == "total"
    assert views.subject_id(("queue", "pbx1", "a/b"), "pbx1/a/b") == "queue:pbx1/a/b"
