"""The exchange: no word from it (R-EMG-20), and that it said goodbye (R-EMG-21)."""

from __future__ import annotations

import pytest

from alerts.conditions import exchange
from alerts.conditions.contract import Unknown
from alerts.conditions.subjects import the_pbx
from floor.state import facts as f
from floor.state.model import LinkState
from tests.support.scene import BEGIN, A, B, Scene, one

SILENT = one(exchange.CONDITIONS, "link_silent")
SHUT = one(exchange.CONDITIONS, "exchange_shut_down")


@pytest.mark.parametrize("seconds", [0, 9.9, 10, 600])
def test_silence_lasts_since_the_last_word(seconds: float) -> None:
    """The age of a silence is counted from the last word, whenever it was noticed."""
    scene = Scene(SILENT).up()
    scene.tell(f.LinkChanged(A, BEGIN + 5, LinkState.DOWN, "silent"))
    assert scene.at(5 + seconds).value(the_pbx(A)) == pytest.approx(seconds)
    assert the_pbx(A) in scene.touched


ANSWERS = (
    (LinkState.UP, None, None),
    (LinkState.SYNCING, None, None),
    (LinkState.DOWN, "restart", None),
    (LinkState.DOWN, "first_start", None),
    (LinkState.DOWN, "closed", 30.0),
    (LinkState.DOWN, "unreachable", 30.0),
    (LinkState.REFUSED, "refused", 30.0),
    (LinkState.DOWN, "stopped", "unknown"),
)


@pytest.mark.parametrize(("link", "reason", "said"), ANSWERS)
def test_which_links_are_silent(link: LinkState, reason: str | None, said: float | str | None) -> None:
    """One that we have not tried yet, or closed ourselves, says nothing about the exchange."""
    scene = Scene(SILENT)
    if reason not in ("restart", "first_start"):
        scene.up()
    scene.link(link, reason=reason)
    assert scene.at(30).value(the_pbx(A)) == said


def test_reasons_that_change_make_it_no_younger() -> None:
    """Attempt after attempt fails: one silence."""
    scene = Scene(SILENT).up().link(LinkState.DOWN, reason="silent")
    scene.at(20).link(LinkState.DOWN, reason="unreachable")
    assert scene.at(30).value(the_pbx(A)) == 30


def test_silence_after_our_own_restart() -> None:
    """Until the first attempt has failed nothing is said; then the last word is as old as it is."""
    scene = Scene(SILENT)
    scene.tell(f.LinkChanged(A, BEGIN - 100, LinkState.DOWN, "restart"))
    assert scene.value(the_pbx(A)) is None
    scene.at(10).link(LinkState.DOWN, reason="unreachable")
    assert scene.value(the_pbx(A)) == 110


def test_two_exchanges_are_two_subjects() -> None:
    """One of two is silent."""
    scene = Scene(SILENT).up(A, B).link(LinkState.DOWN, B, "silent").at(12)
    assert (scene.value(the_pbx(A)), scene.value(the_pbx(B))) == (None, 12)


def test_goodbye_is_told_once() -> None:
    """Who said that he goes down is shut down, not silent; unless the rule wants to hear of it twice."""
    for after_shutdown, silent in ((False, None), (True, 20)):
        scene = Scene(SILENT, after_shutdown=after_shutdown).up()
        scene.tell(f.ExchangeStopped(A, BEGIN)).link(LinkState.DOWN, reason="shutdown")
        assert scene.at(20).value(the_pbx(A)) == silent


def test_shut_down_until_the_picture_is_complete() -> None:
    """From Shutdown on, through failed attempts, until it has started and told everything."""
    scene = Scene(SHUT).up()
    assert scene.value(the_pbx(A)) is None
    scene.tell(f.ExchangeStopped(A, BEGIN + 1, restart=True))
    assert the_pbx(A) in scene.touched
    for at, state, reason in (
        (2, LinkState.DOWN, "shutdown"),
        (5, LinkState.DOWN, "unreachable"),
        (9, LinkState.SYNCING, None),
    ):
        scene.at(at).link(state, reason=reason)
        assert scene.value(the_pbx(A)) == at - 1
    assert scene.proof(the_pbx(A))["fact"] == "ExchangeStopped"
    assert scene.at(10).up().value(the_pbx(A)) is None


def test_an_exchange_nobody_knows() -> None:
    """Nothing is said of it."""
    for condition in exchange.CONDITIONS:
        assert Scene(condition).value(the_pbx("nowhere")) is None
    assert not isinstance(Scene(SILENT).read(the_pbx(A)), Unknown)
