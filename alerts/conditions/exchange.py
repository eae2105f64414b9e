"""Conditions about the exchange itself: no word from it (R-EMG-20), and that it was shut down (R-EMG-21)."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Lasting, Params, Reading, Unknown, World
from alerts.conditions.subjects import changed, said, the_pbx
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import LinkState, Pbx

ANSWERS = (LinkState.UP, LinkState.SYNCING)
NOT_TRIED_YET = ("restart", "first_start")
"""Reasons of a link that we ourselves have only begun to set up."""
OURS = "stopped"
"""Reason of a link that we ourselves closed."""


def pbx_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """The exchange whose link changed."""
    for before, after in changed(outcome, Pbx):
        one = after or before
        if one is not None:
            yield the_pbx(one.pbx)


def link_silent(subject: Subject, world: World, params: Params, _now: float) -> Reading:
    """Since the last word of an exchange that does not answer."""
    pbx = world.floor.pbxs.get(subject.pbx)
    if pbx is None or pbx.link in ANSWERS or pbx.reason in NOT_TRIED_YET:
        return None
    if pbx.reason == OURS:
        return Unknown()
    if pbx.shutdown_at is not None and not params["after_shutdown"]:
        return None  # one cause, one alert: it said why
    since = world.ours(pbx.pbx, pbx.since)
    proof = said(since, "LinkChanged", link=pbx.link.value, reason=pbx.reason)
    return Lasting(since, About(evidence=(proof,)), raw=pbx.since)


def shut_down(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """Since the exchange said that it goes down, until the picture after its start is complete."""
    pbx = world.floor.pbxs.get(subject.pbx)
    if pbx is None or pbx.shutdown_at is None:
        return None
    since = world.ours(pbx.pbx, pbx.shutdown_at)
    return Lasting(since, About(evidence=(said(since, "ExchangeStopped"),)), raw=pbx.shutdown_at)


CONDITIONS = (
    Condition(
        name="link_silent",
        subject=SubjectKind.PBX,
        params={"after_shutdown": (bool, False)},
        help="Seconds since the last word of the exchange (R-EMG-20); after_shutdown: also when it said goodbye.",
        touched=pbx_touched,
        read=link_silent,
        linkless=True,
        hears=frozenset({Pbx}),
    ),
    Condition(
        name="exchange_shut_down",
        subject=SubjectKind.PBX,
        params={},
        help="Seconds since the exchange said that it goes down (R-EMG-21), until it is back.",
        touched=pbx_touched,
        read=shut_down,
        linkless=True,
        hears=frozenset({Pbx}),
    ),
)
