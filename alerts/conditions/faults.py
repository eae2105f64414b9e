"""Conditions about faults that the exchange itself reports (R-EMG-27): voice quality, alarms of lines, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alerts.conditions.contract import About, Condition, Lasting, Level, Occurrence, Params, Reading, World
from alerts.conditions.subjects import SITE, changed, said, the_pbx, the_trunk
from alerts.conditions.window import seldom
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.facts import AlarmCleared, AlarmRaised, LimitReached, VoiceReported
from floor.state.model import Key, Pbx

VOICE_S = 300.0
LOOK_EVERY_S = 5.0
CALLS = 10_000
ALARMS = 1_000
"""Calls and alarms kept in mind."""

Voice = dict[str, tuple[float, float, float]]
"""Channel -> (at, loss 0 to 1, jitter in units of the codec's clock) of its latest report."""


def voice_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The exchange of which a call's quality was reported."""
    fact = outcome.fact
    if not isinstance(fact, VoiceReported):
        return
    subject = the_pbx(fact.pbx)
    calls: Voice = world.memory("bad_voice", subject).setdefault("calls", {})
    calls.pop(fact.uniqueid, None)  # the latest report stands last
    calls[fact.uniqueid] = (world.ours(fact.pbx, fact.at), fact.loss or 0.0, float(fact.jitter or 0))
    if len(calls) > CALLS:
        del calls[next(iter(calls))]
    yield subject


def bad_voice(subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Share of the calls reported on within five minutes whose latest report is bad."""
    notes = world.memory("bad_voice", subject)
    if not notes.get("calls"):
        return None
    return seldom(notes, now, LOOK_EVERY_S, lambda: _share(notes, params, now))


def _share(notes: dict[str, Any], params: Params, now: float) -> Level:
    calls: Voice = notes["calls"]
    while calls and calls[first := next(iter(calls))][0] <= now - VOICE_S:
        del calls[first]
    if not calls:
        return Level(0, sample=0)
    most_jitter = params["jitter_ms"] / 1000 * params["clock_hz"]
    bad = sum(1 for _, loss, jitter in calls.values() if loss > params["loss"] or jitter > most_jitter)
    proof = said(now, "VoiceReported", bad=bad, calls=len(calls))
    return Level(bad / len(calls), sample=len(calls), about=About(evidence=(proof,)), review_at=now + LOOK_EVERY_S)


def alarm_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """Lines whose alarm began or ended; all of an exchange that started anew and will say it again."""
    fact, alarms = outcome.fact, _alarms(world)
    if isinstance(fact, AlarmRaised):
        if (fact.pbx, fact.name) not in alarms and len(alarms) < ALARMS:
            alarms[fact.pbx, fact.name] = (fact.at, fact.word)
        yield the_trunk(fact.pbx, fact.name)
    elif isinstance(fact, AlarmCleared):
        alarms.pop((fact.pbx, fact.name), None)
        yield the_trunk(fact.pbx, fact.name)
    for before, after in changed(outcome, Pbx):
        if before is not None and after is not None and before.booted_at not in (None, after.booted_at):
            for key in [key for key in alarms if key[0] == after.pbx]:
                del alarms[key]
                yield the_trunk(*key)


def _alarms(world: World) -> dict[Key, tuple[float, str]]:
    """(pbx, line) -> since when it is in alarm, and the exchange's word for it."""
    alarms: dict[Key, tuple[float, str]] = world.memory("line_alarm", SITE).setdefault("alarms", {})
    return alarms


def line_alarm(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """Since a digital or analogue line is in alarm."""
    found = _alarms(world).get((subject.pbx, subject.name))
    if found is None:
        return None
    raw, word = found
    since = world.ours(subject.pbx, raw)
    return Lasting(since, About(evidence=(said(since, "AlarmRaised", line=subject.name, word=word),)), raw=raw)


def limit_reached(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """The exchange refused something because it is at its limits."""
    fact = outcome.fact
    if isinstance(fact, LimitReached) and fact.limit in params["limits"]:
        at = world.ours(fact.pbx, fact.at)
        yield Occurrence(the_pbx(fact.pbx), at, about=About(evidence=(said(at, "LimitReached", limit=fact.limit),)))


CONDITIONS = (
    Condition(
        name="bad_voice",
        subject=SubjectKind.PBX,
        params={
            "loss": ((int, float), 0.05),
            "jitter_ms": ((int, float), 50),
            "clock_hz": (int, 8000),
        },
        help="Share of the calls reported on within five minutes with more packet loss or jitter than that; clock_hz: "
        "of the codec in use (R-EMG-27). Needs RTCP events (docs/connect.md).",
        touched=voice_touched,
        read=bad_voice,
        unit="ratio",
        hears=frozenset({VoiceReported}),
    ),
    Condition(
        name="line_alarm",
        subject=SubjectKind.TRUNK,
        params={},
        help="Seconds for which a digital span or analogue line is in alarm (R-EMG-27).",
        touched=alarm_touched,
        read=line_alarm,
        hears=frozenset({AlarmRaised, AlarmCleared, Pbx}),
    ),
    Condition(
        name="limit_reached",
        subject=SubjectKind.PBX,
        params={"limits": (list, ["load", "memory", "sessions"])},
        help="The exchange says that it has reached its limit of load, memory or sessions (R-EMG-27).",
        occurred=limit_reached,
        unit="times",
        hears=frozenset({LimitReached}),
    ),
)
