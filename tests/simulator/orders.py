"""What happened in which order, told in roles: so that a tape and a simulation can be laid side by side.

Channels get a letter by their first appearance; both ends of a Local channel share one. Events of one channel come
from one thread of Asterisk, so their order is firm; between channels it is not. Two events float even there:
AgentComplete is raised by whoever notices first, and the device states follow when they can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.simulator.stages import Stage

DETAIL = {
    "VarSet": "Variable",
    "Newstate": "ChannelStateDesc",
    "Newexten": "Application",
    "DialEnd": "DialStatus",
    "DialState": "DialStatus",
    "AgentComplete": "Reason",
    "DeviceStateChange": "State",
    "PeerStatus": "PeerStatus",
    "ContactStatus": "ContactStatus",
    "QueueMemberPause": "Paused",
    "Registry": "Status",
}
"""Which header tells one event of this name from another."""

NOISE = re.compile(
    r"TestEvent.*|RTCP\w+.*|SuccessfulAuth|Challenge\w+|InvalidAccountID|RequestBadFormat|SessionLimit|DTMF\w+.*|"
    r"VarSet .*(RTP|BRIDGEPVTCALLID|BRIDGEPEER|PATIENCE|GOSUB|ARGC).*"
)
"""What the test build, the network or the bridge's own thread says at any moment."""

FLOATING = ("AgentComplete", "DeviceStateChange", "QueueMemberStatus", "QueueMemberPause", "LocalOptimizationBegin")

ASIDE = {"Wait", "Playback", "NoOp"}
"""What a dialplan does besides queueing and dialling is its owner's taste."""


@dataclass(frozen=True)
class Said:
    """One event: its name, what tells it from its like, whose channel it is about, and the other channel."""

    name: str
    detail: str
    role: str
    other: str

    def __str__(self) -> str:
        words = (self.name, self.detail, self.role, f"-> {self.other}" if self.other else "")
        return " ".join(word for word in words if word)


def messages(text: str) -> Iterable[dict[str, str]]:
    """The messages of a tape as headers; the first of a repeated header counts."""
    for block in text.replace("\r", "").split("\n\n"):
        headers: dict[str, str] = {}
        for line in block.split("\n"):
            name, colon, value = line.partition(":")
            if colon:
                headers.setdefault(name, value.strip())
        if headers:
            yield headers


class Roles:
    """Letters for channels, in order of appearance."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def of(self, channel: str) -> str:
        stem, _, end = channel.partition(";")
        if not stem or stem == "none":
            return ""
        return self._letters.setdefault(stem, chr(ord("a") + len(self._letters))) + end


def story(text: str) -> list[Said]:
    """A tape, from its first new channel on, without answers, lists and noise."""
    roles, told = Roles(), []
    begun = False
    for headers in messages(text):
        name = headers.get("Event", "")
        begun = begun or name == "Newchannel"
        if not begun or not name or ("ActionID" in headers and name != "OriginateResponse"):
            continue
        said = Said(name, _detail(name, headers), *_roles(headers, roles))
        if not NOISE.fullmatch(str(said)):
            told.append(said)
    return told


def _detail(name: str, headers: dict[str, str]) -> str:
    detail = headers.get(DETAIL.get(name, ""), "")
    return "aside" if name == "Newexten" and detail in ASIDE else detail


def _roles(headers: dict[str, str], roles: Roles) -> tuple[str, str]:
    first = headers.get("Channel") or headers.get("TransfererChannel") or headers.get("OrigTransfererChannel") or ""
    return roles.of(first), roles.of(headers.get("DestChannel", ""))


def of_role(told: list[Said], role: str) -> list[str]:
    """What was said about one channel, in order, without what floats."""
    return [str(said) for said in told if said.role == role and said.name not in FLOATING]


def by_role(told: list[Said]) -> dict[str, list[str]]:
    """The same for every channel."""
    return {role: of_role(told, role) for role in sorted({said.role for said in told if said.role})}


MILESTONES = set(
    "QueueCallerJoin QueueCallerLeave QueueCallerAbandon AgentCalled AgentConnect AgentRingNoAnswer BridgeEnter "
    "BlindTransfer AttendedTransfer Hold Unhold DialBegin DialEnd MusicOnHoldStart MusicOnHoldStop".split()
)


def milestones(told: list[Said]) -> list[str]:
    """The events on which a monitor builds, over all channels, in order."""
    return [str(said) for said in told if said.name in MILESTONES]


TAPES = Path(__file__).parent.parent / "tapes"
SEEDS = range(1, 200)

RACING = ("NewConnectedLine", "NewCallerid", "LocalOptimizationEnd", "BlindTransfer")
"""What several threads of Asterisk say about one channel: left out where a comparison is loose."""

SCRIPTED = ("Hold", "BlindTransfer", "AttendedTransfer")

Play = Callable[[Stage], None]


def tape(name: str) -> list[Said]:
    """A recorded situation: ``22/…`` with SIP phones of the test's own exchange, ``captures/…`` of another."""
    return story((TAPES / f"{name}.ami").read_text(errors="replace"))


def played_like(name: str, play: Play, *, loose: bool = False) -> list[Said]:
    """The situation simulated: by the first seed whose dice tell the tape's story, else by the last one tried."""
    told: list[Said] = []
    for seed in SEEDS:
        stage = Stage(seed)
        play(stage)
        told = story(stage.tape)
        if comparable(told, loose=loose) == comparable(tape(name), loose=loose):
            break
        if seed > 30 and _script(told) == _script(tape(name)):
            break
    return told


def _script(told: list[Said]) -> list[str]:
    return [said.name for said in told if said.name in SCRIPTED]


def comparable(told: list[Said], *, loose: bool) -> dict[str, list[str]]:
    """What every channel told."""
    return by_role([said for said in told if said.name not in RACING] if loose else told)


def assert_same_story(name: str, play: Play, *, loose: bool = False) -> None:
    """Per channel the same events in the same order with the same partner; over all channels the same milestones."""
    told = played_like(name, play, loose=loose)
    assert comparable(told, loose=loose) == comparable(tape(name), loose=loose)
    if not loose:
        assert milestones(told) == milestones(tape(name))
