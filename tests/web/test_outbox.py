"""A slow client costs nobody anything: it is passed over, brought level, or cut off."""

from __future__ import annotations

import pytest

from web.outbox import HIGH_BYTES, LOW_BYTES, PATIENCE_S, Outbox


class Line:
    def __init__(self) -> None:
        self.backlog = 0
        self.thin = False
        """Nothing gets through at once."""
        self.got: list[bytes] = []

    def unsent(self) -> int:
        return self.backlog

    def deliver(self, message: bytes) -> None:
        self.got.append(message)
        self.backlog += len(message) if self.thin else 0

    def cut(self) -> None:
        raise AssertionError("an outbox does not cut by itself")


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def outbox(line: Line) -> Outbox:
    one = Outbox(line)
    one.give([b"snapshot"], 0.0)
    line.got.clear()
    return one


def test_a_snapshot_comes_first(line: Line) -> None:
    """Before its first snapshot a client gets no patch."""
    new = Outbox(line)
    assert not new.push(b"patch", 0.0)
    assert new.due(0.0)
    new.give([b"snapshot"], 0.0)
    assert new.push(b"patch", 0.0)
    assert line.got == [b"snapshot", b"patch"]


def test_a_client_behind_is_passed_over_until_it_drained(outbox: Outbox, line: Line) -> None:
    """Above the high mark nothing more is sent; a fresh snapshot comes when it fell below the low mark."""
    line.backlog = HIGH_BYTES + 1
    assert not outbox.push(b"patch", 5.0)
    line.backlog = LOW_BYTES + 1
    assert not outbox.push(b"patch", 6.0)
    assert not outbox.due(6.0)
    line.backlog = LOW_BYTES
    assert outbox.due(7.0)
    outbox.give([b"snapshot"], 7.0)
    assert outbox.push(b"patch", 7.0)
    assert line.got == [b"snapshot", b"patch"]
    assert outbox.skipped == 2


def test_a_snapshot_on_its_way_is_not_being_behind(line: Line) -> None:
    """On a thin line a big floor's snapshot takes a while; patches queue behind it, within bounds."""
    outbox = Outbox(line)
    line.thin = True
    outbox.give([b"x" * HIGH_BYTES], 0.0)
    line.thin = False
    line.backlog = HIGH_BYTES + 1
    assert outbox.push(b"patch", 0.1)
    line.backlog = 2 * HIGH_BYTES + 1
    assert not outbox.push(b"patch", 0.2)


def test_once_drained_the_usual_mark_holds(line: Line) -> None:
    """The room for a big snapshot is not room for ever: memory per client stays bounded."""
    outbox = Outbox(line)
    line.thin = True
    outbox.give([b"x" * HIGH_BYTES, b"y" * HIGH_BYTES], 0.0)
    line.thin = False
    line.backlog = LOW_BYTES
    assert outbox.push(b"patch", 0.1)
    line.backlog = HIGH_BYTES + 1
    assert not outbox.push(b"patch", 0.2)


def test_snapshots_are_not_for_the_asking(outbox: Outbox) -> None:
    """A client that keeps asking gets one a second."""
    outbox.owe()
    assert not outbox.due(0.5)
    assert outbox.due(1.0)


def test_patience_ends(outbox: Outbox, line: Line) -> None:
    """A client that stays behind is given up; one that recovers begins anew."""
    line.backlog = HIGH_BYTES + 1
    outbox.push(b"patch", 5.0)
    assert not outbox.hopeless(5.0 + PATIENCE_S)
    assert outbox.hopeless(5.1 + PATIENCE_S)
    line.backlog = 0
    outbox.give([b"snapshot"], 40.0)
    assert not outbox.hopeless(100.0)


def test_asking_without_reading_is_behind_too(outbox: Outbox, line: Line) -> None:
    """A client that is owed a snapshot but never takes what is on its way is given up as well."""
    outbox.owe()
    line.backlog = LOW_BYTES + 1
    assert not outbox.hopeless(5.0)
    assert outbox.hopeless(5.1 + PATIENCE_S)
