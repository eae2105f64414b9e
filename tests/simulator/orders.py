"""What happened in which order, told in roles: so that a tape and a simulation can be laid side by side.

Channels get a role by their first appearance (``a``, ``b``, ``c``…); ``;1`` and ``;2`` of a Local channel share a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
}
"""Which header tells one event of this name from another."""

NOISE = re.compile(
    r"TestEvent|RTCP\w+|SuccessfulAuth|Challenge\w+|InvalidAccountID|RequestBadFormat|SessionLimit|DTMF\w+|"
    r"VarSet .*(RTP|BRIDGEPVTCALLID|BRIDGEPEER|PATIENCE|_SIP|GOSUB|ARGC).*"
)
"""What the test build, the network or the bridge's own thread says at any moment."""


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
        letter = self._letters.setdefault(stem, chr(ord("a") + len(self._letters)))
        return letter + end


def story(text: str) -> list[Said]:
    """A tape, from its first new channel on, without answers, lists and noise."""
    roles, told = Roles(), []
    begun = False
    for headers in messages(text):
        name = headers.get("Event", "")
        begun = begun or name == "Newchannel"
        if not begun or not name or ("ActionID" in headers and name != "OriginateResponse"):
            continue
        said = Said(name, headers.get(DETAIL.get(name, ""), ""), *_roles(headers, roles))
        if not NOISE.fullmatch(str(said)):
            told.append(said)
    return told


def _roles(headers: dict[str, str], roles: Roles) -> tuple[str, str]:
    first = headers.get("Channel", "") or headers.get("TransfererChannel", "") or headers.get("OrigTransfererChannel", "")
    return roles.of(first), roles.of(headers.get("DestChannel", ""))


def of_role(told: list[Said], role: str) -> list[str]:
    """What was said about one channel, in order."""
    return [str(said) for said in told if said.role == role]
