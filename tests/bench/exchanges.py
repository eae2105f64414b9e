"""Several simulated exchanges in one process: ``python -m tests.bench.exchanges COUNT AGENTS QUEUES LOAD``.

Says their ports, then answers lines: ``told`` (how many events they have said), ``truth`` (what each of them knows at
this moment). Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bench.exchange import Exchange

Truth = Mapping[str, Sequence[Sequence[str]]]
"""Who waits (queue, Uniqueid), who is logged in where and who is paused where (name, queue)."""


def truth(one: Exchange) -> Truth:
    """As this exchange has it."""
    queues = one.simulator.world.queues.values()
    members = [member for queue in queues for member in queue.members.values()]
    return {
        "waits": [(queue.name, caller.channel.uniqueid) for queue in queues for caller in queue.line],
        "logged in": [(member.agent.name, member.queue.name) for member in members],
        "paused": [(member.agent.name, member.queue.name) for member in members if member.paused],
    }


def shown(floor: Mapping[str, Mapping[str, Any]], pbx: str) -> Truth:
    """The same as a screen has it."""
    here = [one for id, one in floor["agents"].items() if id.split("/")[0] == pbx and one["state"] != "logged_out"]
    return {
        "waits": [tuple(id.split("/")[1:3]) for id in floor["callers"] if id.split("/")[0] == pbx],
        "logged in": [(one["label"], queue) for one in here for queue in one["queues"]],
        "paused": [(one["label"], queue) for one in here for queue in one.get("paused_in", ())],
    }


def alike(one: Truth, other: Truth) -> bool:
    """In whatever order it is told."""
    return all({tuple(row) for row in one[what]} == {tuple(row) for row in other[what]} for what in one)


VERBS: dict[str, Callable[[list[Exchange]], Any]] = {
    "told": lambda exchanges: {"events": sum(one.told()["events"] for one in exchanges)},
    "truth": lambda exchanges: [truth(one) for one in exchanges],
}


async def serve(exchanges: list[Exchange]) -> None:
    """Answer until nobody asks any more."""
    print(json.dumps({"ports": [await one.simulator.start() for one in exchanges]}), flush=True)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := await asked.readline():
        print(json.dumps(VERBS[line.decode().strip()](exchanges)), flush=True)
    for one in exchanges:
        await one.simulator.stop()


if __name__ == "__main__":
    count, agents, queues = map(int, sys.argv[1:4])
    asyncio.run(serve([Exchange(agents, queues, float(sys.argv[4]), 1.0) for _ in range(count)]))
