"""Whose reading differs is found: on tapes of real exchanges, beside reading everything before and after each fact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from alerts.conditions.contract import Condition, Lasting, Level
from alerts.conditions.registry import CONDITIONS
from alerts.conditions.subjects import SITE, kinds_of, the_agent, the_pbx, the_phone, the_queue, the_trunk
from alerts.model import Subject
from alerts.world import FloorWorld
from floor.day import Day
from floor.ports import Outcome
from floor.state.facts import Fact
from tests.alerts.stage import Register
from tests.support.facts_at_random import BEGIN, histories
from tests.support.replay import Stage, play, sessions

TAPES = Path(__file__).resolve().parents[2] / "tapes"
DAYS = (
    "hold-several",
    "paused-while-talking",
    "attended-transfer-to-phone",
    "two-callers-one-agent",
    "ring-no-answer-then-other",
    "agent-rejects",
    "removed-while-talking",
    "second-queue-after-timeout",
    "wrap-up",
    "killed-in-calls",
    "trunk-lost",
)
MORE = {
    "login_twice": "also of phones that come and go, which are no change of the agent",
    "phones_lost_together": "told once a second",
    "surge": "told once a second",
}
"""Conditions that rest on more than what touches them: they say when they want to be read again, or lag by design."""
MEASURED = [one for one in CONDITIONS.values() if one.read is not None and one.name not in MORE]


class Watched(Stage):
    """Reads everything before and after each fact, and notes whose reading differs though nobody named him."""

    def __init__(self, at: float = 1_000_000_000.0) -> None:
        super().__init__(at)
        self.world = FloorWorld(self.store.snapshot(), self.measures, Register(), self.clock, Day("UTC"))
        self.missed: list[tuple[str, Subject, Fact]] = []
        self.differing: set[str] = set()
        self._named: set[tuple[str, Subject]] = set()
        self.store.subscribe(self._hear, happenings=True)

    def _hear(self, outcome: Outcome) -> None:
        kinds = kinds_of(outcome)
        for one in MEASURED:
            if one.touched is not None and (one.hears is None or not kinds.isdisjoint(one.hears)):
                self._named.update((one.name, subject) for subject in one.touched(outcome, self.world))

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            self._named.clear()
            before = self._readings()
            super().tell(fact)
            after = self._readings()
            differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            self.differing.update(name for name, _ in differing)
            self.missed += [(*key, fact) for key in differing - self._named]

    def _readings(self) -> dict[tuple[str, Subject], object]:
        return {(one.name, subject): found for one in MEASURED for subject, found in self._of(one)}

    def _of(self, condition: Condition) -> Iterator[tuple[Subject, object]]:
        params = {name: default for name, (_, default) in condition.params.items()}
        for subject in self._subjects():
            if subject.kind is condition.subject and condition.read is not None:
                found = condition.read(subject, self.world, params, self.clock.at)
                if found is not None:
                    yield subject, _bare(found)

    def _subjects(self) -> Iterator[Subject]:
        floor = self.world.floor
        yield SITE
        yield from map(the_pbx, floor.pbxs)
        for table, named in (
            (floor.queues, the_queue),
            (floor.agents, the_agent),
            (floor.endpoints, the_phone),
            (floor.trunks, the_trunk),
        ):
            yield from (named(*key) for key in table)


def _bare(reading: object) -> object:
    """Without the proof, which bears the moment of reading, and without when to ask again."""
    if isinstance(reading, Lasting):
        return reading.raw or reading.since, reading.told, reading.about.queue, reading.about.call, reading.about.agent
    if isinstance(reading, Level):
        return reading.value, reading.sample, reading.about.causes, reading.about.queue, reading.about.call
    return reading


@pytest.mark.parametrize("day", DAYS)
def test_nobody_is_missed(day: str) -> None:
    """Whoever is to be read otherwise after a fact than before it is named by what looks for him, so that leaving out
    all others leaves out nothing."""
    stage = Watched()
    play(sessions(TAPES / "22", day), stage)
    assert stage.missed == []
    assert stage.differing


ON_CHANGES = {
    "ringing", "holding", "held_in_all", "holds", "passed_on", "after_call", "unattended", "callers_without_agent",
    "longest_wait", "holding_together",
}  # fmt: skip
"""Those that are named only where something else would be read."""


@settings(max_examples=40, deadline=None)
@given(history=histories)
def test_nobody_is_missed_on_a_bad_day(history: list[Fact]) -> None:
    """Nor when events come late, twice, or not at all."""
    stage = Watched(BEGIN)
    for fact in history:
        stage.at(max(stage.clock.at, fact.at))
        stage.tell(fact)
    assert [one for one in stage.missed if one[0] in ON_CHANGES] == []
