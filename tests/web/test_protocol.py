"""The messages as docs/protocol.md promises them, and the judgement of what clients send."""

from __future__ import annotations

import contextlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import protocol


def told(message: msgspec.Struct) -> dict[str, object]:
    return json.loads(protocol.encode(message))


def test_snapshot_has_the_documented_members() -> None:
    """A snapshot carries t, v, rev, now, build, board and floor, and nothing else."""
    raw = msgspec.Raw(b'{"agents":{}}')
    message = told(protocol.Snapshot(1, 17, 1795315212.25, "0.1.0+ab12", msgspec.Raw(b'{"id":"default"}'), raw))
    assert message == {
        "t": "snapshot",
        "v": 1,
        "rev": 17,
        "now": 1795315212.25,
        "build": "0.1.0+ab12",
        "board": {"id": "default"},
        "floor": {"agents": {}},
    }


def test_patch_says_set_and_del() -> None:
    """A patch names what to replace under set and what is gone under del."""
    message = told(protocol.Patch(18, 1.5, {"history": {"total": []}}, {"callers": ["pbx1/support/1.1"]}))
    assert message == {
        "t": "patch",
        "rev": 18,
        "now": 1.5,
        "set": {"history": {"total": []}},
        "del": {"callers": ["pbx1/support/1.1"]},
    }


def test_patch_always_has_set() -> None:
    """A patch that only deletes still has an (empty) set."""
    assert told(protocol.Patch(18, 1.5, {}, {"callers": ["x"]}))["set"] == {}


def test_beat_asks_only_when_it_wants_to_know() -> None:
    """A beat has n only when an answer is wanted; an exchange never heard is null, not zero."""
    assert told(protocol.Beat(18, 1.5, {"pbx1": None})) == {"t": "beat", "rev": 18, "now": 1.5, "heard": {"pbx1": None}}
    assert told(protocol.Beat(18, 1.5, {}, 7))["n"] == 7


def test_known_messages_are_understood() -> None:
    """resync and pong are all a client may say."""
    assert isinstance(protocol.parse('{"t":"resync"}'), protocol.Resync)
    assert protocol.parse('{"t":"pong","n":7}') == protocol.Pong(7)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"t":"hello"}',
        '{"t":"resync","more":1}',
        '{"t":"pong"}',
        '{"t":"pong","n":"7"}',
        '{"t":"pong","n":1e400}',
        '{"t":["resync"]}',
        '{"t":"resync"',
        "[" * 4000,
        '{"t":"resync","x":' + "[" * 4000,
        "\ud800",
        b'{"t":"resync"}',
    ],
)
def test_everything_else_is_unwelcome(frame: str | bytes) -> None:
    """Whatever the protocol does not name is refused, deep nesting and binary frames included."""
    with pytest.raises(protocol.Unwelcome):
        protocol.parse(frame)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200), st.from_regex(r'\{"t":"(resync|pong)".{0,40}\}')))
def test_no_frame_breaks_the_parser(frame: str | bytes) -> None:
    """Any frame is either understood or unwelcome; nothing else ever comes out."""
    with contextlib.suppress(protocol.Unwelcome):
        assert isinstance(protocol.parse(frame), protocol.Resync | protocol.Pong)


def test_twenty_messages_a_second_are_fine() -> None:
    """Twenty within a second pass, the twenty-first does not."""
    pace = protocol.Pace()
    for n in range(20):
        pace.note(100 + n / 100)
    with pytest.raises(protocol.Unwelcome):
        pace.note(100.9)


def test_a_steady_pace_is_never_too_fast() -> None:
    """Twenty a second may go on for ever."""
    pace = protocol.Pace()
    for n in range(200):
        pace.note(n * 0.0501)
