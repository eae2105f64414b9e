"""Whose hands are free, and that a call leaves nothing behind however it ends."""

from __future__ import annotations

import pytest

from asterisk.simulator.exchange import Withdrawn
from asterisk.simulator.schedule import Steps
from tests.simulator.stages import Stage


def test_nobody_can_be_taken_twice() -> None:
    """The second call that would have him is a mistake of the simulator, and loud."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    call = stage.call(queue)
    stage.exchange.take(call, ann)
    with pytest.raises(AssertionError, match="two calls"):
        stage.exchange.take(call, ann)


def test_given_back_he_is_free_after_his_wrap_up() -> None:
    """Not before, and the queue hears of it."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    call = stage.call(queue)
    stage.exchange.take(call, ann)
    stage.exchange.give_back(call, ann, 10.0)
    assert not ann.busy
    assert not stage.exchange.lines.is_free(ann.members["support"])
    stage.pass_time(10.0)
    assert ann.busy  # the waiting caller has got him
    stage.to_the_end()


def test_a_disturbance_without_an_answer_ends_the_call_cleanly() -> None:
    """A withdrawal where nobody waits: legs, bridge and agents are all given back."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)

    def story() -> Steps:
        leg = stage.exchange.switch.open(ann.phone)
        call.own(leg)
        stage.exchange.take(call, ann)
        stage.exchange.switch.enter(stage.exchange.switch.build_bridge(), leg)
        yield 100.0

    call = stage.exchange.begin(lambda _: story())
    stage.pass_time(1.0)
    assert ann.busy
    call.life.interrupt(Withdrawn(ann.phone.channels[0]))
    stage.pass_time(1.0)
    assert not any((stage.world.channels, stage.world.bridges, stage.exchange.calls, ann.busy))


def test_a_colleague_is_somebody_else_who_is_free() -> None:
    """Never oneself, never the paused, busy or unreachable."""
    stage = Stage()
    queue = stage.queue()
    ann, bob = stage.agent("Ann", "1001", queue), stage.agent("Bob", "1002", queue)
    assert stage.exchange.colleague(ann) is bob
    bob.phone.reachable = False
    assert stage.exchange.colleague(ann) is None
    bob.phone.reachable = True
    stage.exchange.lines.pause(bob, "meal")
    assert stage.exchange.colleague(ann) is None
