"""Whom one would listen to, at every moment of what real exchanges said: there is always exactly one right channel."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from floor.listening.conversation import Conversation, conversation, goes_on
from floor.listening.elsewhere import Elsewhere
from floor.listening.ink import Ink
from floor.listening.table import Table
from floor.ports import Outcome
from floor.state.happenings import ListeningBegan, ListeningEnded
from floor.state.model import Agent, AgentState, Key
from floor.tasks import Tasks
from tests.listening.stage import AuditDouble
from tests.support.replay import PBX, Stage, play, sessions

TAPES = Path(__file__).parent.parent / "tapes"
NAMES = sorted(
    f"{version}/{tape.stem}"
    for version in ("16", "22")
    for tape in (TAPES / version).glob("*.ami")
    if "." not in tape.stem and any(word in tape.stem for word in ("answered", "hold", "transfer", "direct", "local"))
)
NOBODY_TALKS = frozenset({"redirected-while-waiting", "redirected-while-ringing", "outbound-unanswered"})
CONVERSES = (AgentState.TALKING, AgentState.HOLDING)


class Ear:
    """Listens to every agent from each first word to the call's end, as the room would; notes what is wrong."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.heard: dict[Key, Conversation] = {}
        self.calls: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        stage.store.subscribe(self.hear)

    def hear(self, outcome: Outcome) -> None:
        for change in outcome.changes:
            if isinstance(change.after, Agent):
                self.look(change.after)

    def look(self, agent: Agent) -> None:
        floor = self.stage.store.snapshot()
        on = self.heard.get(agent.key)
        if on is not None and not goes_on(on, agent, floor):
            del self.heard[agent.key]
        talk = conversation(agent, floor)
        if agent.state in CONVERSES and talk is None:
            self.wrong.append(f"{agent.name} is {agent.state}, and nothing is to be heard")
        channel = floor.channels.get((PBX, talk.channel)) if talk is not None else None
        if channel is not None and channel.agent != agent.name:
            self.wrong.append(f"{agent.name} would be heard on {channel.name}, which is {channel.agent}'s")
        if talk is not None and agent.key not in self.heard:
            self.heard[agent.key] = talk
            self.calls.append((agent.name, talk.channel))


@pytest.mark.parametrize("name", NAMES)
def test_every_moment_of_a_tape(name: str) -> None:
    """Who talks can be listened to on a channel of his own; and with the tape's last call everything is over."""
    version, tape = name.split("/")
    stage = Stage()
    ear = Ear(stage)
    play(sessions(TAPES / version, tape), stage)
    assert ear.wrong == []
    assert bool(ear.calls) is (tape not in NOBODY_TALKS)
    floor = stage.store.snapshot()
    assert [key for key, talk in ear.heard.items() if goes_on(talk, floor.agents.get(key), floor)] == []


async def test_supervisors_phone_on_a_real_exchange() -> None:
    """He listened, whispered and barged by three calls of his phone: three acts on record, each with both ends, all of
    one call of one agent; the channel that listens is nobody's call."""
    stage, audit, tokens = Stage(), AuditDouble(), count()
    ink = Ink(audit, Tasks())
    elsewhere = Elsewhere(Table(), lambda *_: None, stage.clock, ink.put, lambda: str(next(tokens)))

    def hear(outcome: Outcome) -> None:
        for happening in outcome.happenings:
            if isinstance(happening, ListeningBegan):
                elsewhere.began(happening)
            elif isinstance(happening, ListeningEnded):
                elsewhere.ended(happening)

    stage.store.subscribe(hear, happenings=True)
    ear = Ear(stage)
    play(sessions(TAPES / "captures", "spy_modes"), stage)
    await ink.settle()
    assert [str(one.stage) for one in audit.entries] == ["began", "ended"] * 3
    assert {(one.by.name, one.agent) for one in audit.entries} == {("PJSIP/1900", "Ann")}
    assert len({one.thread for one in audit.entries}) == 3
    assert len({one.call for one in audit.entries}) == 1
    assert ear.wrong == []
