"""What is under way, and for a minute what is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.listening import table as module
from floor.listening.model import Listening, ListeningStage, Mode, Purpose, Way
from floor.listening.table import Table


class Plain:
    """One listening without a life of its own."""

    def __init__(self, id: str) -> None:
        stage = ListeningStage.ON
        self.now = Listening(id, "north", "Ann", Mode.LISTEN, Way.BROWSER, Purpose.QA, stage, 0.0, 1, "Li")

    def end(self, why: str, said: str = "", at: float = 100.0) -> None:
        self.now = replace(self.now, stage=ListeningStage.ENDED, ended=why, said=said, ended_at=at)


def test_over_is_remembered_for_a_minute() -> None:
    """Found by its id, no longer under way; also when the clock is set back."""
    table, one = Table(), Plain("a")
    table.put(one)
    one.end("stopped")
    assert table.under_way == []
    table.forget(150.0)
    assert table.get("a") is one
    table.forget(161.0)
    assert table.get("a") is None
    table.put(one)
    table.forget(50.0)
    assert table.get("a") is None


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over makes room; what goes on stays."""
    monkeypatch.setattr(module, "MOST", 2)
    table, old, on, new = Table(), Plain("a"), Plain("b"), Plain("c")
    table.put(old)
    table.put(on)
    old.end("stopped")
    table.put(new)
    assert [one.now.id for one in table.all()] == ["b", "c"]


def test_one_bad_listener_keeps_nobody_from_hearing() -> None:
    """It is logged, and the others are told."""
    table = Table()
    told: list[Listening] = []

    def fail(_: Listening) -> None:
        raise RuntimeError("bad day")

    table.subscribe(fail)
    stop = table.subscribe(told.append)
    table.tell(Plain("a").now)
    stop()
    table.tell(Plain("b").now)
    assert [one.id for one in told] == ["a"]
