"""Commands about calls: end one, send its caller on, take his agent's place, take somebody out of the line. Pure.

What the figures will count was tried on Asterisk 16 and 22, and equals its queue_log: a call ended or moved by us is
one that the caller ended, and who is taken out of the line has given up.
"""

from __future__ import annotations

import re

from floor.command.members import seat_of
from floor.command.model import HangUp, PickCaller, TakeOver, Transfer
from floor.command.plan import House, Order, Plan, Text, lasting
from floor.command.refusals import refused
from floor.command.talk import Talk, other_end, talk_of
from floor.people.model import Person
from floor.state.conversation import leg_of, masked
from floor.state.model import Agent, Caller, CallerStage, Channel

_NUMBER = re.compile(r"[0-9*#+]{1,32}")
_COUNTS: Text = {
    "en": " The figures go on counting the call as {agent}'s until the caller hangs up, as one that the caller ended.",
    "zh": "统计上该通话仍计在{agent}名下，直至来电者挂机，并计为来电者先挂机。",
}


def plan_hang_up(person: Person, command: HangUp, house: House) -> Plan:
    """The agent's leg, and with it the call."""
    agent, talk = _talking(person, command, house)
    told = talk.told()
    words = {
        "en": f"Ends {agent.name}'s {told['en']}; the caller is cut off."
        + (" The figures count it as ended by the caller." if talk.queue else ""),
        "zh": f"挂断{agent.name}{told['zh']}，来电者将被切断。" + ("统计上计为来电者先挂机。" if talk.queue else ""),
    }
    order: Order = lambda board: board.hang_up(command.pbx, talk.leg.name)  # noqa: E731
    return _plan(words, order, agent, talk)


def plan_transfer(person: Person, command: Transfer, house: House) -> Plan:
    """To an agent, whose phone rings while the caller stays where he is; or at once to a number."""
    agent, talk = _talking(person, command, house)
    party = other_end(talk)
    kind, _, target = command.to.partition(":")
    if kind == "agent":
        return _to_agent(person, command, house, (agent, talk, party), target)
    if kind != "number":
        raise refused("target")
    if not _NUMBER.fullmatch(target):
        raise refused("number")
    if not house.transfer_context:
        raise refused("no_context")
    told, counts = talk.told(), _counts(talk, agent)
    words = {
        "en": f"Sends the caller of {agent.name}'s {told['en']} to {target} at once; {agent.name} is free."
        + counts["en"],
        "zh": f"将{agent.name}{told['zh']}的来电者立即转至{target}，{agent.name}随即空闲。" + counts["zh"],
    }
    order: Order = lambda board: board.redirect(  # noqa: E731
        command.pbx, party.name, house.transfer_context, target
    )
    return _plan(words, order, agent, talk, to=f"number:{masked(target) if len(target) > 6 else target}")


def _to_agent(person: Person, command: Transfer, house: House, now: tuple[Agent, Talk, Channel], name: str) -> Plan:
    agent, talk, party = now
    taker = _free(person, command.pbx, name, house)
    if taker.name == agent.name:
        raise refused("same_agent", agent=name)
    seat, counts = seat_of(taker, house), _counts(talk, agent)
    told = talk.told()
    words = {
        "en": f"{taker.name}'s phone rings; when it is lifted, the caller of {agent.name}'s {told['en']} is there and "
        f"{agent.name} is free. Until then nothing changes." + counts["en"],
        "zh": f"{taker.name}的话机将振铃；接起后，{agent.name}{told['zh']}的来电者转由其接听，{agent.name}随即空闲。"
        "接起之前一切不变。" + counts["zh"],
    }
    order: Order = lambda board: board.bridge(  # noqa: E731
        command.pbx, seat.interface, party.name, timeout_s=house.ring_s
    )
    return _plan(words, order, agent, talk, to=command.to, interface=seat.interface)


def plan_take_over(person: Person, command: TakeOver, house: House) -> Plan:
    """One's own phone in the agent's place."""
    agent, talk = _talking(person, command, house)
    party, phone = other_end(talk), house.phone(person, command.pbx)
    if any(phone in (member.interface, member.device_name) for member in agent.members):
        raise refused("own_phone", agent=agent.name)
    told, counts = talk.told(), _counts(talk, agent)
    words = {
        "en": f"Your phone {phone} rings; when you lift it, the caller of {agent.name}'s {told['en']} is with you and "
        f"{agent.name} is free. Until then nothing changes." + counts["en"],
        "zh": f"您的话机{phone}将振铃；接起后，{agent.name}{told['zh']}的来电者转由您接听，{agent.name}随即空闲。"
        "接起之前一切不变。" + counts["zh"],
    }
    order: Order = lambda board: board.bridge(command.pbx, phone, party.name, timeout_s=house.ring_s)  # noqa: E731
    return _plan(words, order, agent, talk, phone=phone)


def plan_pick(person: Person, command: PickCaller, house: House) -> Plan:
    """This caller, or who waits longest, to an agent or to oneself."""
    queue = house.queue(person, command.pbx, command.queue).name
    house.link(command.pbx)
    caller, channel = _waiting(command, house)
    if command.agent:
        taker = _free(person, command.pbx, command.agent, house)
        phone, whose = seat_of(taker, house).interface, {"en": f"{taker.name}'s phone", "zh": f"{taker.name}的话机"}
        there = {"en": f"is with {taker.name}", "zh": f"由{taker.name}接听"}
    else:
        phone = house.phone(person, command.pbx)
        whose, there = {"en": f"Your phone {phone}", "zh": f"您的话机{phone}"}, {"en": "is with you", "zh": "由您接听"}
    waited = lasting(None if caller.joined_at is None else house.now(command.pbx) - caller.joined_at)
    words = {
        "en": f"{whose['en']} rings; when it is lifted, the caller who has waited {waited} in {queue} {there['en']}. "
        "Until then he keeps his place. The figures count him as given up, as the exchange's own log does.",
        "zh": f"{whose['zh']}将振铃；接起后，在{queue}已等候{waited}的来电者{there['zh']}。"
        "接起之前其位置不变。统计上计为放弃，与交换机自身的日志一致。",
    }
    order: Order = lambda board: board.bridge(command.pbx, phone, channel.name, timeout_s=house.ring_s)  # noqa: E731
    more = {"caller": caller.uniqueid, "phone": phone}
    return Plan(words, (order,), command.agent, queue, channel.linkedid, more)


def _waiting(command: PickCaller, house: House) -> tuple[Caller, Channel]:
    """The caller asked for, else the one who has waited longest; with his channel."""
    line = [
        caller
        for caller in house.floor.callers.values()
        if (caller.pbx, caller.queue, caller.stage) == (command.pbx, command.queue, CallerStage.WAITING)
        and command.caller in ("", caller.uniqueid)
    ]
    if not line and not command.caller:
        raise refused("nobody_waits", queue=command.queue)
    longest = min(line, key=lambda caller: caller.joined_at or 0.0, default=None)
    channel = house.floor.channels.get((command.pbx, longest.uniqueid)) if longest is not None else None
    if longest is None or channel is None:
        raise refused("no_caller")
    return longest, channel


def _talking(person: Person, command: HangUp | Transfer | TakeOver, house: House) -> tuple[Agent, Talk]:
    agent = house.agent(person, command.pbx, command.agent)
    house.link(command.pbx)
    return agent, talk_of(agent, command.call, house.floor, house.now(command.pbx))


def _free(person: Person, pbx: str, name: str, house: House) -> Agent:
    """Somebody whose phone may be rung for a caller."""
    agent = house.agent(person, pbx, name)
    if leg_of(agent) is not None:
        raise refused("busy", agent=name)
    return agent


def _counts(talk: Talk, agent: Agent) -> Text:
    """What the figures will say of it; of a call that came through no queue nothing."""
    return {language: text.format(agent=agent.name) if talk.queue else "" for language, text in _COUNTS.items()}


def _plan(words: Text, order: Order, agent: Agent, talk: Talk, **more: str) -> Plan:
    proof = {"channel": talk.leg.uniqueid, **({"party": talk.party.uniqueid} if talk.party is not None else {}), **more}
    return Plan(words, (order,), agent.name, talk.queue, talk.call, proof)
