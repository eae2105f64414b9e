"""Calls which no agent answers: every way out of a queue."""

from __future__ import annotations

from tests.asterisk.ami import RefusedError
from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage


@scenario()
async def abandon_waiting(s: Stage) -> None:
    """Everybody is paused; the caller gives up after two seconds."""
    await s.pause(0, "lunch")
    await s.calls()
    await s.pass_time(2)
    await s.caller.hangup()
    await s.event("QueueCallerAbandon", Queue=s.queue)
    await s.pause(0, paused=False)


@scenario()
async def abandon_ringing(s: Stage) -> None:
    """The caller gives up while Ann's phone rings."""
    await s.calls()
    await s.ann.ringing()
    await s.pass_time(2)
    await s.caller.hangup()


@scenario(Needs(agents=2, queue={"timeout": "2"}))
async def abandon_after_ring_no_answer(s: Stage) -> None:
    """Ann and Bob both let it ring out, then the caller gives up."""
    await s.calls()
    await s.event("AgentRingNoAnswer", Queue=s.queue, MemberName=s.agent(1).name)
    await s.pass_time(0.3)
    await s.caller.hangup()


@scenario(Needs(entry=("Queue({queue},t,,,3)", "Wait(1)", "Hangup()")))
async def queue_timeout(s: Stage) -> None:
    """Nobody is ready for three seconds; the caller is sent on in the dialplan."""
    await s.pause(0, "meeting")
    await s.calls()
    await s.gone()


@scenario(Needs(entry=("Queue({queue},t,,,3)", "Wait(1)", "Hangup()"), queue={"timeout": "15"}))
async def queue_timeout_while_ringing(s: Stage) -> None:
    """Ann's phone rings all the time; after three seconds the caller is sent on."""
    await s.calls()
    await s.gone()


@scenario(Needs(agents=2, entry=("Queue({queue},tn)", "Wait(1)", "Hangup()"), queue={"timeout": "2"}))
async def no_retry(s: Stage) -> None:
    """Every agent is tried once, nobody answers, the caller is sent on."""
    await s.calls()
    await s.gone()


@scenario(Needs(queue={"context": "exits-{queue}"}, exits=("exten => 1,1,Wait(1)", " same => n,Hangup()")))
async def exit_by_key(s: Stage) -> None:
    """The caller presses 1 to leave the queue for the mailbox."""
    await s.pause(0, "lunch")
    joined = await s.calls()
    await s.pass_time(1)
    await s.press(joined["Channel"], "1")
    await s.gone()


@scenario(
    Needs(queue={"context": "exits-{queue}", "timeout": "15"}, exits=("exten => 1,1,Wait(1)", " same => n,Hangup()"))
)
async def exit_by_key_while_ringing(s: Stage) -> None:
    """The caller presses 1 while Ann's phone rings."""
    joined = await s.calls()
    await s.ann.ringing()
    await s.pass_time(1)
    await s.press(joined["Channel"], "1")
    await s.gone()


@scenario(Needs(queue={"leavewhenempty": "paused"}, entry=("Queue({queue},t)", "Wait(1)", "Hangup()")))
async def leave_when_empty(s: Stage) -> None:
    """The only agent goes on a break, so the waiting caller is sent on."""
    await s.pause(0, "break", paused=False)
    await s.calls()
    await s.ann.ringing()
    await s.ann.hangup()
    await s.pause(0, "break")
    await s.gone()


@scenario(Needs(queue={"joinempty": "paused"}, entry=("Queue({queue},t)", "Wait(1)", "Hangup()")))
async def join_empty_refused(s: Stage) -> None:
    """Everybody is paused and the queue does not take a caller in."""
    await s.pause(0, "break")
    await s.caller.dial(s.number)
    await s.gone()


@scenario(
    Needs(no_members=True, agents=0, queue={"joinempty": "no"}, entry=("Queue({queue},t)", "Wait(1)", "Hangup()"))
)
async def join_without_members_refused(s: Stage) -> None:
    """The queue has no members at all and does not take a caller in."""
    await s.caller.dial(s.number)
    await s.gone()


@scenario(Needs(callers=2, queue={"maxlen": "1"}, entry=("Queue({queue},t)", "Wait(1)", "Hangup()")))
async def queue_full(s: Stage) -> None:
    """One caller waits, the second finds the queue full."""
    await s.pause(0, "meeting")
    await s.calls()
    await s.callers[1].dial(s.number)
    await s.gone(s.callers[1])
    await s.caller.hangup()


@scenario(Needs(entry=("Queue({queue},t)", "Wait(1)", "Hangup()")))
async def withdrawn(s: Stage) -> None:
    """A supervisor takes the waiting caller out of the queue."""
    await s.pause(0, "meeting")
    joined = await s.calls()
    await s.pass_time(1)
    await s.ami.action("QueueWithdrawCaller", Queue=s.queue, Caller=joined["Channel"], WithdrawInfo="called back")
    await s.gone()


@scenario(Needs(entry=("Queue({queue},t)", "Wait(1)", "Hangup()"), queue={"timeout": "15"}))
async def withdrawn_while_ringing(s: Stage) -> None:
    """A supervisor takes the caller out while Ann's phone rings."""
    joined = await s.calls()
    await s.ann.ringing()
    await s.pass_time(1)
    await s.ami.action("QueueWithdrawCaller", Queue=s.queue, Caller=joined["Channel"], WithdrawInfo="called back")
    await s.gone()


@scenario()
async def redirected_while_waiting(s: Stage) -> None:
    """A supervisor redirects the waiting caller elsewhere."""
    await s.pause(0, "meeting")
    joined = await s.calls()
    await s.pass_time(1)
    await s.redirect(joined["Channel"])
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(queue={"timeout": "15"}))
async def redirected_while_ringing(s: Stage) -> None:
    """A supervisor redirects the caller while Ann's phone rings."""
    joined = await s.calls()
    await s.ann.ringing()
    await s.pass_time(1)
    await s.redirect(joined["Channel"])
    await s.pass_time(1)
    await s.caller.hangup()


@scenario()
async def redirected_while_talking(s: Stage) -> None:
    """A supervisor redirects the caller out of the conversation with Ann."""
    connected = await s.connect()
    await s.pass_time(1)
    await s.redirect(connected["Channel"])
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}, entry=("Queue({queue},t,,,2)", "Queue({second},t)", "Hangup()")))
async def second_queue_after_timeout(s: Stage) -> None:
    """The caller times out of the first queue, joins the second and is answered there."""
    await s.pause(0, "meeting")
    await s.calls()
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}, entry=("Queue({queue},t,,,2)", "Queue({second},t)", "Hangup()")))
async def second_queue_abandon(s: Stage) -> None:
    """The caller times out of the first queue and gives up in the second."""
    await s.pause(0, "meeting")
    await s.calls()
    await s.bob.ringing()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario()
async def hung_up_by_supervisor(s: Stage) -> None:
    """A supervisor hangs up a waiting caller over AMI."""
    await s.pause(0, "meeting")
    joined = await s.calls()
    await s.pass_time(1)
    await s.ami.action("Hangup", Channel=joined["Channel"])


@scenario()
async def withdraw_unknown(s: Stage) -> None:
    """A supervisor tries to take out a caller who has gone already: refused."""
    await s.pause(0, "meeting")
    joined = await s.calls()
    await s.caller.hangup()
    await s.event("QueueCallerAbandon", Queue=s.queue)
    try:
        await s.ami.action("QueueWithdrawCaller", Queue=s.queue, Caller=joined["Channel"])
    except RefusedError:
        return
    raise AssertionError("Asterisk withdrew a caller who was not there")
