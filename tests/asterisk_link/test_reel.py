"""Tapes taken apart into sessions, lists and events."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from asterisk.collect import PICTURE
from asterisk.reel import LISTS, SINGLES, capture, load, reels
from asterisk.tape import Piece, TapeError
from tests.asterisk_link.peer import block, event, listing

TAPES = sorted((Path(__file__).parent.parent / "tapes").glob("*/*.ami"))
OLD = {"Action": "QueueStatus", "ActionID": "old"}


def test_lists_are_answered_with_the_id_of_whoever_asks() -> None:
    """The recorder's action id is replaced in every line of the answer."""
    data = b"".join(listing(OLD, ("QueueParams", {"Queue": "a"})))
    answer = capture(data, 0).answer("QueueStatus", "new\\1", 0)
    assert answer is not None
    assert answer == data.replace(b"old", b"new\\1")
    assert answer.count(b"new") == 3


def test_events_and_lists_are_told_apart() -> None:
    """Items of a list are not events, though a DeviceStateChange looks the same in both."""
    head, item, end = listing({"Action": "DeviceStateList", "ActionID": "1"}, ("DeviceStateChange", {"Device": "a"}))
    live = event("DeviceStateChange", Device="b")
    reel = capture(head + live + item + end + block("Response: Success", "ActionID: 2", "Ping: Pong"), 0)
    assert [data for _, data in reel.events] == [live]
    assert set(reel.lists) == {"DeviceStateList"}


def test_a_later_picture_is_given_at_its_time() -> None:
    """Asked again later in the tape, the list is the later one; before, the first."""
    answers = [b"".join(listing(OLD, ("QueueParams", {"Queue": name}))) for name in ("early", "late")]
    [reel] = reels(100, [Piece(0, "opened"), Piece(1, "heard", answers[0]), Piece(9, "heard", answers[1])])
    said = {now: reel.answer("QueueStatus", "x", now) or b"" for now in (100, 105, 110)}
    assert [b"early" in said[100], b"early" in said[105], b"late" in said[110]] == [True] * 3
    assert reel.answer("SIPpeers", "x", 100) is None


def test_sessions_are_kept_apart() -> None:
    """A connection lost on the tape is lost in the replay; half a message at its end is dropped."""
    tape = [
        Piece(0, "opened"),
        Piece(1, "heard", event("A") + b"Event: Hal"),
        Piece(2, "closed"),
        Piece(5, "opened"),
        Piece(6, "heard", event("B")),
    ]
    first_, second = reels(100, tape)
    assert [data for _, data in first_.events] == [event("A")]
    assert (first_.ended_at, second.began_at, second.ended_at) == (102, 105, None)
    assert second.events == [(106, event("B"))]


def test_a_capture_takes_its_times_from_its_events() -> None:
    """Events without a stamp come with the one before; time never runs backwards."""
    stamped = [event("A", Timestamp="50.5"), event("B"), event("C", Timestamp="52"), event("D", Timestamp="51")]
    path_free = capture(b"".join(stamped), 7)
    assert [at for at, _ in path_free.events] == [7] * 4


def test_a_file_of_either_kind_is_loaded(tmp_path: Path) -> None:
    """Captures and tapes are told apart by their first bytes."""
    (tmp_path / "x.ami").write_bytes(event("A", Timestamp="50.5") + event("B") + event("C", Timestamp="52"))
    [reel] = load(tmp_path / "x.ami", 7)
    assert [at for at, _ in reel.events] == [50.5, 50.5, 52]
    assert reel.began_at == 50.5
    (tmp_path / "x.tape").write_bytes(b"floorwatch tape 1 5.0\n0.5 heard 12\nEvent: A\r\n\r\n\n")
    [reel] = load(tmp_path / "x.tape", 7)
    assert reel.events == [(5.5, b"Event: A\r\n\r\n")]


@pytest.mark.parametrize("data", [b"Event: A\r\n\r\n", gzip.compress(event("A"))[:-9]], ids=["plain", "cut"])
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, data: bytes) -> None:
    """A capture that says it is compressed and is not, or not to its end, is a sentence with its name."""
    (tmp_path / "x.ami.gz").write_bytes(data)
    with pytest.raises(TapeError, match=r"x\.ami\.gz is no tape"):
        load(tmp_path / "x.ami.gz", 7)


@pytest.mark.skipif(not TAPES, reason="no captures of a real exchange")
def test_every_recorded_scenario_can_be_played() -> None:
    """Each capture of a real exchange has the queues and channels of a full picture."""
    for path in TAPES:
        [reel] = load(path, 0)
        assert {"QueueStatus", "CoreShowChannels"} <= set(reel.lists), path


def test_the_actions_behind_the_lists_are_those_of_the_picture() -> None:
    """What the link asks for, a tape can answer."""
    assert {listing.action for listing in PICTURE} - {"IAXpeers"} == {*LISTS.values(), *SINGLES.values()}
