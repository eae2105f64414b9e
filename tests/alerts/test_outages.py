"""What outages are made of."""

from __future__ import annotations

from alerts.model import INCIDENT_TYPES
from alerts.outages import OUTAGES, take
from floor.state.facts import CallerJoined, ChannelOpened
from floor.state.model import Agent, AgentState, Device, Endpoint, Member, Queue, Reach


def test_each_is_told_in_both_languages() -> None:
    """At least the eight the domain asks for, each with a title, a type and a rule that should notice it."""
    assert set(OUTAGES) >= {
        "exchange_dead", "exchange_restarting", "trunk_lost", "carrier_congestion", "phones_gone", "surge",
        "database_lost", "silent_link",
    }  # fmt: skip
    for outage in OUTAGES.values():
        assert outage.title.keys() == {"en", "zh"}
        assert outage.type in INCIDENT_TYPES
        assert outage.expects


def test_picture_is_at_rest() -> None:
    """Whoever is on a break is ready in the copy; a phone nobody listed is there; an unreachable one is back."""
    member = Member("support", "ann", "PJSIP/1", "PJSIP/1", paused=True, reason="meal", device=Device.IN_USE)
    other = Member("support", "bob", "PJSIP/2", "PJSIP/2")
    agents = {
        ("pbx1", "ann"): Agent("pbx1", "ann", AgentState.PAUSED, 1.0, members=(member,)),
        ("pbx1", "bob"): Agent("pbx1", "bob", AgentState.READY, 1.0, members=(other,)),
    }
    phone = Endpoint("pbx1", "PJSIP/1", Reach.UNREACHABLE, 1.0, "10.0.0.1")
    picture = take({}, {("pbx1", "support"): Queue("pbx1", "support")}, agents, {phone.key: phone}, {})
    assert {(one.paused, one.reason, one.device) for _, one in picture.members} == {(False, None, Device.IDLE)}
    assert {(one.name, one.reach) for one in picture.phones} == {
        ("PJSIP/1", Reach.REACHABLE),
        ("PJSIP/2", Reach.REACHABLE),
    }
    assert [one.pbx for one in picture.trunks] == ["pbx1"]


def test_callers_of_a_surge_are_nobody() -> None:
    """Played callers carry no number and no name."""
    told = [what for _, what in OUTAGES["surge"].play(take({}, {}, {}, {}, {}), 100.0, 60.0)]
    joined = [fact for fact in told if isinstance(fact, CallerJoined)]
    assert len(joined) >= 40
    assert all(fact.number is None and fact.name is None for fact in joined)
    assert all(fact.uniqueid.startswith("drill-") for fact in told if isinstance(fact, ChannelOpened))
