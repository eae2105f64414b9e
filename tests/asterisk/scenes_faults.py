"""The exchange itself restarts, dies or is reconfigured in the middle of the day."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage


async def _one_talks_one_waits(s: Stage) -> None:
    first, second = s.callers
    await s.calls(first)
    await s.ann.accept()
    await s.event("AgentConnect", Queue=s.queue)
    await s.calls(second)
    await s.pass_time(1)


async def _a_call_afterwards(s: Stage) -> None:
    for phone in s.phones.values():
        await phone.command("hangup")
    await s.back()
    after = s.ami.latest
    await s.callers[1].dial(s.number)
    await s.event("QueueCallerJoin", after, Queue=s.queue)
    await s.ann.ringing(2)
    await s.ann.command("accept")
    await s.event("AgentConnect", after, Queue=s.queue)
    await s.pass_time(1)
    await s.ann.hangup()


@scenario(Needs(callers=2, alone=True))
async def restart_in_calls(s: Stage) -> None:
    """`core restart now` while one caller talks and one waits; afterwards a call as usual."""
    await _one_talks_one_waits(s)
    await s.exchange.restart_now()
    await _a_call_afterwards(s)


@scenario(Needs(callers=2, alone=True))
async def killed_in_calls(s: Stage) -> None:
    """Asterisk dies without a word while one caller talks and one waits, and is started again."""
    await _one_talks_one_waits(s)
    await s.exchange.kill()
    await s.exchange.boot()
    await _a_call_afterwards(s)


@scenario(Needs(agents=2, alone=True))
async def queues_reloaded(s: Stage) -> None:
    """Bob is taken out of queues.conf and Ann gets a penalty; the queues are reloaded during a call."""
    await s.connect()
    file = s.exchange.folder / "etc" / "queues.conf"
    ann, bob = s.agent(0), s.agent(1)
    text = file.read_text().replace(f"member => {bob.line()}", "")
    file.write_text(text.replace(f"{ann.interface},0,", f"{ann.interface},4,"))
    await s.exchange.cli("queue reload all")
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=2, alone=True))
async def queue_deleted(s: Stage) -> None:
    """The queue is taken out of queues.conf and the queues are reloaded while a caller waits."""
    await s.pause(0)
    await s.pause(1)
    await s.calls()
    file = s.exchange.folder / "etc" / "queues.conf"
    head, _, _ = file.read_text().partition(f"[{s.queue}]")
    file.write_text(head)
    await s.exchange.cli("queue reload all")
    await s.pass_time(1)
    await s.caller.hangup()
