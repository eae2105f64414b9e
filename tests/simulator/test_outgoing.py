"""Calls that agents make to the outside, laid beside the tapes."""

from __future__ import annotations

import pytest

from asterisk.simulator import outgoing
from asterisk.simulator.exchange import HungUp
from tests.simulator.orders import Play, assert_same_story
from tests.simulator.stages import Stage


def _outbound(given_up_after_s: float | None = None) -> Play:
    def play(stage: Stage) -> None:
        ann, trunk = stage.agent("Ann", "1001", stage.queue()), stage.world.trunks["carrier"]
        call = stage.exchange.begin(lambda call: outgoing.outbound(stage.exchange, call, ann, trunk, "01632960009"))
        if given_up_after_s is not None:
            stage.pass_time(given_up_after_s)
            call.life.interrupt(HungUp(call.caller))
        stage.to_the_end()

    return play


SITUATIONS = {
    "22/outbound-call": _outbound(),
    "22/outbound-busy": _outbound(),
    "22/outbound-unanswered": _outbound(given_up_after_s=3.1),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_outbound_calls_are_told_as_on_the_tape(name: str) -> None:
    """Answered, busy, or given up while it rings."""
    assert_same_story(name, SITUATIONS[name])


def test_nobody_dials_while_he_is_busy() -> None:
    """A call of his own does not come about then."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue, talks_s=600.0)
    stage.call(queue)
    stage.pass_time(15.0)
    trunk = stage.world.trunks["carrier"]
    stage.exchange.begin(lambda call: outgoing.outbound(stage.exchange, call, ann, trunk, "01632960009"))
    stage.exchange.begin(lambda call: outgoing.internal(stage.exchange, call, ann))
    stage.pass_time(2.0)
    assert len(ann.phone.channels) == 1
