"""Asterisk's queue_log, entry by entry, as typed records. Hostile until parsed: nothing here trusts a field.

Where a number stands differs per event, and by version some are missing; the comments at ``_PARSERS`` show the layouts.
In a database the fields beyond the fifth share the fifth column, so fields are always joined and split again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from floor.state.model import CompletedBy, Ending, OfferResult

FIRST_MOMENT = 915148800.0
"""1999: Asterisk is not older, so neither is any entry."""
LAST_MOMENT = 32503680000.0
MAX_SECONDS = 10 * 86400
MAX_FIELD = 200


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One entry: when (exchange clock, mostly whole seconds), queue, call (Uniqueid), agent (member name), event."""

    at: float
    queue: str
    call: str
    agent: str | None
    event: str


@dataclass(frozen=True, slots=True)
class Entered(LogRecord):
    """ENTERQUEUE: a caller joined."""

    number: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Connected(LogRecord):
    """CONNECT: an agent answered, after ``wait_s`` in the queue and ``ring_s`` of ringing."""

    wait_s: int | None = None
    ring_s: int | None = None


@dataclass(frozen=True, slots=True)
class Completed(LogRecord):
    """COMPLETEAGENT, COMPLETECALLER, BLINDTRANSFER, ATTENDEDTRANSFER, TRANSFER: the conversation is over."""

    by: CompletedBy | None = None
    transfer: str | None = None
    wait_s: int | None = None
    talk_s: int | None = None


@dataclass(frozen=True, slots=True)
class Left(LogRecord):
    """ABANDON, EXITWITHTIMEOUT, EXITWITHKEY, EXITEMPTY, WITHDRAW, SYSCOMPAT: gone without an answer."""

    ending: Ending = Ending.UNKNOWN
    wait_s: int | None = None


@dataclass(frozen=True, slots=True)
class RangOut(LogRecord):
    """RINGNOANSWER, RINGCANCELED: an agent's phone rang for ``ring_ms`` in vain."""

    result: OfferResult = OfferResult.NO_ANSWER
    ring_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Restarted(LogRecord):
    """QUEUESTART: Asterisk started; no call from before still lives."""


@dataclass(frozen=True, slots=True)
class Aside(LogRecord):
    """Says nothing about a call: pauses, members, reloads."""


@dataclass(frozen=True, slots=True)
class Unclassified(LogRecord):
    """An entry that cannot be understood; ``why`` says so to a person."""

    why: str = ""


Fields = tuple[str, ...]
Base = tuple[float, str, str, str | None, str]
_ASIDE = frozenset(
    "PAUSE UNPAUSE PAUSEALL UNPAUSEALL ADDMEMBER REMOVEMEMBER PENALTY RINGINUSE CONFIGRELOAD AGENTLOGIN AGENTLOGOFF "
    "AGENTCALLBACKLOGIN AGENTCALLBACKLOGOFF AGENTDUMP DID INFO".split()
)


def parse_line(line: str) -> LogRecord | None:
    """A line of the text file: ``epoch|call|queue|agent|event|fields…``; ``None`` for an empty one."""
    line = line.strip("\r\n\0 ")
    if not line:
        return None
    parts = line.split("|")
    at = _moment(parts[0])
    if at is None or len(parts) < 5:
        return Unclassified(at or 0.0, "", "", None, "", why=f"not an entry: {_shown(line)}")
    return parse_entry(at, call=parts[1], queue=parts[2], agent=parts[3], event=parts[4], data=tuple(parts[5:]))


def parse_entry(at: float, *, call: str, queue: str, agent: str, event: str, data: Fields) -> LogRecord:
    """One entry from its parts; never raises."""
    known = agent.strip() not in ("", "NONE")
    base = (at, queue.strip(), call.strip(), agent.strip() if known else None, event.strip().upper())
    name = base[4]
    if name == "QUEUESTART":
        return Restarted(*base)
    if name in _ASIDE:
        return Aside(*base)
    parser = _PARSERS.get(name)
    if parser is None:
        return Unclassified(*base, why=f"unknown event {_shown(name)}")
    if not _named(base[1]) or not _named(base[2]):
        return Unclassified(*base, why=f"{name} without a queue or a call")
    if name in _NEED_AGENT and base[3] is None:
        return Unclassified(*base, why=f"{name} without an agent")
    return parser(base, tuple("|".join(data).split("|")))


def _entered(base: Base, data: Fields) -> LogRecord:
    # The number may itself hold a bar, the URL before it does not, and the position after it is always the last.
    number = "|".join(data[1:-1])[:MAX_FIELD]
    return Entered(*base, number=number or None, position=_whole(data, -1))


def _connected(base: Base, data: Fields) -> LogRecord:
    return Connected(*base, wait_s=_whole(data, 0), ring_s=_whole(data, 2))


def _completed(by: CompletedBy) -> Callable[[Base, Fields], LogRecord]:
    def parse(base: Base, data: Fields) -> LogRecord:
        return Completed(*base, by=by, wait_s=_whole(data, 0), talk_s=_whole(data, 1))

    return parse


def _transferred(transfer: str) -> Callable[[Base, Fields], LogRecord]:
    def parse(base: Base, data: Fields) -> LogRecord:
        # What names the target takes two fields or three, so the numbers are counted from the end.
        wait, talk = _whole(data, -3), _whole(data, -2)
        return Completed(*base, by=CompletedBy.TRANSFER, transfer=transfer, wait_s=wait, talk_s=talk)

    return parse


def _left(ending: Ending, wait_at: int) -> Callable[[Base, Fields], LogRecord]:
    def parse(base: Base, data: Fields) -> LogRecord:
        return Left(*base, ending=ending, wait_s=_whole(data, wait_at))

    return parse


def _rang_out(result: OfferResult) -> Callable[[Base, Fields], LogRecord]:
    def parse(base: Base, data: Fields) -> LogRecord:
        return RangOut(*base, result=result, ring_ms=_whole(data, 0, limit=MAX_SECONDS * 1000))

    return parse


_PARSERS: dict[str, Callable[[Base, Fields], LogRecord]] = {
    "ENTERQUEUE": _entered,  # url | number | position
    "CONNECT": _connected,  # wait | agent's channel | ring
    "COMPLETEAGENT": _completed(CompletedBy.AGENT),  # wait | talk | first position
    "COMPLETECALLER": _completed(CompletedBy.CALLER),
    "BLINDTRANSFER": _transferred("blind"),  # extension | context | wait | talk | first position
    "TRANSFER": _transferred("blind"),  # its name up to Asterisk 11
    "ATTENDEDTRANSFER": _transferred("attended"),  # BRIDGE | id, or APP | name, or LINK | channel | channel, then so
    "ABANDON": _left(Ending.ABANDONED, 2),  # position | first position | wait
    "EXITWITHTIMEOUT": _left(Ending.TIMED_OUT, 2),
    "EXITEMPTY": _left(Ending.EXIT_EMPTY, 2),
    "WITHDRAW": _left(Ending.WITHDRAWN, 2),  # position | first position | wait | what the withdrawer said
    "EXITWITHKEY": _left(Ending.EXIT_KEY, 3),  # key | position | first position | wait
    "SYSCOMPAT": _left(Ending.UNKNOWN, 99),
    "RINGNOANSWER": _rang_out(OfferResult.NO_ANSWER),  # milliseconds
    "RINGCANCELED": _rang_out(OfferResult.CANCELLED),
}
_NEED_AGENT = frozenset(
    "CONNECT COMPLETEAGENT COMPLETECALLER BLINDTRANSFER TRANSFER ATTENDEDTRANSFER RINGNOANSWER RINGCANCELED".split()
)


def _named(text: str) -> bool:
    return 0 < len(text) <= MAX_FIELD and text != "NONE"


def _moment(text: str) -> float | None:
    if len(text) > 20 or not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    at = float(text)
    return at if FIRST_MOMENT <= at <= LAST_MOMENT else None


def _whole(data: Fields, index: int, limit: int = MAX_SECONDS) -> int | None:
    if not -len(data) <= index < len(data):
        return None
    text = data[index]
    if len(text) > 12 or not text.isascii() or not text.isdigit():
        return None
    return int(text) if int(text) <= limit else None


def _shown(text: str) -> str:
    return repr(text[:60])
