"""The AudioSocket codec: whatever arrives, in whatever pieces, gives packets or one error, and is never hoarded."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.audiosocket import HEAD, LONGEST, AudioSocketError, Kind, Packet, Reader, written

WHO = UUID("12345678123456781234567812345678")

packets = st.builds(Packet, st.sampled_from(Kind), st.binary(max_size=700))


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges)]


@given(st.lists(packets, max_size=8), st.lists(st.integers(0, 6000), max_size=9))
def test_what_was_written_is_read(sent: list[Packet], places: list[int]) -> None:
    """In whatever pieces the network delivers it."""
    data = b"".join(written(one.kind, one.payload) for one in sent)
    reader = Reader()
    assert [packet for piece in cut(data, places) for packet in reader.feed(piece)] == sent


@given(st.lists(st.binary(max_size=4000), max_size=12))
def test_noise_is_no_danger(pieces: list[bytes]) -> None:
    """Any bytes give packets or the one error; never more is kept than one packet."""
    reader = Reader()
    try:
        for piece in pieces:
            for packet in reader.feed(piece):
                assert packet.kind in Kind
            assert len(reader._rest) < HEAD + LONGEST
    except AudioSocketError:
        pass


@given(st.sampled_from([kind for kind in range(256) if kind not in set(Kind)]), st.binary(max_size=300))
def test_unknown_kinds_are_read_over(kind: int, payload: bytes) -> None:
    """Digits and audio at other rates change nothing."""
    strange = bytes((kind,)) + len(payload).to_bytes(2, "big") + payload
    assert list(Reader().feed(strange + written(Kind.HANG_UP))) == [Packet(Kind.HANG_UP)]


def test_too_long() -> None:
    """A length that no audio has is an error at once, before anything is kept; what came before it is read."""
    got: list[Packet] = []
    with pytest.raises(AudioSocketError):
        got.extend(Reader().feed(written(Kind.AUDIO, b"ab") + b"\x10" + (LONGEST + 1).to_bytes(2, "big")))
    assert got == [Packet(Kind.AUDIO, b"ab")]
    with pytest.raises(ValueError, match="longer"):
        written(Kind.AUDIO, bytes(LONGEST + 1))


def test_identifier() -> None:
    """Sixteen bytes say which connection it is; anything else is none."""
    assert Packet(Kind.IDENTIFIER, WHO.bytes).identifier == WHO
    for wrong in (Packet(Kind.IDENTIFIER, b"short"), Packet(Kind.AUDIO, WHO.bytes)):
        with pytest.raises(AudioSocketError):
            _ = wrong.identifier
