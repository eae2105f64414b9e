"""Tapes are written and read back as they were, without secrets, and survive what happens to files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from asterisk.deliveries import LinkOpened
from asterisk.tape import TapeError, TapeWriter, aside, began_at, is_tape, pieces
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import SECRET, Peer, event


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return 1_795_315_210.0 + self.time

    def monotonic(self) -> float:
        return self.time


def heard(path: Path) -> bytes:
    return b"".join(piece.data for piece in pieces(path))


@given(chunks=st.lists(st.binary(max_size=60), max_size=12))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_every_byte_comes_back(tmp_path: Path, chunks: list[bytes]) -> None:
    """Whatever was heard, in whatever pieces, is read back whole and in order."""
    tape = TapeWriter(tmp_path / "x.tape", Hand())
    tape.opened()
    for chunk in chunks:
        tape.heard(chunk)
    tape.close()
    assert heard(tmp_path / "x.tape") == b"".join(chunks)
    assert [piece.kind for piece in pieces(tmp_path / "x.tape") if piece.kind != "heard"] == ["opened", "closed"]


@pytest.mark.parametrize("name", ["x.tape", "x.tape.gz"])
def test_timing_is_kept(tmp_path: Path, name: str) -> None:
    """Each piece knows when it came, and the tape when it was begun; compressed or not."""
    clock = Hand()
    tape = TapeWriter(tmp_path / name, clock)
    tape.opened()
    clock.time += 1.25
    tape.heard(b"Event: A\r\n\r\n")
    clock.time += 2
    tape.close()
    assert began_at(tmp_path / name) == pytest.approx(1_795_315_310.0)
    assert [(piece.at, piece.kind) for piece in pieces(tmp_path / name)] == [
        (0.0, "opened"),
        (1.25, "heard"),
        (3.25, "closed"),
    ]
    assert is_tape(tmp_path / name)


def test_what_helps_to_guess_a_secret_is_blackened(tmp_path: Path) -> None:
    """Challenges, hashes and passwords in security events are not recorded, however the bytes were cut."""
    said = b"Event: InvalidPassword\r\nChallenge: 4711\r\nReceivedHash: abcdef\r\nSecret: s3\r\nAccountID: floor\r\n"
    for cut in range(len(said)):
        path = tmp_path / f"{cut}.tape"
        tape = TapeWriter(path, Hand())
        tape.heard(said[:cut])
        tape.heard(said[cut:])
        tape.close()
        read = heard(path)
        assert b"AccountID: floor\r\n" in read
        assert not any(word in read for word in (b"4711", b"abcdef", b"s3"))


async def test_a_link_is_recorded_without_its_login(start: Start, ear: Ear, tmp_path: Path) -> None:
    """The tape of a real session holds what was heard, and neither the secret nor what we sent."""
    path = tmp_path / "x.tape"
    tape = TapeWriter(path, Hand())
    async with Peer() as peer:
        start(peer.port, tap=tape)
        await ear.pictures()
        peer.say(event("Marker"))
        await ear.until(lambda: "Marker" in ear.events())
    tape.close()
    read = heard(path)
    assert ear.all(LinkOpened)
    assert b"Event: Marker" in read
    assert SECRET.encode() not in read
    assert b"Action: " not in read


def test_a_full_tape_is_put_aside_and_a_picture_asked_for(tmp_path: Path) -> None:
    """The disk is never filled: only the newest tapes stay, and each begins with a session."""
    turned: list[bool] = []
    path = tmp_path / "x.tape"
    tape = TapeWriter(path, Hand(), max_bytes=500, keep=2, turned=lambda: turned.append(True))
    for n in range(100):
        tape.heard(event("Tick", Serial=n))
    tape.close()
    assert len(turned) > 3
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.1.tape", "x.2.tape", "x.tape"]
    assert all(file.stat().st_size < 700 for file in tmp_path.iterdir())
    assert next(pieces(aside(path, 1))).kind == "opened"


@pytest.mark.parametrize("name", ["x.tape", "x.tape.gz"])
def test_a_tape_cut_off_anywhere_is_read_up_to_there(tmp_path: Path, name: str) -> None:
    """A crash of the recorder loses the end, not the tape."""
    tape = TapeWriter(tmp_path / name, Hand())
    tape.opened()
    for n in range(5):
        tape.heard(event("Tick", Serial=n))
    tape.close()
    whole = (tmp_path / name).read_bytes()
    for end in range(60, len(whole), 7):
        (tmp_path / f"cut-{name}").write_bytes(whole[:end])
        assert b"".join(event("Tick", Serial=n) for n in range(5)).startswith(heard(tmp_path / f"cut-{name}"))


@pytest.mark.parametrize("data", [b"", b"Event: A\r\n\r\n", b"floorwatch tape 1 soon\n"])
def test_what_is_no_tape_is_told(tmp_path: Path, data: bytes) -> None:
    """A sentence, not a traceback."""
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(TapeError, match="is no tape"):
        began_at(tmp_path / "x")


def test_a_damaged_piece_ends_the_tape(tmp_path: Path) -> None:
    """Lengths and kinds are not trusted."""
    (tmp_path / "x").write_bytes(b"floorwatch tape 1 5.0\n0.0 opened 0\n\n1.0 heard 99999999999\nx")
    assert [piece.kind for piece in pieces(tmp_path / "x")] == ["opened"]
    (tmp_path / "x").write_bytes(b"floorwatch tape 1 5.0\n0.0 sung 0\n\n")
    assert list(pieces(tmp_path / "x")) == []


def test_a_tape_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    """Whoever asks for a recording learns at the start that there will be none."""
    with pytest.raises(TapeError):
        TapeWriter(tmp_path / "nowhere" / "x.tape", Hand())


def test_a_full_disk_ends_the_recording_only() -> None:
    """Trouble while writing is kept as a sentence; nothing is raised into the link."""
    tape = TapeWriter(Path("/dev/full"), Hand())
    for _ in range(100):
        tape.heard(b"x" * 1000 + b"\n")
    assert tape.trouble is not None
    assert "No space left" in tape.trouble
