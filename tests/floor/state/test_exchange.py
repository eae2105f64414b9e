"""The exchange: link and gaps, clock, phones, trunks."""

from __future__ import annotations

import pytest

from floor.state import facts as f
from floor.state.model import AgentState, Gap, LinkState, Member, Reach
from tests.support.replay import PBX, Stage
from tests.support.stories import BEGIN

ANN = Member("sales", "Ann", "PJSIP/1", "PJSIP/1")


def gaps(stage: Stage) -> list[tuple[float, float | None, str]]:
    return [
        (r.began_at - BEGIN, r.ended_at and r.ended_at - BEGIN, r.reason) for r in stage.records if isinstance(r, Gap)
    ]


def link(at: float, state: LinkState, reason: str | None = None, **more: object) -> f.LinkChanged:
    return f.LinkChanged(PBX, BEGIN + at, state, reason, **more)  # type: ignore[arg-type]


def test_gap_is_told_when_it_begins_and_when_it_ends() -> None:
    """From the last word before the link was lost to the picture after; further losses lengthen it, not double it."""
    stage = Stage(BEGIN)
    stage.tell(link(0, LinkState.UP), link(9, LinkState.DOWN, "silent"), link(12, LinkState.REFUSED, "refused"))
    stage.tell(link(13, LinkState.SYNCING), link(20, LinkState.UP))
    assert gaps(stage) == [(9, None, "silent"), (9, 20, "silent")]
    assert not stage.store._floor.gaps


def test_link_since() -> None:
    """The state of the link lasts since it began; a new reason does not make it younger."""
    stage = Stage(BEGIN)
    stage.tell(link(0, LinkState.DOWN, "closed"), link(9, LinkState.DOWN, "silent"))
    pbx = stage.store.snapshot().pbxs[PBX]
    assert (pbx.since, pbx.reason) == (BEGIN, "silent")


def test_version_and_start_stay_known() -> None:
    """What a later fact leaves out is not forgotten."""
    stage = Stage(BEGIN)
    stage.tell(link(0, LinkState.UP, version="22.1", booted_at=5.0), link(9, LinkState.DOWN, "closed"))
    pbx = stage.store.snapshot().pbxs[PBX]
    assert (pbx.version, pbx.booted_at) == ("22.1", 5.0)


def test_clock() -> None:
    """Offset and stamps are the exchange's; an exchange not heard of has none."""
    stage = Stage(BEGIN)
    stage.tell(f.ClockMeasured(PBX, BEGIN, 0.3, True))
    assert stage.store.revision == 0
    stage.tell(link(0, LinkState.SYNCING), f.ClockMeasured(PBX, BEGIN, 0.3, True))
    pbx = stage.store.snapshot().pbxs[PBX]
    assert (pbx.clock_offset_s, pbx.timestamps) == (0.3, True)


PHONES = (
    ((Reach.REACHABLE,), Reach.REACHABLE, 0),
    ((Reach.REACHABLE, Reach.REACHABLE), Reach.REACHABLE, 0),
    ((Reach.REACHABLE, Reach.UNKNOWN), Reach.REACHABLE, 0),
    ((Reach.REACHABLE, Reach.UNREACHABLE), Reach.UNREACHABLE, 1),
    ((Reach.UNKNOWN,), Reach.UNKNOWN, 0),
)


@pytest.mark.parametrize(("said", "reach", "since"), PHONES)
def test_phone(said: tuple[Reach, ...], reach: Reach, since: float) -> None:
    """A repeat is no change, and a word that says neither is none (F9)."""
    stage = Stage(BEGIN)
    for at, word in enumerate(said):
        stage.tell(f.EndpointSeen(PBX, BEGIN + at, "PJSIP/1", word))
    phone = stage.store.snapshot().endpoints[PBX, "PJSIP/1"]
    assert (phone.reach, phone.since - BEGIN) == (reach, since)


def state(stage: Stage) -> AgentState:
    return stage.store.snapshot().agents[PBX, "Ann"].state


def test_agent_of_a_lost_phone() -> None:
    """He is unreachable while none of his phones can be reached, whichever was said first."""
    stage = Stage(BEGIN)
    stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/1", Reach.UNREACHABLE), f.MemberSeen(PBX, BEGIN, ANN))
    assert state(stage) is AgentState.UNREACHABLE
    second = Member("sales", "Ann", "PJSIP/2", "PJSIP/2")
    stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/2", Reach.REACHABLE), f.MemberSeen(PBX, BEGIN, second))
    assert state(stage) is AgentState.READY
    stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/2", Reach.UNREACHABLE))
    assert state(stage) is AgentState.UNREACHABLE
    stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/1", Reach.REACHABLE))
    assert state(stage) is AgentState.READY


def test_phone_taken_out_of_the_configuration() -> None:
    """A phone missing in the picture is gone, and no reason any more to call its agent unreachable."""
    stage = Stage(BEGIN)
    stage.tell(f.MemberSeen(PBX, BEGIN, ANN), f.EndpointSeen(PBX, BEGIN, "PJSIP/1", Reach.UNREACHABLE))
    stage.tell(f.PhonesSynced(PBX, BEGIN + 1, (("PJSIP/3", Reach.REACHABLE, "sip:3@host"),)))
    assert state(stage) is AgentState.READY
    floor = stage.store.snapshot()
    assert {key[1] for key in floor.endpoints} == {"PJSIP/3"}
    assert floor.endpoints[PBX, "PJSIP/3"].address == "sip:3@host"


def test_trunks() -> None:
    """A trunk is as the exchange says, since it first said so; missing in the picture it is gone."""
    stage = Stage(BEGIN)
    stage.tell(f.TrunkSeen(PBX, BEGIN, "me@carrier", Reach.REACHABLE, "Registered"))
    stage.tell(f.TrunkSeen(PBX, BEGIN + 9, "me@carrier", Reach.REACHABLE, "Registered"))
    assert stage.store.snapshot().trunks[PBX, "me@carrier"].since == BEGIN
    stage.tell(f.TrunkSeen(PBX, BEGIN + 12, "me@carrier", Reach.UNREACHABLE, "Rejected"))
    trunk = stage.store.snapshot().trunks[PBX, "me@carrier"]
    assert (trunk.reach, trunk.status, trunk.since) == (Reach.UNREACHABLE, "Rejected", BEGIN + 12)
    stage.tell(f.TrunksSynced(PBX, BEGIN + 20, (("PJSIP/carrier", Reach.REACHABLE, "Not in use"),)))
    assert set(stage.store.snapshot().trunks) == {(PBX, "PJSIP/carrier")}
    stage.tell(f.EndpointSeen(PBX, BEGIN + 30, "PJSIP/carrier", Reach.UNREACHABLE))
    assert stage.store.snapshot().trunks[PBX, "PJSIP/carrier"].reach is Reach.UNREACHABLE
    stage.tell(f.TrunkGone(PBX, BEGIN + 31, "PJSIP/carrier"))
    assert not stage.store.snapshot().trunks


def test_places_of_a_phone() -> None:
    """Its registrations come and go one by one; a picture lists them all; of a phone never heard of none is kept."""
    stage = Stage(BEGIN)
    stage.tell(f.ContactSeen(PBX, BEGIN, "PJSIP/1", "sip:1@a", there=True))
    assert not stage.store.snapshot().endpoints
    stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/1", Reach.REACHABLE, "sip:1@b"))
    stage.tell(f.ContactSeen(PBX, BEGIN, "PJSIP/1", "sip:1@a", there=True))
    phone = stage.store.snapshot().endpoints[PBX, "PJSIP/1"]
    assert (phone.contacts, phone.address) == (("sip:1@a", "sip:1@b"), "sip:1@b")
    stage.tell(f.ContactSeen(PBX, BEGIN, "PJSIP/1", "sip:1@b", there=False))
    assert stage.store.snapshot().endpoints[PBX, "PJSIP/1"].contacts == ("sip:1@a",)
    listed = (("PJSIP/1", Reach.REACHABLE, "sip:1@c"),)
    stage.tell(f.PhonesSynced(PBX, BEGIN, listed, (("PJSIP/1", ("sip:1@c", "sip:1@d")),)))
    assert stage.store.snapshot().endpoints[PBX, "PJSIP/1"].contacts == ("sip:1@c", "sip:1@d")


def test_places_are_bounded() -> None:
    """A phone that registers from ever new places fills no memory."""
    stage = Stage(BEGIN)
    for number in range(100):
        stage.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/1", Reach.REACHABLE, f"sip:1@{number}"))
    assert len(stage.store.snapshot().endpoints[PBX, "PJSIP/1"].contacts) == 20


def test_shut_down_until_it_is_back() -> None:
    """By its own word, through whatever the link does meanwhile."""
    stage = Stage(BEGIN)
    stage.tell(f.ExchangeStopped(PBX, BEGIN))
    stage.tell(link(0, LinkState.UP), f.ExchangeStopped(PBX, BEGIN + 5), link(6, LinkState.DOWN, "shutdown"))
    stage.tell(link(9, LinkState.DOWN, "unreachable"), link(12, LinkState.SYNCING))
    assert stage.store.snapshot().pbxs[PBX].shutdown_at == BEGIN + 5
    stage.tell(link(13, LinkState.UP))
    assert stage.store.snapshot().pbxs[PBX].shutdown_at is None
