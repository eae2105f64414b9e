"""Which events an account's ``eventfilter`` lines let through, judged the way Asterisk does.

Two syntaxes: the old one is an extended regular expression over the whole event, with ``!`` before it to exclude; the
one of newer versions names event, header and method in parentheses. If anything is included, the rest is excluded;
exclusions come after. What counts is a sample of each event, so a filter on one channel's name is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

CLASSES: Mapping[str, tuple[str, ...]] = {
    "system": (
        *("FullyBooted", "Shutdown", "PeerStatus", "ContactStatus", "Registry"),
        *("SpanAlarm", "SpanAlarmClear", "Alarm", "AlarmClear"),
    ),
    "call": (
        *("ChannelTalkingStart", "ChannelTalkingStop"),
        *("Newchannel", "Newstate", "Rename", "Hangup", "HangupRequest", "SoftHangupRequest", "DialBegin"),
        *("ChanSpyStart", "ChanSpyStop"),
        *("Hold", "Unhold", "MusicOnHoldStop", "BridgeEnter", "BridgeLeave", "BlindTransfer", "AttendedTransfer"),
    ),
    "agent": (
        *("QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "QueueMemberAdded", "QueueMemberRemoved"),
        *("QueueMemberStatus", "QueueMemberPause", "QueueMemberPenalty", "QueueMemberRinginuse"),
        *("AgentCalled", "AgentConnect", "AgentRingNoAnswer", "AgentComplete"),
    ),
    "dialplan": ("VarSet", "Newexten"),
}
"""Read classes Floorwatch needs, with the events it uses of each."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "security": ("LoadAverageLimit", "MemoryLimit", "SessionLimit"),
    "user": ("UserEvent",),
    "reporting": ("RTCPReceived", "RTCPSent"),
}
"""Read classes that bring something more, which a floor may do without."""

CLASS_OF = {name: kind for kind, names in CLASSES.items() for name in names}
EXTRA_OF = {name: kind for kind, names in EXTRAS.items() for name in names}

_ADVANCED = re.compile(r"eventfilter\s*\((?P<criteria>.*)\)\s*$", re.IGNORECASE)
_CRITERION = re.compile(r"(action|name|header|method)\(([^()]*)\)", re.IGNORECASE)

Match = Callable[[str, str], bool]
"""(event name, whole text) -> whether the filter speaks of this event."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One ``eventfilter`` line."""

    excludes: bool
    match: Match


def read_rule(key: str, value: str) -> EventRule | None:
    """One line of a ``manager.conf`` section; ``None`` when it is no filter, or one that Asterisk would refuse too."""
    if advanced := _ADVANCED.match(key):
        return _advanced({k.lower(): v for k, v in _CRITERION.findall(advanced["criteria"])}, value)
    if key.lower() != "eventfilter":
        return None
    excludes = value.startswith("!")
    pattern = _compiled(value.removeprefix("!"))
    return EventRule(excludes, lambda _, text: pattern.search(text) is not None) if pattern is not None else None


def _compiled(text: str) -> re.Pattern[str] | None:
    # As in POSIX, a dot also stands for a line break, and ^ only for the beginning of the event.
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        return None


def _advanced(criteria: Mapping[str, str], value: str) -> EventRule | None:
    test = _METHODS.get(criteria.get("method", "regex" if value else "none").lower())
    if test is None or (test is _regex and _compiled(value) is None):
        return None
    name, header = criteria.get("name"), criteria.get("header")

    def match(event: str, text: str) -> bool:
        if name is not None and name != event:
            return False
        if header is None:
            return test(text, value)
        lines = (line.partition(": ") for line in text.split("\r\n"))
        return any(key == header and test(said, value) for key, _, said in lines)

    return EventRule(criteria.get("action", "include").lower() == "exclude", match)


def _regex(text: str, value: str) -> bool:
    return re.search(value, text, re.DOTALL) is not None


_METHODS: Mapping[str, Callable[[str, str], bool]] = {
    "regex": _regex,
    "exact": lambda text, value: text == value,
    "starts_with": lambda text, value: text.startswith(value),
    "ends_with": lambda text, value: text.endswith(value),
    "contains": lambda text, value: value in text,
    "none": lambda _text, _value: True,
}


def hidden(rules: Iterable[EventRule], names: Iterable[str]) -> list[str]:
    """Those of the events we use that the account would not be sent."""
    rules = list(rules)
    return [name for name in names if not _passes(rules, name)]


def hides_our_calls(rules: Iterable[EventRule]) -> bool:
    """Whether the account would not be sent what becomes of calls we place (:data:`asterisk.placed.HEARD`)."""
    rules = list(rules)
    key = sample("VarSet").replace("QUEUESTATUS", "FLOOR_KEY").replace("TIMEOUT", "1")
    return not (_passes(rules, "OriginateResponse") and _passes(rules, "VarSet", key))


def _passes(rules: list[EventRule], name: str, text: str | None = None) -> bool:
    text = text or sample(name)
    includes = [rule for rule in rules if not rule.excludes]
    if includes and not any(rule.match(name, text) for rule in includes):
        return False
    return not any(rule.match(name, text) for rule in rules if rule.excludes)


def sample(name: str) -> str:
    """An event as Asterisk would write it, with the headers filters usually look at."""
    kind = CLASS_OF.get(name) or EXTRA_OF.get(name, "call")
    lines = [f"Event: {name}", f"Privilege: {kind},all", "Timestamp: 1795315210.490175"]
    if kind not in ("system", "security"):
        lines += ["Channel: PJSIP/1001-00000001", "ChannelState: 6", "CallerIDNum: 1001", "Uniqueid: 1795315210.1"]
    if name == "VarSet":
        lines += ["Variable: QUEUESTATUS", "Value: TIMEOUT"]
    if name == "UserEvent":
        lines += ["UserEvent: FloorReport", "Kind: fire"]
    return "".join(f"{line}\r\n" for line in lines)
