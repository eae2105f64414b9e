"""What seats do besides queue calls, and how the queue treats them meanwhile."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage


@scenario()
async def outbound_call(s: Stage) -> None:
    """Ann calls a customer, who answers after a second; she hangs up."""
    await s.ann.start_dialling(s.caller.number)
    await s.caller.ringing()
    await s.pass_time(1)
    await s.caller.accept()
    await s.pass_time(2)
    await s.ann.hangup()


@scenario()
async def outbound_unanswered(s: Stage) -> None:
    """Ann calls a customer and gives up after two seconds of ringing."""
    await s.ann.start_dialling(s.caller.number)
    await s.caller.ringing()
    await s.pass_time(2)
    await s.ann.hangup()


@scenario()
async def outbound_busy(s: Stage) -> None:
    """Ann calls a customer who rejects the call."""
    await s.ann.start_dialling(s.caller.number)
    await s.caller.ringing()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(callers=0))
async def outbound_wrong_number(s: Stage) -> None:
    """Ann dials a number which does not exist."""
    await s.ann.start_dialling("5555")
    await s.ann.event("CALL_CLOSED")


@scenario(Needs(agents=2, callers=0))
async def internal_call(s: Stage) -> None:
    """Ann calls Bob; they talk; Bob hangs up."""
    await s.ann.start_dialling(s.bob.number)
    await s.bob.accept()
    await s.pass_time(2)
    await s.bob.hangup()


@scenario()
async def direct_call_to_agent(s: Stage) -> None:
    """A customer dials Ann's own number, past the queue; she holds him once."""
    await s.caller.start_dialling(s.ann.number)
    await s.ann.accept()
    await s.pass_time(1)
    await s.hold(1)
    await s.caller.hangup()


@scenario(Needs(agents=2, queue={"ringinuse": "no"}))
async def busy_seat_is_not_rung(s: Stage) -> None:
    """Ann is on a call of her own, so with ringinuse=no the caller goes to Bob."""
    await s.ann.start_dialling(s.caller.number)
    await s.caller.accept()
    await s.ami.action(
        "Originate",
        Channel=f"Local/{s.number}@internal/n",
        Context="caller-script",
        Exten="s",
        Priority="1",
        Async="true",
    )
    await s.bob.accept()
    await s.pass_time(1)
    await s.bob.hangup()
    await s.ann.hangup()


@scenario(Needs(agents=1, callers=2, queue={"ringinuse": "yes"}))
async def busy_seat_is_rung(s: Stage) -> None:
    """With ringinuse=yes a second call rings at Ann while she talks; that caller gives up."""
    first, second = s.callers
    await s.calls(first)
    await s.ann.accept()
    await s.calls(second)
    await s.ann.ringing(2)
    await s.pass_time(1)
    await second.hangup()
    await s.pass_time(1)
    await first.hangup()


@scenario(Needs(callers=2, queue={"wrapuptime": "3"}))
async def wrap_up(s: Stage) -> None:
    """After the first call Ann has three seconds of wrap-up before the second one rings."""
    first, second = s.callers
    await s.calls(first)
    await s.ann.accept()
    await s.calls(second)
    await s.pass_time(1)
    await first.hangup()
    await s.ann.accept(2)
    await s.pass_time(1)
    await s.ann.hangup()


@scenario(Needs(agents=2, queue={"autopause": "yes", "timeout": "2"}))
async def automatic_pause(s: Stage) -> None:
    """Ann does not answer and is paused by the queue; Bob answers; Ann comes back."""
    await s.calls()
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()
    await s.pause(0, paused=False)


@scenario(Needs(agents=2, penalties=(5, 0)))
async def penalty_decides(s: Stage) -> None:
    """Bob has the lower penalty, so the call rings at his phone although Ann is first in line."""
    await s.calls()
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(single_line=True))
async def single_line_phone(s: Stage) -> None:
    """Ann's phone takes one call only and shows busy from the first ring."""
    await s.connect()
    await s.hold(1)
    await s.ann.hangup()


@scenario(Needs(queue={"announce": "queue-thankyou"}))
async def announcement_to_agent(s: Stage) -> None:
    """Ann hears an announcement before the caller is connected."""
    await s.calls()
    await s.ann.accept()
    await s.event("AgentConnect", Queue=s.queue)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(queue={"announce": "queue-thankyou"}))
async def announcement_caller_gone(s: Stage) -> None:
    """The caller hangs up while Ann hears the announcement."""
    await s.calls()
    await s.ann.accept()
    await s.pass_time(0.3)
    await s.caller.hangup()


@scenario(Needs(callers=0))
async def phone_switched_off(s: Stage) -> None:
    """Ann's phone signs off and comes back."""
    await s.ann.switch_off()
    await s.device(s.ann, "UNAVAILABLE")
    await s.pass_time(1)
    await s.switch_on(s.ann)


@scenario(Needs(callers=0))
async def phone_lost(s: Stage) -> None:
    """Ann's phone loses its cable and becomes unreachable; then it is plugged in again."""
    await s.ann.pull_cable()
    await s.device(s.ann, "UNAVAILABLE")
    await s.pass_time(1)
    await s.switch_on(s.ann)


@scenario()
async def phone_lost_in_call(s: Stage) -> None:
    """Ann's phone loses its cable during a call; the caller hangs up at last."""
    await s.connect()
    await s.ann.pull_cable()
    await s.event("ContactStatus", EndpointName=s.ann.number, ContactStatus="Unreachable")
    await s.caller.hangup()


@scenario(Needs(callers=0))
async def same_number_twice(s: Stage) -> None:
    """A second phone registers under Ann's number and leaves again."""
    double = s.another(s.ann)
    try:
        await double.register()
        await s.pass_time(1)
        await double.switch_off()
        await s.pass_time(1)
    finally:
        await double.discard()


@scenario(Needs(agents=1, callers=0, trunk="phone-secret"))
async def trunk_lost(s: Stage) -> None:
    """The trunk is registered, loses its registration and gets it back."""
    await s.exchange.cli(f"pjsip send register {s.trunk}")
    after = (await s.event("Registry", Status="Registered")).serial
    await s.exchange.cli(f"pjsip send unregister {s.trunk}")
    await s.event("Registry", after, Status="Unregistered")
    await s.pass_time(1)
    await s.exchange.cli(f"pjsip send register {s.trunk}")
    await s.event("Registry", after, Status="Registered")


@scenario(Needs(agents=1, callers=0, trunk="another-secret"))
async def trunk_rejected(s: Stage) -> None:
    """The trunk's provider refuses the password, again and again."""
    after = (await s.event("Registry", s.ami.latest, Status="Rejected")).serial
    await s.event("Registry", after, Status="Rejected")
