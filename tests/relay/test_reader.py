"""The node's side: its floor is the collector's, whatever happens to the relay in between."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings

from floor.history.trouble import Trouble
from floor.relay import codec
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Checkpoint, Entry, Position
from floor.relay.reader import AWAY, SILENT, Feed, Reader
from floor.state import facts as f
from floor.state.model import Caller, Ending, LinkState
from floor.state.taken import FloorTaken, PbxShown
from tests.relay.floors import SILENT_S, Collecting, Following, floors, gave_up, joined, logged_in, same, until, up
from tests.support.facts_at_random import histories


async def test_floor_is_the_collectors() -> None:
    """Checkpoint first, taken as one change; then fact by fact."""
    async with floors() as (_, collecting, following):
        (taken,) = following.outcomes
        assert isinstance(taken.fact, FloorTaken)
        collecting.say(logged_in(2), joined("2"), *gave_up("1"))
        await following.until_as(collecting)
        facts = [type(outcome.fact).__name__ for outcome in following.outcomes[1:]]
        assert facts == ["MemberSeen", "CallerJoined", "CallerGaveUp", "ChannelClosed"]
        assert following.reader.feeds["a"].facts == 4


@settings(max_examples=8, deadline=None)
@given(histories)
def test_any_history_gives_the_same_floor(history: list[f.Fact]) -> None:
    """Whatever two exchanges may do."""

    async def play() -> None:
        relay = MemoryRelay()
        collecting, following = Collecting(relay, ["p", "q"]), Following(relay, ["p", "q"])
        collecting.say(*history[:5])
        collecting.start()
        following.start()
        await following.until_as(collecting)
        collecting.say(*history[5:])
        await following.until_as(collecting)
        await following.stop()
        await collecting.stop()

    asyncio.run(play())


async def test_silent_collector_is_shown() -> None:
    """Nothing heard for a while: the exchange is shown as not seen, with the reason; heard again, as it is."""
    async with floors() as (_, collecting, following):
        await collecting.stop()
        old = await following.until_link(LinkState.DOWN, SILENT)
        assert abs(old.since - following.reader.clock.now()) < 20
        assert same_but_link(following, collecting)
        collecting.start()
        await following.until_link(LinkState.UP)
        await following.until_as(collecting)
        shown = [one for one in following.outcomes if isinstance(one.fact, PbxShown)]
        assert len(shown) >= 1
        assert not any(outcome.records for outcome in shown)


def same_but_link(following: Following, collecting: Collecting) -> bool:
    mine, theirs = following.store.snapshot(), collecting.store.snapshot()
    return (mine.agents, mine.callers, mine.queues) == (theirs.agents, theirs.callers, theirs.queues)


async def test_relay_away_is_shown() -> None:
    """The reason says that it is us who do not see; afterwards everything that happened meanwhile is there."""
    async with floors() as (relay, collecting, following):
        assert isinstance(relay, MemoryRelay)
        relay.away = True
        await following.until_link(LinkState.DOWN, AWAY)
        assert following.reader.away is not None
        collecting.say(logged_in(2), *gave_up("1"), joined("3"))
        relay.away = False
        await following.until_as(collecting)
        assert following.reader.away is None
        ended = [
            c.after for o in following.outcomes for c in o.changes if isinstance(c.after, Caller) and c.after.ending
        ]
        assert [(visit.uniqueid, visit.ending) for visit in ended] == [("1", Ending.ABANDONED)]


async def test_relay_that_forgot_everything() -> None:
    """As after a restart without a disk: the collector tells it anew, and nobody on the screen vanishes in between."""
    async with floors() as (relay, collecting, following):
        assert isinstance(relay, MemoryRelay)
        relay.away = True
        await following.until_link(LinkState.DOWN, AWAY)
        relay.forget()
        collecting.say(logged_in(2))
        relay.away = False
        await following.until_as(collecting)
        gone = [c for o in following.outcomes for c in o.changes if c.after is None]
        assert gone == []


async def test_missed_entries_are_a_checkpoint() -> None:
    """Trimmed past us: one change brings what was missed, each ending as it was."""
    async with floors() as (relay, collecting, following):
        await following.stop()
        assert isinstance(relay, MemoryRelay)
        collecting.say(*gave_up("1"), up())

        async def kept_with_its_ending() -> bool:
            kept = await relay.checkpoint("a")
            return kept is not None and b"abandoned" in kept.body

        await until(kept_with_its_ending)
        following.reader.feeds["a"].position = Position(1, 1)
        following.start()
        await following.until_as(collecting)
        assert following.reader.feeds["a"].gaps == 1
        ended = [
            c.after for o in following.outcomes for c in o.changes if isinstance(c.after, Caller) and c.after.ending
        ]
        assert [visit.ending for visit in ended] == [Ending.ABANDONED]


async def test_collector_started_anew() -> None:
    """A new term: what it knows is taken, whatever it knows."""
    async with floors() as (relay, collecting, following):
        await collecting.stop()
        other = Collecting(relay)
        other.say(up(), logged_in(9))
        other.start()
        await following.until_as(other)
        await other.stop()


async def test_garbled_entry_is_a_checkpoint() -> None:
    """What cannot be read is counted, and the checkpoint after it mends it."""
    async with floors() as (relay, collecting, following):
        last = await relay.last("a")
        assert last is not None
        await collecting.stop()
        last = await relay.last("a")
        assert last is not None
        await relay.publish([Entry("a", last.next(), b"\xc1noise")])

        async def counted() -> bool:
            return following.reader.garbled > 0

        await until(counted)
        other = Collecting(relay)
        other.say(up(), logged_in(9))
        other.start()
        await following.until_as(other)
        await other.stop()


async def test_checkpoint_that_cannot_be_read() -> None:
    """Is counted and looked for again; the floor stays as it was, shown as not seen."""
    relay = MemoryRelay()
    relay._checkpoints["a"] = Checkpoint(Position(1, 1), b"noise")
    following = Following(relay)
    following.start()
    await following.until_link(LinkState.DOWN, SILENT)
    assert following.reader.garbled > 0
    collecting = Collecting(relay)
    collecting.say(up(), logged_in(1))
    collecting.start()
    await following.until_as(collecting)
    await following.stop()
    await collecting.stop()


async def test_newer_collector_is_understood() -> None:
    """What an old node does not know is left out and counted; the rest is followed."""
    async with floors() as (relay, collecting, following):
        await collecting.stop()
        last = await relay.last("a")
        assert last is not None
        words = codec._ENCODER.encode((99, 1.0, [("CoffeeMade", {}), ("MemberSeen", logged_in(5))]))
        await relay.publish([Entry("a", last.next(), words)])
        await following.until(lambda floor: ("a", "agent 5") in floor.agents)
        assert following.reader.unread == Counter({"CoffeeMade": 1})
        assert following.reader.feeds["a"].version == 99


async def test_one_exchange_does_not_wait_for_another() -> None:
    """A node with a silent exchange follows the others."""
    relay = MemoryRelay()
    collecting, following = Collecting(relay, ["b"]), Following(relay, ["a", "b"])
    collecting.say(up("b"), logged_in(1, "b"))
    collecting.start()
    following.start()
    await following.until_link(LinkState.UP, None, "b")
    await following.until_link(LinkState.DOWN, SILENT)
    collecting.say(logged_in(2, "b"))
    await following.until(lambda floor: len(floor.agents) == 2)
    assert not same(following.store.snapshot(), collecting.store.snapshot())
    await following.stop()
    await collecting.stop()


async def test_who_is_followed_is_heard_while_others_are_taken() -> None:
    """A node with many exchanges takes one floor after the other, and hears in between of those it has: none of them is
    shown as silent because there are so many."""
    names = [f"x{number}" for number in range(20)]
    relay = SlowRelay()
    collecting, following = Collecting(relay, names), Following(relay, names)
    for name in names:
        collecting.say(up(name), logged_in(1, name))
    collecting.start()
    following.start()
    await following.until_as(collecting)
    shown = [one for one in following.outcomes if isinstance(one.fact, PbxShown) and one.fact.shown is not None]
    seen = {one.fact.pbx for one in following.outcomes if isinstance(one.fact, FloorTaken)}
    first = {name: next(i for i, one in enumerate(following.outcomes) if one.fact.pbx == name) for name in seen}
    assert not [one for one in shown if following.outcomes.index(one) > first[one.fact.pbx]]
    await following.stop()
    await collecting.stop()


class SlowRelay(MemoryRelay):
    """A floor of it takes as long as a large one does."""

    async def checkpoint(self, pbx: str) -> Checkpoint | None:
        kept = await super().checkpoint(pbx)
        if kept is not None:
            await asyncio.sleep(SILENT_S / 8)
        return kept


async def test_defect_ends_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while following is logged and counted, and the floor is taken anew."""
    async with floors() as (_, collecting, following):
        follow, wrong = following.reader._follow, iter([True])

        def fail_once(feed: Feed, entry: Entry) -> int:
            if next(wrong, False):
                raise ValueError("a defect")
            return follow(feed, entry)

        monkeypatch.setattr(Reader, "_follow", lambda _, feed, entry: fail_once(feed, entry))
        collecting.say(logged_in(2))

        async def counted() -> bool:
            return following.reader.garbled == 1

        await until(counted)
        collecting.say(logged_in(3))
        await following.until_as(collecting)


async def test_what_was_down_stays_down_since_then() -> None:
    """An exchange that did not answer does not answer still when the relay goes away: no alert recovers by that."""
    async with floors() as (relay, collecting, following):
        assert isinstance(relay, MemoryRelay)
        at = following.reader.clock.now() - 500
        collecting.say(f.LinkChanged("a", at, LinkState.DOWN, "unreachable"))
        before = await following.until_link(LinkState.DOWN, "unreachable")
        relay.away = True
        away = await following.until_link(LinkState.DOWN, AWAY)
        assert away.since == before.since
        relay.away = False
        await following.until_link(LinkState.DOWN, "unreachable")


async def test_trouble_of_the_record_is_told() -> None:
    """A node's pages say that the collector's record is in trouble, and that it is over."""
    async with floors() as (_, collecting, following):
        feed = following.reader.feeds["a"]

        async def told() -> bool:
            return feed.trouble == collecting.trouble

        for trouble in (Trouble(failing_s=12.0, reason="no route", waiting=3), Trouble()):
            collecting.trouble = trouble
            await until(told)
