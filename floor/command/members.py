"""Commands about an agent's place in queues: pause, ready, in, out, penalty; and calling him. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from floor.command.model import CallAgent, LogOff, LogOn, Pause, SetPenalty, Unpause
from floor.command.plan import House, Order, Plan, Text
from floor.command.refusals import refused
from floor.people.model import Person
from floor.state.model import Agent, Member

MAX_PENALTY = 1000


def plan_pause(person: Person, command: Pause, house: House) -> Plan:
    """In one queue, or in all of his at once."""
    if command.reason not in house.reasons:
        raise refused("reason", reasons=", ".join(house.reasons))
    agent, members = _seated(person, command, house)
    if all(member.paused and member.reason == command.reason for member in members):
        raise refused("paused_already", agent=agent.name)
    where = _where(command.queue)
    words = {
        "en": f"Pauses {agent.name}{where['en']}, reason {command.reason}; no call is offered to him from there.",
        "zh": f"将{agent.name}{where['zh']}示忙，原因{command.reason}；期间不再向其分配来电。",
    }
    return Plan(words, _pauses(command, members, paused=True), agent.name, command.queue, more=_proof(members))


def plan_unpause(person: Person, command: Unpause, house: House) -> Plan:
    """In one queue, or in all of his at once."""
    agent, members = _seated(person, command, house)
    if not any(member.paused for member in members):
        raise refused("not_paused", agent=agent.name)
    where = _where(command.queue)
    words = {
        "en": f"Makes {agent.name} ready{where['en']}; calls may be offered to him at once.",
        "zh": f"将{agent.name}{where['zh']}示闲；随即可能向其分配来电。",
    }
    return Plan(words, _pauses(command, members, paused=False), agent.name, command.queue, more=_proof(members))


def plan_log_on(person: Person, command: LogOn, house: House) -> Plan:
    """At the phone where he is, or was last."""
    agent, queue = _pair(person, command, house)
    _judge_penalty(command.penalty)
    if any(member.queue == queue for member in agent.members):
        raise refused("member_already", agent=agent.name, queue=queue)
    seat = agent.members[0] if agent.members else house.last_seat(command.pbx, agent.name)
    if seat is None:
        raise refused("no_seat", agent=agent.name)
    state = seat.device_name if seat.device_name != seat.interface else ""
    words = {
        "en": f"Logs {agent.name} on to {queue} at {seat.interface}, penalty {command.penalty}; "
        "calls may be offered to him at once.",
        "zh": f"将{agent.name}签入{queue}，话机{seat.interface}，优先级{command.penalty}；随即可能向其分配来电。",
    }

    def order(name: str = agent.name, interface: str = seat.interface) -> Order:
        return lambda board: board.add_member(
            command.pbx, queue, interface, name=name, state_interface=state, penalty=command.penalty
        )

    return Plan(words, (order(),), agent.name, queue, more={"interface": seat.interface, "penalty": command.penalty})


def plan_log_off(person: Person, command: LogOff, house: House) -> Plan:
    """Out of one queue, or of all that let him go."""
    agent, members = _seated(person, command, house)
    leaving = [member for member in members if member.dynamic]
    if not leaving:
        raise refused("static", agent=agent.name)
    names = list(dict.fromkeys(member.queue for member in leaving))
    stays = list(dict.fromkeys(member.queue for member in members if not member.dynamic))
    words = {
        "en": f"Takes {agent.name} out of {', '.join(names)}; no call is offered to him from there any more."
        + (f" He stays a fixed member of {', '.join(stays)}." if stays else ""),
        "zh": f"将{agent.name}从{'、'.join(names)}签出；不再向其分配来电。"
        + (f"其仍为{'、'.join(stays)}的固定成员。" if stays else ""),
    }
    orders = tuple(_removal(command.pbx, member) for member in leaving)
    return Plan(words, orders, agent.name, command.queue, more=_proof(leaving))


def plan_penalty(person: Person, command: SetPenalty, house: House) -> Plan:
    """In one queue."""
    agent, queue = _pair(person, command, house)
    _judge_penalty(command.penalty)
    members = [member for member in agent.members if member.queue == queue]
    if not members:
        raise refused("not_member", agent=agent.name, queue=queue)
    words = {
        "en": f"Sets {agent.name}'s penalty in {queue} from {members[0].penalty} to {command.penalty}: "
        "the higher, the later he is called.",
        "zh": f"将{agent.name}在{queue}的优先级由{members[0].penalty}改为{command.penalty}：数值越大越晚分配。",
    }
    orders = tuple(_penalty(command, member) for member in members)
    more = {**_proof(members), "before": members[0].penalty, "after": command.penalty}
    return Plan(words, orders, agent.name, queue, more=more)


def plan_call(person: Person, command: CallAgent, house: House) -> Plan:
    """One's own phone rings first; a call of ours, which no queue counts."""
    agent = house.agent(person, command.pbx, command.agent)
    house.link(command.pbx)
    phone, to = house.phone(person, command.pbx), seat_of(agent, house)
    if phone in (to.interface, to.device_name):
        raise refused("own_phone", agent=agent.name)
    words = {
        "en": f"Your phone {phone} rings; when you lift it, {agent.name}'s rings. No queue counts this call.",
        "zh": f"您的话机{phone}将振铃，接起后呼叫{agent.name}。该通话不计入任何队列。",
    }
    order: Order = lambda board: board.dial(command.pbx, phone, to.interface, timeout_s=house.ring_s)  # noqa: E731
    return Plan(words, (order,), agent.name, more={"phone": phone, "interface": to.interface})


def seat_of(agent: Agent, house: House) -> Member:
    """Where he sits; raises where that is not known, or not to be reached."""
    if not agent.members:
        raise refused("no_members", agent=agent.name)
    seat = agent.members[0]
    house.reachable(agent.pbx, seat.device_name)
    return seat


def _seated(person: Person, command: Pause | Unpause | LogOff, house: House) -> tuple[Agent, list[Member]]:
    agent = house.agent(person, command.pbx, command.agent)
    house.link(command.pbx)
    if command.queue:
        house.queue(person, command.pbx, command.queue)
    members = [member for member in agent.members if command.queue in ("", member.queue)]
    if not members and command.queue:
        raise refused("not_member", agent=agent.name, queue=command.queue)
    if not members:
        raise refused("no_members", agent=agent.name)
    return agent, members


def _pair(person: Person, command: LogOn | SetPenalty, house: House) -> tuple[Agent, str]:
    agent = house.agent(person, command.pbx, command.agent)
    house.link(command.pbx)
    return agent, house.queue(person, command.pbx, command.queue).name


def _judge_penalty(penalty: int) -> None:
    if not 0 <= penalty <= MAX_PENALTY:
        raise refused("penalty", most=MAX_PENALTY)


def _where(queue: str) -> Text:
    return {"en": f" in {queue}", "zh": f"在{queue}"} if queue else {"en": " in all his queues", "zh": "在其全部队列"}


def _proof(members: Iterable[Member]) -> dict[str, object]:
    return {"interfaces": sorted({member.interface for member in members})}


def _pauses(command: Pause | Unpause, members: list[Member], *, paused: bool) -> tuple[Order, ...]:
    """One action per phone: the exchange itself goes through the queues."""
    reason = command.reason if isinstance(command, Pause) else ""
    interfaces = dict.fromkeys(member.interface for member in members)

    def order(interface: str) -> Order:
        return lambda board: board.pause(command.pbx, interface, paused, queue=command.queue, reason=reason)

    return tuple(order(interface) for interface in interfaces)


def _removal(pbx: str, member: Member) -> Order:
    return lambda board: board.remove_member(pbx, member.queue, member.interface)


def _penalty(command: SetPenalty, member: Member) -> Order:
    return lambda board: board.set_penalty(command.pbx, member.queue, member.interface, command.penalty)
