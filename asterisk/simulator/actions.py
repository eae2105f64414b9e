"""Actions that are no lists: what each answers, and what it does to the exchange."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from asterisk.simulator import console, originated, wire
from asterisk.simulator.exchange import Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.parts import Agent, Member
from asterisk.simulator.wire import Category

NOTHING = Category(0)

Headers = dict[str, str]
Reply = tuple[str, wire.Pairs]
"""Kind of response and its headers after the ActionID."""


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The action is answered with an error of this text."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action: who may, and what it does. ``needs`` nothing: everybody who is logged in."""

    do: Callable[[Exchange, Headers], Reply]
    needs: Category = NOTHING


def _done(message: str) -> Reply:
    return "Success", {"Message": message}


def _core_settings(_exchange: Exchange, _asked: Headers) -> Reply:
    return "Success", {
        "AMIversion": "11.0.0",
        "AsteriskVersion": wire.VERSION,
        "SystemName": "",
        "CoreMaxCalls": 0,
        "CoreMaxLoadAvg": "0.000000",
        "CoreRunUser": "asterisk",
        "CoreRunGroup": "asterisk",
        "CoreMaxFilehandles": 0,
        "CoreRealTimeEnabled": "No",
        "CoreCDRenabled": "Yes",
        "CoreHTTPenabled": "No",
        "SoundsSearchCustomDir": "No",
    }


def _core_status(exchange: Exchange, _asked: Headers) -> Reply:
    booted = time.gmtime(exchange.world.booted_at)
    day, hour = time.strftime("%Y-%m-%d", booted), time.strftime("%H:%M:%S", booted)
    return "Success", {
        "CoreStartupDate": day,
        "CoreStartupTime": hour,
        "CoreReloadDate": day,
        "CoreReloadTime": hour,
        "CoreCurrentCalls": len(exchange.calls),
        "CoreProcessedCalls": exchange.world.processed,
    }


def _ping(exchange: Exchange, _asked: Headers) -> Reply:
    return "Success", {"Ping": "Pong", "Timestamp": f"{exchange.world.now:.6f}"}


def _seats_of(exchange: Exchange, interface: str, queue: str = "") -> list[Member]:
    return [
        seat
        for agent in exchange.world.agents.values()
        if agent.interface == interface
        for seat in agent.members.values()
        if queue in ("", seat.queue.name)
    ]


def _agent_at(exchange: Exchange, interface: str) -> Agent | None:
    return next((agent for agent in exchange.world.agents.values() if agent.interface == interface), None)


def _truth(word: str) -> bool:
    return word.lower() in ("true", "yes", "1", "on", "y", "t")


def _queue_pause(exchange: Exchange, asked: Headers) -> Reply:
    interface, paused = asked.get("interface", ""), asked.get("paused", "")
    if not interface or not paused:
        raise Refused("Need 'Interface' and 'Paused' parameters.")
    agent = _agent_at(exchange, interface)
    on = _truth(paused)
    if agent is None or not exchange.lines.pause(
        agent, wire.clean(asked.get("reason", "")), queue=asked.get("queue") or None, paused=on
    ):
        raise Refused("Interface not found")
    return _done("Interface paused successfully" if on else "Interface unpaused successfully")


def _queue_add(exchange: Exchange, asked: Headers) -> Reply:
    name, interface = asked.get("queue", ""), asked.get("interface", "")
    if not name:
        raise Refused("'Queue' not specified.")
    if not interface:
        raise Refused("'Interface' not specified.")
    queue = exchange.world.queues.get(name)
    if queue is None:
        raise Refused("Unable to add interface to queue: No such queue")
    agent = _agent_at(exchange, interface)
    if agent is None:
        raise Refused("Unable to add interface: the simulator has no such phone")
    if agent.name in queue.members:
        raise Refused("Unable to add interface: Already there")
    penalty = asked.get("penalty", "0")
    exchange.lines.add_member(
        queue,
        agent,
        penalty=int(penalty) if penalty.isdecimal() else 0,
        paused=_truth(asked.get("paused", "")),
        reason=wire.clean(asked.get("reason", "")),
    )
    return _done("Added interface to queue")


def _queue_remove(exchange: Exchange, asked: Headers) -> Reply:
    name, interface = asked.get("queue", ""), asked.get("interface", "")
    if not name or not interface:
        raise Refused("Need 'Queue' and 'Interface' parameters.")
    if name not in exchange.world.queues:
        raise Refused("Unable to remove interface from queue: No such queue")
    seats = _seats_of(exchange, interface, name)
    if not seats:
        raise Refused("Unable to remove interface: Not there")
    if not seats[0].dynamic:
        raise Refused("Member not dynamic")
    exchange.lines.remove_member(seats[0])
    return _done("Removed interface from queue")


def _queue_penalty(exchange: Exchange, asked: Headers) -> Reply:
    penalty = asked.get("penalty", "")
    seats = _seats_of(exchange, asked.get("interface", ""), asked.get("queue", ""))
    if not seats or not penalty.isdecimal():
        raise Refused("Invalid interface, queuename or penalty")
    for seat in seats:
        exchange.lines.set_penalty(seat, int(penalty))
    return _done("Interface penalty set successfully")


def _withdraw(exchange: Exchange, asked: Headers) -> Reply:
    queue = exchange.world.queues.get(asked.get("queue", ""))
    if queue is None:
        raise Refused("Unable to request withdraw from queue: No such queue")
    for waiter in queue.line:
        if waiter.channel.name == asked.get("caller", ""):
            waiter.life.interrupt(Withdrawn(waiter.channel, wire.clean(asked.get("withdrawinfo", ""))))
            return _done("Withdraw requested successfully")
    raise Refused("Unable to request withdraw from queue: No such caller")


def _hangup(exchange: Exchange, asked: Headers) -> Reply:
    name = asked.get("channel", "")
    if not name:
        raise Refused("No channel specified")
    leg = exchange.world.channel(name)
    if leg is None:
        raise Refused("No such channel")
    if leg.life is not None:
        leg.life.interrupt(HungUp(leg, _cause(asked), asked=False))
    return _done("Channel Hungup")


def _cause(asked: Headers) -> int:
    cause = asked.get("cause", "")
    return int(cause) if cause.isdecimal() and int(cause) < 128 else 16


def _redirect(exchange: Exchange, asked: Headers) -> Reply:
    name = asked.get("channel", "")
    if not name:
        raise Refused("Channel not specified")
    leg = exchange.world.channels.get(name)
    if leg is None:
        raise Refused(f"Channel does not exist: {wire.clean(name)}")
    priority = asked.get("priority", "1")
    if not priority.isdecimal():
        raise Refused("Invalid priority")
    if leg.life is not None:
        moved = Moved(leg, wire.clean(asked.get("context", "")), wire.clean(asked.get("exten", "")), int(priority))
        leg.life.interrupt(moved)
    return _done("Redirect successful")


def _command(exchange: Exchange, asked: Headers) -> Reply:
    command = asked.get("command", "")
    if not command:
        raise Refused("No command provided")
    output = console.run(exchange, command)
    kind = "Success" if output is not None else "Error"
    said = output if output is not None else [console.no_such(command)]
    return kind, {"Message": "Command output follows\r\n" + "\r\n".join(f"Output: {line}" for line in said)}


def _originate(exchange: Exchange, asked: Headers) -> Reply:
    channel = asked.get("channel", "")
    if not channel:
        raise Refused("Channel not specified")
    if "/" not in channel:
        raise Refused("Invalid channel")
    if not asked.get("application") and not asked.get("exten"):
        raise Refused("Extension not specified")
    order = _origination(asked, channel)
    exchange.begin(lambda call: originated.originate(exchange, call, order))
    return _done("Originate successfully queued")


def _origination(asked: Headers, channel: str) -> originated.Origination:
    name, _, number = asked.get("callerid", "").rpartition("<")
    priority = asked.get("priority", "1")
    return originated.Origination(
        wire.clean(channel),
        wire.clean(asked.get("actionid", "")),
        wire.clean(asked.get("application", "")),
        wire.clean(asked.get("data", "")),
        wire.clean(asked.get("context", "")),
        wire.clean(asked.get("exten", "")),
        int(priority) if priority.isdecimal() else 1,
        wire.clean(number.rstrip("> ")),
        wire.clean(name.strip(' "')),
        wire.clean(asked.get("channelid", "")),
    )


def _user_event(exchange: Exchange, asked: Headers) -> Reply:
    exchange.world.emit("UserEvent", f"UserEvent: {wire.clean(asked.get('userevent', ''))}\r\n")
    return _done("Event Sent")


def _module_check(_exchange: Exchange, asked: Headers) -> Reply:
    if asked.get("module", "").removesuffix(".so") not in console.MODULES:
        raise Refused("Module not loaded")
    return "Success", {"Version": ""}


_REPORTS = Category.SYSTEM | Category.REPORTING

ACTIONS = {
    "ping": Action(_ping),
    "coresettings": Action(_core_settings, _REPORTS),
    "corestatus": Action(_core_status, _REPORTS),
    "queuepause": Action(_queue_pause, Category.AGENT),
    "queueadd": Action(_queue_add, Category.AGENT),
    "queueremove": Action(_queue_remove, Category.AGENT),
    "queuepenalty": Action(_queue_penalty, Category.AGENT),
    "queuewithdrawcaller": Action(_withdraw),
    "hangup": Action(_hangup, Category.SYSTEM | Category.CALL),
    "redirect": Action(_redirect, Category.CALL),
    "originate": Action(_originate, Category.ORIGINATE | Category.CALL),
    "command": Action(_command, Category.COMMAND),
    "userevent": Action(_user_event, Category.USER),
    "modulecheck": Action(_module_check, Category.SYSTEM),
}
"""By name in lower case; lists stand in ``lists.LISTINGS``, the session's own in ``session``."""

LIST_NEEDS = {
    "coreshowchannels": _REPORTS,
    "devicestatelist": Category.CALL | Category.REPORTING,
    "extensionstatelist": Category.CALL | Category.REPORTING,
    "pjsipshowcontacts": Category.SYSTEM,
    "pjsipshowendpoints": Category.SYSTEM,
    "pjsipshowregistrationsoutbound": _REPORTS,
}

NAMES = (
    "BridgeList Command CoreSettings CoreShowChannels CoreStatus DeviceStateList ExtensionStateList Hangup ModuleCheck "
    "Originate Ping PJSIPShowContacts PJSIPShowEndpoints PJSIPShowRegistrationsOutbound QueueAdd QueuePause "
    "QueuePenalty QueueRemove QueueStatus QueueSummary QueueWithdrawCaller Redirect UserEvent"
).split()


def commands(write: Category) -> wire.Pairs:
    """The actions that an account with these classes may use, each with the classes of which it needs one."""
    needs = {name: _needs(name.lower()) for name in NAMES}
    return {name: f"(Priv: {_words(one)})" for name, one in needs.items() if not one or one & write}


def _needs(lower: str) -> Category:
    return ACTIONS[lower].needs if lower in ACTIONS else LIST_NEEDS.get(lower, NOTHING)


def _words(needs: Category) -> str:
    words = [one.name.lower() for one in Category if one & needs and one.name]
    return ",".join([*words, "all"]) if words else "<none>"
