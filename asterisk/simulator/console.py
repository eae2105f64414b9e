"""The few console commands a monitor asks through ``Action: Command``."""

from __future__ import annotations

from asterisk.simulator import wire
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.lists import _DEVICE_WORDS, service_levels
from asterisk.simulator.parts import Member, Queue

MODULES = (
    "app_queue app_dial app_chanspy chan_pjsip res_pjsip res_pjsip_outbound_registration func_devstate pbx_config "
    "bridge_simple app_mixmonitor chan_audiosocket res_audiosocket app_originate"
).split()


def no_such(command: str) -> str:
    said = wire.clean(command)
    return f"No such command '{said}' (type 'core show help {said}' for other possible commands)"


def run(exchange: Exchange, command: str) -> list[str] | None:  # noqa: PLR0911 - a table
    """Output lines; None when Asterisk has no such command."""
    words = command.split()
    match words:
        case ["core", "show", "version"]:
            return [f"Asterisk {wire.VERSION} built by floor @ simulator on a x86_64 running Linux"]
        case ["core", "show", "uptime", *_]:
            up = int(exchange.world.now - exchange.world.booted_at)
            return [f"System uptime: {up} seconds", f"Last reload: {up} seconds"]
        case ["queue", "show"]:
            return [line for queue in exchange.world.queues.values() for line in _queue(exchange, queue)]
        case ["queue", "show", name]:
            queue = exchange.world.queues.get(name)
            return _queue(exchange, queue) if queue else [f"No such queue: {wire.clean(name)}."]
        case ["manager", "show", "settings"]:
            return _settings()
        case ["module", "show", "like", name]:
            return _modules(name)
        case ["simulator", verb, *arguments] if exchange.control is not None:
            return exchange.control(verb, arguments)
        case _:
            return None


def _queue(exchange: Exchange, queue: Queue) -> list[str]:
    one, two = service_levels(queue)
    most = queue.options.max_callers or "unlimited"
    lines = [
        f"{queue.name} has {len(queue.line)} calls (max {most}) in '{queue.options.strategy}' strategy "
        f"({queue.hold_s}s holdtime, {queue.talk_s}s talktime), W:{queue.options.weight}, C:{queue.completed}, "
        f"A:{queue.abandoned}, SL:{one:.1f}%, SL2:{two:.1f}% within {queue.options.service_level_s}s",
        "   Members: " if queue.members else "   No Members",
    ]
    lines += [_member(exchange, seat) for seat in queue.members.values()]
    lines.append("   Callers: " if queue.line else "   No Callers")
    for waiter in queue.line:
        waited = exchange.lines.waited(waiter)
        lines.append(
            f"      {waiter.position}. {waiter.channel.name} "
            f"(wait: {waited // 60}:{waited % 60:02}, prio: {waiter.priority})"
        )
    return [*lines, ""]


def _member(exchange: Exchange, seat: Member) -> str:
    now, agent = exchange.world.now, seat.agent
    source = "" if agent.interface == agent.phone.name else f" from {agent.phone.name}"
    marks = [f"({agent.interface}{source})"]
    if seat.penalty:
        marks.append(f"with penalty {seat.penalty}")
    if not seat.queue.options.ring_in_use:
        marks.append("(ringinuse disabled)")
    if seat.dynamic:
        marks.append("(dynamic)")
    if seat.in_call:
        marks.append("(in call)")
    if seat.paused:
        reason = f":{seat.reason}" if seat.reason else ""
        marks.append(f"(paused{reason} was {int(now - seat.last_pause)} secs ago)")
    marks.append(f"({_DEVICE_WORDS[agent.phone.said]})")
    taken = (
        f"has taken {seat.calls_taken} calls (last was {int(now - seat.last_call)} secs ago)"
        if seat.calls_taken
        else "has taken no calls yet"
    )
    return f"      {agent.name} {' '.join(marks)} {taken} (login was {int(now - seat.logged_in_at)} secs ago)"


def _settings() -> list[str]:
    rows = {
        "Manager (AMI)": "Yes",
        "Web Manager (AMI/HTTP)": "No",
        "TCP Bindaddress": "127.0.0.1:5038",
        "HTTP Timeout (seconds)": "60",
        "TLS Enable": "No",
        "Allow multiple login": "Yes",
        "Display connects": "Yes",
        "Timestamp events": "Yes",
        "Channel vars": "",
        "Disabled events": "",
        "Debug": "No",
    }
    return ["", "Global Settings:", "-" * 16, *(f"  {name + ':':26} {value:15}" for name, value in rows.items())]


def _modules(like: str) -> list[str]:
    found = [name for name in MODULES if like in name]
    head = f"{'Module':30} {'Description':40} {'Use Count':10} {'Status':10} {'Support Level':>15}"
    rows = [f"{name + '.so':30} {'':40} {0:<10} {'Running':10} {'core':>15}" for name in found]
    return [head, *rows, f"{len(found)} modules loaded"]
