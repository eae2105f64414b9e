"""Orders and listening over a relay, as wholes: a node's order changes the exchange, and the effect comes as a fact."""

from __future__ import annotations

from pathlib import Path

from floor.assembly_collect import Collector
from floor.assembly_orders import OrdersHere
from floor.assembly_serve import Node
from floor.clock import SystemClock
from floor.listening.model import Way
from floor.ports import Answer
from floor.relay.beacon import MemoryBeacon
from floor.relay.memory import MemoryRelay
from floor.relay.wire import MemoryWire
from tests.floor.test_assembly import running
from tests.floor.test_assembly_serve import collecting, exchange, shared, until

__all__ = ["exchange"]


async def test_a_node_orders_and_sees_the_effect(exchange: int, tmp_path: Path) -> None:
    """A pause from a node comes back over the relay; what the exchange does not know it refuses in its own words; what
    it offers to listeners is known here; and when nobody holds it, that is said."""
    relay, clock = MemoryRelay(), SystemClock()
    wire = MemoryWire(clock)
    collector = Collector(shared(tmp_path, "collector", exchange), relay, orders=OrdersHere(wire))
    node = Node(shared(tmp_path, "node", exchange), relay, wire=wire, beacon=MemoryBeacon(clock))
    async with collecting(collector), running(node):
        (pbx,) = node.seen
        floor = node.store.snapshot()
        agent = next(one for one in floor.agents.values() if one.members and not any(m.paused for m in one.members))
        member = agent.members[0]
        answer = await node.switchboard.pause(pbx, member.interface, True, queue=member.queue, reason="from afar")
        assert answer.ok, answer
        await until(node, lambda: _reason(node, agent.key, member.queue) == "from afar")
        refused = await node.switchboard.hang_up(pbx, "PJSIP/nobody-00000000")
        assert (refused.ok, refused.lost) == (False, False)
        assert Way.PHONE in node.ears.offers(pbx)
        answer = await node.switchboard.hang_up("elsewhere", "PJSIP/1-1")
        assert answer == Answer(False, "nobody is connected to this exchange at present, so the order was not sent")


def _reason(node: Node, key: tuple[str, str], queue: str) -> str | None:
    agent = node.store.snapshot().agents.get(key)
    members = () if agent is None else agent.members
    return next((one.reason for one in members if one.queue == queue and one.paused), None)
