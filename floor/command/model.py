"""Commands, imperative; each is about one exchange. Effects are never assumed, they come back as facts."""

from __future__ import annotations

from dataclasses import dataclass

from floor.people.rights import Right


@dataclass(frozen=True, slots=True)
class Command:
    pbx: str


@dataclass(frozen=True, slots=True)
class Pause(Command):
    """``queue`` empty: in all his queues; ``reason`` one of the floor's pause reasons."""

    agent: str
    reason: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Unpause(Command):
    agent: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class LogOn(Command):
    """Make him a (dynamic) member."""

    agent: str
    queue: str
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class LogOff(Command):
    """``queue`` empty: out of all of them; static members cannot be taken out."""

    agent: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class SetPenalty(Command):
    agent: str
    queue: str
    penalty: int


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    """The agent's conversation: his leg, and with it the call."""

    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class Transfer(Command):
    """The agent's caller goes to ``to``: an agent's member name (``agent:NAME``), a queue's number or a number of the
    dialplan (``number:1234``); blind."""

    agent: str
    call: str
    to: str


@dataclass(frozen=True, slots=True)
class TakeOver(Command):
    """The supervisor's own phone takes the agent's place."""

    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class PickCaller(Command):
    """The longest waiting caller of the queue (``caller``: this one, by uniqueid) goes to the agent; ``agent`` empty:
    to the supervisor's own phone."""

    queue: str
    agent: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class CallAgent(Command):
    """Rings the supervisor's own phone, then the agent's."""

    agent: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of command; ``act`` is its name in the audit and in the address of its route."""

    act: str
    right: Right
    dangerous: bool = False
    """Wants to be confirmed."""


KINDS: dict[type[Command], Kind] = {
    Pause: Kind("pause", Right.COMMAND_AGENTS),
    Unpause: Kind("unpause", Right.COMMAND_AGENTS),
    LogOn: Kind("log_on", Right.COMMAND_AGENTS),
    LogOff: Kind("log_off", Right.COMMAND_AGENTS, dangerous=True),
    SetPenalty: Kind("penalty", Right.COMMAND_AGENTS),
    CallAgent: Kind("call_agent", Right.COMMAND_AGENTS),
    HangUp: Kind("hang_up", Right.COMMAND_CALLS, dangerous=True),
    Transfer: Kind("transfer", Right.COMMAND_CALLS, dangerous=True),
    TakeOver: Kind("take_over", Right.COMMAND_CALLS, dangerous=True),
    PickCaller: Kind("pick", Right.COMMAND_CALLS, dangerous=True),
}
"""The one table of them; whatever else differs by kind follows it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command: the exchange's word on it, and the thread of its audit entries."""

    ok: bool
    said: str
    thread: str
    lost: bool = False
    """No answer came: perhaps it was done nevertheless."""
    placed: bool = False
    """A phone is to ring: what becomes of it is told later, under the thread."""
