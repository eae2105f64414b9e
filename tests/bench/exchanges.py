"""Several simulated exchanges in one process: ``python -m tests.bench.exchanges COUNT AGENTS QUEUES LOAD``.

Says their ports, then answers each line with how many events they have said. Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.bench.exchange import Exchange


async def serve(exchanges: list[Exchange]) -> None:
    """Answer until nobody asks any more."""
    print(json.dumps({"ports": [await one.simulator.start() for one in exchanges]}), flush=True)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps({"events": sum(one.told()["events"] for one in exchanges)}), flush=True)
    for one in exchanges:
        await one.simulator.stop()


if __name__ == "__main__":
    count, agents, queues = map(int, sys.argv[1:4])
    asyncio.run(serve([Exchange(agents, queues, float(sys.argv[4]), 1.0) for _ in range(count)]))
