"""What a listener hears in the simulator: nothing before it spies, silence on hold, an answer when spoken to."""

from __future__ import annotations

import struct

import pytest

from asterisk.simulator.parts import Channel
from asterisk.simulator.spying import Socket, Sound
from asterisk.simulator.voices import loudness
from asterisk.simulator.world import World

ID = "12345678-1234-1234-1234-123456789abc"
LOUD, QUIET = struct.pack("<160h", *[4000] * 160), bytes(320)


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        (f"AudioSocket/127.0.0.1:9000/{ID}", ("127.0.0.1", 9000)),
        (f"AudioSocket/[::1]:9000/{ID}", ("::1", 9000)),
        (f"AudioSocket/floor.example:1/{ID}", ("floor.example", 1)),
        ("AudioSocket/127.0.0.1:1/x", None),
        (f"AudioSocket/127.0.0.1/{ID}", None),
        (f"AudioSocket/127.0.0.1:x/{ID}", None),
        (f"AudioSocket/:9/{ID}", None),
        ("AudioSocket/", None),
    ],
)
def test_socket(channel: str, place: tuple[str, int] | None) -> None:
    """Where and which, or none."""
    found = Socket.read(channel)
    assert (None if found is None else (found.host, found.port)) == place


class Stage:
    """A call 1.2 that is listened to."""

    def __init__(self, options: str) -> None:
        self.world = World(1, 1000.0)
        self.leg = Channel("PJSIP/1-1", "1.2", "1.1", 1000.0)
        self.world.channels[self.leg.name] = self.leg
        self.told = 0
        self.sound = Sound(self.world, Socket("h", 1, bytes(16)), self.tell)
        self.options = options

    def tell(self) -> None:
        self.told += 1

    def spies(self) -> Sound:
        self.sound.spies(self.leg, self.options)
        return self.sound

    def levels(self, begin: float, seconds: float) -> tuple[int, int]:
        """The loudest of both sides."""
        frames = [self.sound.frame(begin + n / 50) or b"" for n in range(int(seconds * 50))]
        sides = [struct.unpack(f"<{len(frame) // 2}h", frame) for frame in frames]
        return max(max(map(abs, one[0::2])) for one in sides), max(max(map(abs, one[1::2])) for one in sides)


def test_nothing_before_it_spies() -> None:
    """No frame, not even a silent one."""
    stage = Stage("D")
    assert stage.sound.frame(0.0) is None
    assert not stage.sound.gone


def test_apart_or_mixed() -> None:
    """In stereo 640 bytes, else 320; both are heard within six seconds."""
    assert len(Stage("uqD").spies().frame(0.0) or b"") == 640
    assert len(Stage("uq").spies().frame(0.0) or b"") == 320
    stage = Stage("D")
    stage.spies()
    assert min(stage.levels(0.0, 6.0)) > 3000


def test_silence_on_hold() -> None:
    """Whoever is on hold hears music that the agent's channel does not carry."""
    stage = Stage("D")
    stage.spies()
    stage.leg.held = True
    assert stage.levels(0.0, 6.0) == (0, 0)


def side(frame: bytes, which: int) -> list[int]:
    return list(struct.unpack("<320h", frame)[which::2])


@pytest.mark.parametrize(("options", "answers"), [("D", ""), ("Dw", "agent"), ("DB", "both")])
def test_whom_the_supervisor_speaks_to_answers(options: str, answers: str) -> None:
    """In mode listen nobody hears him; the agent alone; both."""
    stage, plain = Stage(options), Stage("D")
    stage.spies()
    plain.spies()
    stage.sound.hear(QUIET, 5.0)
    assert stage.levels(5.0, 2.0) == plain.levels(5.0, 2.0)
    stage.sound.hear(LOUD, 5.0)
    frames = [[one.sound.frame(5.0 + n / 50) or b"" for n in range(60)] for one in (stage, plain)]
    left, right = ([side(a, n) != side(b, n) for a, b in zip(*frames, strict=True)] for n in (0, 1))
    assert (any(left), any(right)) == {"": (False, False), "agent": (True, False), "both": (True, True)}[answers]


def test_an_answer_is_heard() -> None:
    """A third of a second after his last word the agent says something."""
    stage = Stage("Dw")
    stage.spies().hear(LOUD, 5.0)
    frames = [stage.sound.frame(5.35 + n / 50) or b"" for n in range(20)]
    assert max(loudness(bytes(frame)) for frame in frames) > 3000


def test_told_once_that_it_is_over() -> None:
    """From whichever side; and a channel that a restart took away is gone."""
    stage = Stage("D")
    stage.sound.connected(True)
    stage.spies()
    stage.sound.end()
    stage.sound.end()
    assert (stage.told, stage.sound.over, stage.sound.gone) == (2, True, False)
    stage.world.forget_calls()
    assert stage.sound.gone
