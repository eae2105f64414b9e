"""Requests of agents as alerts: raised while nobody answers, cleared when somebody does; reasons excuse breaches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from alerts import asked as module
from alerts.asked import AskedAlarms
from alerts.model import Alert, Breach, Severity, Subject, SubjectKind
from floor.history.errors import DatabaseUnusableError
from floor.requests.life import given
from floor.requests.model import About, Asker, EndReason, Help, Someone, Stage, Way
from tests.web.alarm_doubles import alert

BY = Asker("pbx1", "Ann", 1, "Ann Li", group="early")
ANN = Subject(SubjectKind.AGENT, "pbx1", "Ann")
HELP = Help("h", BY, About.QUESTION, Way.PAGE, 1000.0)
ESCALATED = replace(HELP, escalated_at=1060.0)
ABUSIVE = replace(HELP, about=About.ABUSIVE, escalated_at=1000.0)
OWED = EndReason("r", BY, "support", "1.1", 2000.0)


@dataclass
class EngineDouble:
    """Holds what was raised; knows breaches."""

    live: dict[str, Alert] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    kept: list[Breach] = field(default_factory=list)
    away: int = 0
    proofs: list[Mapping[str, Any]] = field(default_factory=list)

    def raise_alert(
        self, rule: str, subject: Subject, severity: Severity, evidence: Mapping[str, Any], *, drill: str | None = None
    ) -> None:
        self.told.append(("raised", rule, severity.value))
        self.proofs.append(evidence)
        self.live[rule] = replace(alert(rule), rule=rule, subject=subject, drill=drill)

    def clear_alert(self, rule: str, subject: Subject, *, drill: str | None = None) -> None:
        self.told.append(("cleared", rule, subject.name))
        self.live.pop(rule, None)

    async def breaches(
        self, since: float, until: float | None = None, *, agent: tuple[str, str] | None = None, rule: str | None = None
    ) -> Sequence[Breach]:
        del until
        if self.away:
            self.away -= 1
            raise DatabaseUnusableError("away")
        mine = [one for one in self.kept if one.began_at >= since and one.rule == rule]
        return [one for one in mine if (one.subject.pbx, one.subject.name) == agent]

    async def excuse(self, breach: str, by: str, at: float, reason: str) -> Breach | None:
        (found,) = [one for one in self.kept if one.id == breach]
        self.kept[self.kept.index(found)] = replace(found, excused_by=by, excused_at=at, excuse=reason)
        return found


def alarms(engine: EngineDouble) -> AskedAlarms:
    rules = {"nuisance": ["R-HUP-1", "R-HUP-7"], "noise": ["R-HUP-1"]}
    return AskedAlarms(engine, engine, lambda reason: rules.get(reason, []))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([HELP], []),
        ([HELP, ESCALATED], [("raised", "R-HLD-13", "warn")]),
        ([ABUSIVE], [("raised", "R-HUP-10", "crit")]),
        (
            [ESCALATED, replace(ESCALATED, stage=Stage.ANSWERED)],
            [("raised", "R-HLD-13", "warn"), ("cleared", "R-HLD-13", "Ann")],
        ),
        (
            [ESCALATED, replace(ESCALATED, about=About.ABUSIVE)],
            [("raised", "R-HLD-13", "warn"), ("cleared", "R-HLD-13", "Ann"), ("raised", "R-HUP-10", "crit")],
        ),
        (
            [ABUSIVE, replace(ABUSIVE, stage=Stage.LAPSED)],
            [("raised", "R-HUP-10", "crit"), ("cleared", "R-HUP-10", "Ann")],
        ),
        ([replace(HELP, stage=Stage.CLOSED, ended_by=Someone(4, "x"))], []),
    ],
)
def test_help_as_an_alert(steps: list[Help], told: list[tuple[str, str, str]]) -> None:
    """Nobody is alarmed before its time, the abusive caller alarms at once, an answer ends it."""
    engine = EngineDouble()
    for step in steps:
        alarms(engine).hear(step)
    assert engine.told == told


def test_what_is_written_is_not_told() -> None:
    """The agent's words may name a customer: they stay on the desk (R-SEC-7)."""
    engine = EngineDouble()
    alarms(engine).hear(replace(ABUSIVE, text="Mr. Zhang 13800000000"))
    assert "Zhang" not in str(engine.proofs)


def breach(id_: str, rule: str, call: str = "1.1", **more: Any) -> Breach:
    return Breach(id_, rule, ANN, Severity.WARN, 1999.0, 1999.0, 1.0, 1.0, call=call, agent="Ann", **more)


@pytest.mark.parametrize(("reason", "excused"), [("noise", {"a"}), ("nuisance", {"a", "b"}), ("emergency", set())])
async def test_a_reason_excuses_what_it_explains(reason: str, excused: set[str]) -> None:
    """Breaches of this conversation, of the rules that take this reason; nothing else of his."""
    engine = EngineDouble()
    engine.kept = [
        breach("a", "R-HUP-1"),
        breach("b", "R-HUP-7"),
        breach("c", "R-HUP-1", call="2.2"),
        breach("d", "R-HUP-2"),
        replace(breach("e", "R-HUP-1"), subject=Subject(SubjectKind.AGENT, "pbx1", "Bob")),
    ]
    assert await alarms(engine).excuse(given(OWED, reason, Way.PAGE, 2020.0)) == len(excused)
    assert {one.id for one in engine.kept if one.excuse == reason} == excused


@pytest.mark.parametrize(("others", "cleared"), [(0, True), (1, False)])
async def test_the_alert_ends_with_its_last_breach(others: int, cleared: bool) -> None:
    """Another one that nobody has explained keeps it standing."""
    engine = EngineDouble()
    engine.kept = [breach("a", "R-HUP-1")] + [breach("b", "R-HUP-1", call="2.2")] * others
    engine.raise_alert("R-HUP-1", ANN, Severity.WARN, {})
    await alarms(engine).excuse(given(OWED, "noise", Way.PAGE, 2020.0))
    assert ("R-HUP-1" not in engine.live) is cleared


async def test_a_record_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason said before the end excuses nothing, for nothing was broken; one given later does, in the end."""
    monkeypatch.setattr(module, "TRY_AGAIN_S", 0.0)
    engine = EngineDouble(away=1)
    engine.kept = [breach("a", "R-HUP-1")]
    done = asyncio.Event()
    inner = engine.excuse

    async def excuse(*said: Any) -> Breach | None:
        done.set()
        return await inner(*said)

    engine.excuse = excuse  # type: ignore[method-assign]
    asked = alarms(engine)
    asked.hear(given(OWED, "noise", Way.PHONE, OWED.asked_at))
    asked.hear(given(OWED, "noise", Way.PAGE, 2020.0))
    work = asyncio.create_task(asked.run())
    async with asyncio.timeout(5):
        await done.wait()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert engine.kept[0].excuse == "noise"
