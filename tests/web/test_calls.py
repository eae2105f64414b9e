"""One call as it is shown: legs, visits and timeline, in order, masked, and nobody named who may not be."""

from __future__ import annotations

from dataclasses import replace

from floor.ports import CallRecord
from floor.state.model import (
    AgentState,
    Caller,
    CallerStage,
    CallKind,
    Channel,
    CompletedBy,
    Ending,
    Leg,
    LegStage,
    Offer,
    OfferResult,
    Span,
)
from tests.web.doubles import NOON, FloorDouble, agent, member, pbx
from web.calls import LiveCall, agents_of, live_call, view_call

CALLER = Caller(
    "pbx1", "support", "1.1", CallerStage.TALKING, NOON - 60, linkedid="1.1", number="13812345678", name="Zhang San",
    agent="Ann", answered_at=NOON - 40, wait_s=20,
)  # fmt: skip
OVER = replace(
    CALLER, stage=CallerStage.ENDED, ended_at=NOON - 5, talk_s=35, hold_s=8.0, holds=1, completed_by=CompletedBy.CALLER
)
NOTHING = LiveCall("1.1", (), (), ())


def channel(uniqueid: str, name: str, **more: object) -> Channel:
    return Channel("pbx1", uniqueid, name, "1.1", NOON - 60, **more)  # type: ignore[arg-type]


def talking() -> FloorDouble:
    """The caller, Ann who holds him, and the two halves of a Local channel between."""
    leg = Leg("1.2", LegStage.HELD, CallKind.QUEUE, NOON - 10, queue="support", call="1.1")
    ann = agent("Ann", member(), state=AgentState.HOLDING, legs=(leg,), call="1.1")
    lines = [
        channel("1.1", "PJSIP/carrier-1", up=True),
        channel("1.2", "PJSIP/1001-2", up=True, agent="Ann"),
        channel("1.3", "Local/1001@q-1;1"),
        replace(channel("9.9", "PJSIP/1002-9"), linkedid="9.9"),
    ]
    return FloorDouble(pbx(), ann, CALLER, *lines)


def test_who_is_on_it() -> None:
    """Caller and agent with how far they are; what leads nowhere is left out, other calls too."""
    shown = view_call("pbx1", live_call(talking().view, "pbx1", "1.1"), CallRecord(), lambda _: True, 0.0)
    legs = [(leg["side"], leg["agent"], leg["stage"]) for leg in shown["legs"]]  # type: ignore[attr-defined]
    assert legs == [("caller", None, "up"), ("agent", "Ann", "held")]
    assert (shown["call"], shown["live"]) == ("1.1", True)


def test_any_of_its_channels_leads_to_it() -> None:
    """By the Uniqueid of a leg the same call is found."""
    assert live_call(talking().view, "pbx1", "1.2").linkedid == "1.1"
    assert not live_call(talking().view, "pbx1", "7.7")
    assert not live_call(talking().view, "other", "1.1")


def test_number_and_name_stay_away() -> None:
    """Masked as on every screen; the name a phone sent along is nowhere (R-SEC-2)."""
    shown = str(view_call("pbx1", live_call(talking().view, "pbx1", "1.1"), CallRecord(), lambda _: True, 0.0))
    assert "138******78" in shown
    assert "13812345678" not in shown
    assert "Zhang" not in shown


def test_agents_of_others_have_no_name() -> None:
    """They are there, and nobody."""
    shown = view_call("pbx1", live_call(talking().view, "pbx1", "1.1"), CallRecord((OVER,)), lambda _: False, 0.0)
    assert "Ann" not in str(shown)
    assert [leg["side"] for leg in shown["legs"]] == ["caller", "elsewhere"]  # type: ignore[attr-defined]


def test_timeline_in_order_on_our_clock() -> None:
    """Joined, rung in vain, answered, held, ended; the exchange's clock is 100 s ahead."""
    rings = (
        Offer("pbx1", "support", "Bob", "1.1", NOON - 55, NOON - 45, OfferResult.NO_ANSWER),
        Offer("pbx1", "support", "Cui", "1.1", NOON - 55, NOON - 44, OfferResult.CANCELLED),
        Offer("pbx1", "support", "Ann", "1.1", NOON - 44, NOON - 40, OfferResult.ANSWERED),
    )
    spans = (
        Span("pbx1", "Ann", AgentState.TALKING, NOON - 40, NOON - 30, call="1.1"),
        Span("pbx1", "Ann", AgentState.HOLDING, NOON - 30, NOON - 22, call="1.1"),
        Span("pbx1", "Ann", AgentState.HOLDING, NOON - 20, NOON - 19, call="1.1", gap=True),
    )
    record = CallRecord((OVER,), rings, spans)
    told = view_call("pbx1", NOTHING, record, lambda _: True, 100.0)
    lines = [(line["kind"], line["agent"], line["s"]) for line in told["timeline"]]  # type: ignore[attr-defined]
    assert lines == [
        ("joined", None, None), ("missed", "Bob", 10.0), ("rang", "Cui", 11.0), ("answered", "Ann", 20),
        ("hold", "Ann", 8.0), ("gap", "Ann", 1.0), ("ended", "Ann", 35),
    ]  # fmt: skip
    assert told["timeline"][0]["at"] == NOON - 160  # type: ignore[index]
    assert told["live"] is False
    assert agents_of(record, NOTHING) == {"Ann", "Bob", "Cui"}


def test_lost_and_transferred() -> None:
    """How it was lost; how it was passed on."""
    lost = replace(OVER, answered_at=None, agent=None, ending=Ending.ABANDONED)
    moved = replace(OVER, transfer="blind", completed_by=CompletedBy.TRANSFER)
    for visit, kind, how in ((lost, "lost", "abandoned"), (moved, "transferred", "blind")):
        last = view_call("pbx1", NOTHING, CallRecord((visit,)), lambda _: True, 0.0)["timeline"][-1]  # type: ignore[index]
        assert (last["kind"], last["how"]) == (kind, how)


def test_what_goes_on_is_as_it_is_now() -> None:
    """The record lags behind the floor: a visit that is in both is shown once, as the floor knows it."""
    live = live_call(talking().view, "pbx1", "1.1")
    kept = CallRecord((replace(CALLER, stage=CallerStage.WAITING, answered_at=None, agent=None),))
    visits = view_call("pbx1", live, kept, lambda _: True, 0.0)["visits"]
    assert [visit["agent"] for visit in visits] == ["Ann"]  # type: ignore[attr-defined]


def test_call_without_a_queue_begins_with_its_lines() -> None:
    """What an agent dialled himself has no visit: its lines tell when it came about."""
    dialled = LiveCall("1.1", (channel("1.1", "PJSIP/1001-1", agent="Ann"), channel("1.2", "PJSIP/carrier-2")), (), ())
    told = view_call("pbx1", dialled, CallRecord(), lambda _: True, 0.0)
    assert [(line["kind"], line["agent"]) for line in told["timeline"]] == [("leg", "Ann"), ("leg", None)]  # type: ignore[attr-defined]
