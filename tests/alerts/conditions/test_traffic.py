"""Traffic: more callers than ready agents, the longest wait (R-ANS-8)."""

from __future__ import annotations

import pytest

from alerts.conditions import traffic
from alerts.conditions.subjects import the_queue
from floor.state import facts as f
from tests.support.scene import BEGIN, A, B, Scene, one

BEYOND = one(traffic.CONDITIONS, "callers_without_agent")
LONGEST = one(traffic.CONDITIONS, "longest_wait")
SALES = the_queue(A, "sales")

DEPTHS = ((0, 0, None), (0, 2, None), (1, 0, 1), (2, 2, 0), (3, 2, 1), (5, 2, 3))


@pytest.mark.parametrize(("waiting", "ready", "said"), DEPTHS)
def test_depth_against_ready_agents(waiting: int, ready: int, said: int | None) -> None:
    """As many ready as waiting is enough; who is paused is not ready."""
    scene = Scene(BEYOND).up().sits(*(f"a{n}" for n in range(ready))).pauses("Bob", "meal")
    scene.joins(*(f"C{n}" for n in range(waiting)))
    assert scene.value(SALES) == said
    assert SALES in scene.touched
    if said:
        assert scene.proof(SALES) == {"at": BEGIN, "fact": "Queue", "waiting": waiting, "ready": ready}


def test_agent_who_leaves_makes_the_difference() -> None:
    """Nobody joined, but somebody paused."""
    scene = Scene(BEYOND).up().sits("Ann").joins("C1")
    assert scene.value(SALES) == 0
    scene.touched.clear()
    assert scene.pauses("Ann", "smoke").value(SALES) == 1
    assert SALES in scene.touched


def test_longest_wait_is_that_of_the_head_of_the_line() -> None:
    """When the first has gone the second counts, from when he joined."""
    scene = Scene(LONGEST).up().joins("C1").at(20).joins("C2")
    assert scene.at(60).value(SALES) == 60
    scene.tell(f.CallerLeft(A, BEGIN + 60, "sales", "C1"))
    assert scene.value(SALES) == 40
    scene.tell(f.CallerLeft(A, BEGIN + 60, "sales", "C2"))
    assert scene.value(SALES) is None


def test_queues_and_exchanges_apart() -> None:
    """Queues of one name on two exchanges, and two queues of one."""
    scene = Scene(LONGEST).up(A, B).joins("C1").at(10).joins("C2", pbx=B).joins("C3", queue="support")
    scene.at(20)
    asked = (SALES, the_queue(B, "sales"), the_queue(A, "support"), the_queue(B, "support"))
    assert [scene.value(queue) for queue in asked] == [20, 10, 10, None]


def test_wait_on_a_clock_of_its_own() -> None:
    """An exchange half an hour ahead: ages are ours."""
    scene = Scene(LONGEST).up().tell(f.ClockMeasured(A, BEGIN + 1800, 1800.0, timestamps=True))
    scene.tell(f.CallerJoined(A, BEGIN + 1800, "sales", "C1"))
    assert scene.at(61).value(SALES) == 61
