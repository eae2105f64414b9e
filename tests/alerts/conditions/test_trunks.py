"""Lines to the outside: lost trunks (R-EMG-22)."""

from __future__ import annotations

import pytest

from alerts.conditions import trunks
from alerts.conditions.subjects import the_trunk
from floor.state import facts as f
from floor.state.model import Reach
from tests.support.scene import BEGIN, A, B, Scene, one

LOST = one(trunks.CONDITIONS, "trunk_lost")
CARRIER = the_trunk(A, "me@carrier")

WORDS = (
    ("Registered", Reach.REACHABLE, None),
    ("Rejected", Reach.UNREACHABLE, 30),
    ("Failed", Reach.UNREACHABLE, 30),
    ("Unregistered", Reach.UNREACHABLE, 30),
    ("Whatever", Reach.UNKNOWN, None),
)


@pytest.mark.parametrize(("word", "reach", "said"), WORDS)
def test_registration(word: str, reach: Reach, said: float | None) -> None:
    """A registration that is refused or gone is lost; a word we do not know says nothing."""
    scene = Scene(LOST).up().tell(f.TrunkSeen(A, BEGIN, "me@carrier", reach, word))
    assert scene.at(30).value(CARRIER) == said
    assert CARRIER in scene.touched
    if said:
        assert scene.proof(CARRIER)["status"] == word


def test_endpoint_of_a_trunk() -> None:
    """A qualified endpoint without a registration counts the same, and its return ends it."""
    trunk = the_trunk(A, "PJSIP/carrier")
    scene = Scene(LOST).up().tell(f.TrunksSynced(A, BEGIN, (("PJSIP/carrier", Reach.REACHABLE, "Not in use"),)))
    scene.at(5).tell(f.EndpointSeen(A, BEGIN + 5, "PJSIP/carrier", Reach.UNREACHABLE))
    assert scene.at(35).value(trunk) == 30
    scene.tell(f.EndpointSeen(A, BEGIN + 35, "PJSIP/carrier", Reach.REACHABLE))
    assert scene.value(trunk) is None


def test_repeats_and_other_words_make_it_no_younger() -> None:
    """Rejected, then Unregistered, then Rejected again: one loss."""
    scene = Scene(LOST).up()
    for at, word in ((0, "Rejected"), (10, "Unregistered"), (20, "Rejected")):
        scene.at(at).tell(f.TrunkSeen(A, BEGIN + at, "me@carrier", Reach.UNREACHABLE, word))
    assert scene.at(30).value(CARRIER) == 30


def test_removed_trunk() -> None:
    """What is no longer configured is not lost."""
    scene = Scene(LOST).up().tell(f.TrunkSeen(A, BEGIN, "me@carrier", Reach.UNREACHABLE, "Failed"))
    assert scene.tell(f.TrunkGone(A, BEGIN + 1, "me@carrier")).value(CARRIER) is None


def test_trunks_of_two_exchanges() -> None:
    """The same account on two exchanges is two trunks."""
    scene = Scene(LOST).up(A, B)
    for pbx, reach in ((A, Reach.REACHABLE), (B, Reach.UNREACHABLE)):
        scene.tell(f.TrunkSeen(pbx, BEGIN, "me@carrier", reach, "x"))
    assert (scene.at(9).value(CARRIER), scene.value(the_trunk(B, "me@carrier"))) == (None, 9)
