"""Conditions about the lines to the outside: a trunk that is lost (R-EMG-22), calls that fail (R-EMG-25), callers
turned away before any queue (R-ANS-9), clusters of silent calls (R-HUP-11)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from alerts.conditions.contract import About, Condition, Lasting, Level, Occurrence, Params, Reading, World
from alerts.conditions.subjects import SITE, changed, said, the_trunk
from alerts.conditions.window import Window
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.facts import TalkingBegan, TalkingEnded
from floor.state.happenings import LineReleased
from floor.state.indexes import device_of_channel
from floor.state.model import Caller, CallerStage, Key, Reach, Trunk

FAILED = frozenset({34, 38, 41, 42, 44, 102})
"""Q.850: no circuit, network out of order, temporary failure, congestion, no such circuit, timer expired."""
WINDOW_S = 300.0
LINES = 1_000
CALLS = 20_000
"""Lines and calls kept in mind."""


def trunk_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """The trunk that came, went or changed."""
    for before, after in changed(outcome, Trunk):
        one = after or before
        if one is not None:
            yield the_trunk(one.pbx, one.name)


def trunk_lost(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """Since its registration was refused or lost, or its endpoint does not answer."""
    trunk = world.floor.trunks.get((subject.pbx, subject.name))
    if trunk is None or trunk.reach is not Reach.UNREACHABLE:
        return None
    since = world.ours(trunk.pbx, trunk.since)
    return Lasting(since, About(evidence=(said(since, "TrunkSeen", status=trunk.status),)), raw=trunk.since)


# Failing calls (R-EMG-25, R-ANS-9)


def lines_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The line on which a call ended."""
    for one in outcome.happenings:
        if isinstance(one, LineReleased):
            window = _calls(world, one.pbx, one.device)
            window.add(world.ours(one.pbx, one.at), not one.up and one.cause in FAILED)
            yield the_trunk(one.pbx, one.device)


def _calls(world: World, pbx: str, device: str) -> Window:
    """The window of one line; of too many lines (strangers that knock) the one unused for longest is forgotten."""
    lines: OrderedDict[Key, Window] = world.memory("calls_failed", SITE).setdefault("lines", OrderedDict())
    window = lines.pop((pbx, device), None) or Window(WINDOW_S)
    lines[pbx, device] = window
    if len(lines) > LINES:
        lines.popitem(last=False)
    return window


def calls_failed(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Share of the calls on a line that ended within five minutes and failed for want of a way."""
    lines: OrderedDict[Key, Window] = world.memory("calls_failed", SITE).get("lines", OrderedDict())
    window = lines.get((subject.pbx, subject.name))
    failed, calls = window.settle(now) if window is not None else (0, 0)
    if window is None or not calls:
        return None
    proof = said(now, "ChannelClosed", failed=failed, calls=calls)
    return Level(failed / calls, sample=calls, about=About(evidence=(proof,)), review_at=window.next_change)


def line_refused(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """A call from outside that was turned away before it reached any queue."""
    for one in outcome.happenings:
        if (
            isinstance(one, LineReleased)
            and not (one.up or one.outgoing or one.queue)
            and one.cause in params["causes"]
        ):
            at = world.ours(one.pbx, one.at)
            about = About(call=one.uniqueid, evidence=(said(at, "ChannelClosed", cause=one.cause),))
            yield Occurrence(the_trunk(one.pbx, one.device), at, about=about)


# Silent calls (R-HUP-11)


def silent_call(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """An answered caller of whom nothing was heard until the end, where talk detection is on for callers."""
    notes = world.memory("silent_call", SITE)
    silent: OrderedDict[Key, str] = notes.setdefault("silent", OrderedDict())
    fact = outcome.fact
    if isinstance(fact, TalkingBegan | TalkingEnded):
        if silent.pop((fact.pbx, fact.uniqueid), None) is not None:
            notes[fact.pbx] = True  # so callers are listened to there
        return
    for before, after in changed(outcome, Caller):
        one = after or before
        if one is None:
            continue
        key = (one.pbx, one.uniqueid)
        if after is not None and after.ending is not None:
            line = silent.pop(key, None)
            if line is not None and notes.get(one.pbx) and (after.talk_s or 0) >= params["least_talk_s"]:
                yield _silent(world, after, line, outcome)
        elif (
            after is not None and after.stage is CallerStage.TALKING and (not before or before.stage is not after.stage)
        ):
            _listen(world, notes, silent, key)


def _listen(world: World, notes: dict[str, Any], silent: OrderedDict[Key, str], key: Key) -> None:
    """From the answer on; who was heard while he waited may well talk on without a new beginning."""
    channel = world.floor.channels.get(key)
    if channel is not None and channel.spoke_at is not None:
        notes[channel.pbx] = True
    elif channel is not None:
        silent[key] = device_of_channel(channel.name)
        if len(silent) > CALLS:
            silent.popitem(last=False)


def _silent(world: World, visit: Caller, line: str, outcome: Outcome) -> Occurrence:
    at = world.ours(visit.pbx, outcome.fact.at)
    proof = said(at, "CallCompleted", talk_s=visit.talk_s, heard=False)
    about = About(queue=visit.queue, call=visit.uniqueid, agent=visit.agent, evidence=(proof,))
    return Occurrence(the_trunk(visit.pbx, line), at, visit.talk_s, about)


CONDITIONS = (
    Condition(
        name="trunk_lost",
        subject=SubjectKind.TRUNK,
        params={},
        help="Seconds for which a trunk is not registered or its endpoint not reachable (R-EMG-22).",
        touched=trunk_touched,
        read=trunk_lost,
        hears=frozenset({Trunk}),
    ),
    Condition(
        name="calls_failed",
        subject=SubjectKind.TRUNK,
        params={},
        help="Share of the calls ended on a line within five minutes that failed with cause 34, 38, 41, 42, 44 or 102 "
        "(R-EMG-25).",
        touched=lines_touched,
        read=calls_failed,
        unit="ratio",
        hears=frozenset({LineReleased}),
    ),
    Condition(
        name="line_refused",
        subject=SubjectKind.TRUNK,
        params={"causes": (list, [17, 34, 42])},
        help="A call from outside was turned away before it reached any queue; causes: Q.850 (R-ANS-9).",
        occurred=line_refused,
        unit="times",
        hears=frozenset({LineReleased}),
    ),
    Condition(
        name="silent_call",
        subject=SubjectKind.TRUNK,
        params={"least_talk_s": ((int, float), 5)},
        help="Nothing was heard of an answered caller until the end, in a call of least_talk_s seconds or more; only "
        "where the dialplan listens to callers with TALK_DETECT (R-HUP-11).",
        occurred=silent_call,
        unit="times",
        hears=frozenset({TalkingBegan, TalkingEnded, Caller}),
    ),
)
