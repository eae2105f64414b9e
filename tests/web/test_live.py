"""One board's readers: who is let in when, and what the beat brings."""

from __future__ import annotations

from tests.web.doubles import Screen, queue
from tests.web.test_hub import Desk
from web.outbox import Outbox


async def test_a_look_is_what_a_reader_gets() -> None:
    """The API's one look and the stream's snapshot are the same floor."""
    desk = Desk()
    screen = desk.join()
    floor = await desk.hub.look(desk.hub._lives["all"].audience)
    assert {kind: set(entities) for kind, entities in floor.items()} == {k: set(v) for k, v in screen.floor.items()}


def test_traffic_is_counted() -> None:
    """Every message handed to a reader is in the books, with its bytes."""
    desk = Desk()
    desk.join()
    desk.join()
    desk.store.put(queue("support", waiting=1))
    desk.hub.flush()
    traffic = desk.hub.traffic
    assert (traffic.snapshots, traffic.patches, traffic.sent, traffic.skipped) == (2, 1, 2, 0)
    assert traffic.sent_bytes > 0


def test_an_answer_to_nothing_is_ignored() -> None:
    """A pong nobody asked for measures nothing."""
    desk = Desk()
    desk.join()
    desk.hub.answered("all", 0)
    desk.hub.answered("all", -14)
    assert not desk.hub.traffic.round_trips


def test_a_reader_that_cannot_take_it_yet_waits() -> None:
    """Joining with a full socket costs nobody else anything."""
    desk = Desk()
    quick = desk.join()
    live = desk.hub._lives["all"]
    slow = Screen()
    slow.backlog = 10**9
    live.join(Outbox(slow))
    assert slow.messages == []
    assert quick.kinds() == ["snapshot"]
