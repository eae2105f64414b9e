"""Every way a visit to a queue ends before somebody answers, laid beside the tapes of Asterisk 22."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asterisk.simulator.exchange import Call, HungUp, Moved, Withdrawn
from tests.simulator.orders import Play, assert_same_story
from tests.simulator.stages import Stage


def _nobody(patience_s: float = 600.0, key_after_s: float | None = None, **options: Any) -> Play:
    """The only agent is paused."""

    def play(stage: Stage) -> None:
        queue = stage.queue(**options)
        stage.agent("Ann", "1001", queue)
        stage.exchange.lines.pause(stage.world.agents["Ann"], "meeting")
        stage.call(queue, patience_s=patience_s, presses_key_after_s=key_after_s)
        stage.to_the_end()

    return play


def _rings_on(patience_s: float = 600.0, key_after_s: float | None = None, **options: Any) -> Play:
    """The only agent lets it ring."""

    def play(stage: Stage) -> None:
        queue = stage.queue(**options)
        stage.agent("Ann", "1001", queue, misses=1.0)
        stage.call(queue, patience_s=patience_s, presses_key_after_s=key_after_s)
        stage.to_the_end()

    return play


def _disturbed(disturb: Callable[[Call], Exception], *, ringing: bool = False) -> Play:
    """Somebody cuts in while the caller waits, or while the phone rings."""

    def play(stage: Stage) -> None:
        queue = stage.queue(ring_s=4.0)
        stage.agent("Ann", "1001", queue, misses=1.0)
        if not ringing:
            stage.exchange.lines.pause(stage.world.agents["Ann"], "meeting")
        call = stage.call(queue)
        stage.pass_time(2.0)
        call.life.interrupt(disturb(call))
        stage.to_the_end()

    return play


def _moved(call: Call) -> Exception:
    return Moved(call.caller, "aside", "s", 1)


def _withdrawn(call: Call) -> Exception:
    return Withdrawn(call.caller, "called back")


def _hung_up(call: Call) -> Exception:
    return HungUp(call.caller, asked=False)


def _all_gone(stage: Stage) -> None:
    """The only agent refuses and then goes on a break."""
    queue = stage.queue(leave_empty=True)
    stage.agent("Ann", "1001", queue, rejects=1.0)
    stage.call(queue)
    while "AgentRingNoAnswer" not in stage.tape:
        stage.pass_time(0.1)
    stage.exchange.lines.pause(stage.world.agents["Ann"], "break")
    stage.to_the_end()


SITUATIONS: dict[str, Play] = {
    "22/abandon-waiting": _nobody(patience_s=3.0),
    "22/abandon-ringing": _rings_on(patience_s=3.0),
    "22/queue-timeout": _nobody(limit_s=3.0),
    "22/queue-timeout-while-ringing": _rings_on(limit_s=3.0),
    "22/exit-by-key": _nobody(key_after_s=2.0, exit_key="1"),
    "22/exit-by-key-while-ringing": _rings_on(key_after_s=2.0, exit_key="1"),
    "22/leave-when-empty": _all_gone,
    "22/withdrawn": _disturbed(_withdrawn),
    "22/withdrawn-while-ringing": _disturbed(_withdrawn, ringing=True),
    "22/redirected-while-waiting": _disturbed(_moved),
    "22/redirected-while-ringing": _disturbed(_moved, ringing=True),
    "22/hung-up-by-supervisor": _disturbed(_hung_up),
    "captures/abandon": _nobody(patience_s=3.0),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_unanswered_visits_are_told_as_on_the_tape(name: str) -> None:
    """The same events in the same order."""
    assert_same_story(name, SITUATIONS[name])


LINES: dict[str, tuple[Play, list[str]]] = {
    "abandon": (_nobody(patience_s=3.2), ["ENTERQUEUE||01632960001|1", "ABANDON|1|1|3"]),
    "ringing": (
        _rings_on(patience_s=3.2),
        ["ENTERQUEUE||01632960001|1", "RINGCANCELED|3200", "ABANDON|1|1|3"],
    ),
    "timeout": (_nobody(limit_s=3.0), ["ENTERQUEUE||01632960001|1", "EXITWITHTIMEOUT|1|1|3"]),
    "timeout ringing": (
        _rings_on(limit_s=3.0),
        ["ENTERQUEUE||01632960001|1", "RINGNOANSWER|3000", "EXITWITHTIMEOUT|1|1|3"],
    ),
    "key": (_nobody(key_after_s=2.0, exit_key="7"), ["ENTERQUEUE||01632960001|1", "EXITWITHKEY|7|1|1|2"]),
    "withdrawn": (_disturbed(_withdrawn), ["ENTERQUEUE||01632960001|1", "WITHDRAW|1|1|2|called back"]),
    "redirected": (_disturbed(_moved), ["ENTERQUEUE||01632960001|1", "ABANDON|1|1|2"]),
}


@pytest.mark.parametrize("name", LINES)
def test_queue_log_says_it_as_asterisk_writes_it(name: str) -> None:
    """Verb and data of every line about the visit."""
    play, lines = LINES[name]
    stage = Stage()
    play(stage)
    assert [line.split("|", 4)[4] for line in stage.world.queue_log if "PAUSE" not in line] == lines


def test_what_comes_at_the_same_moment_ends_a_visit_once() -> None:
    """Patience and the queue's limit run out together: one ending, whichever."""
    stage = Stage()
    queue = stage.queue(limit_s=5.0)
    for _ in range(5):
        stage.call(queue, patience_s=5.0)
    stage.to_the_end()
    endings = [line for line in stage.world.queue_log if "ENTERQUEUE" not in line]
    assert len(endings) == 5
    assert not queue.line
