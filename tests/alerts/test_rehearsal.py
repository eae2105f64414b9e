"""An outage on a marked copy of the floor: what it tells, and that the real floor is none the wiser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.model import Standing
from alerts.outages import OUTAGES, PRETENDED, Outage
from alerts.rehearsal import Rehearsal
from alerts.room import without_keep
from alerts.rulebook import Rulebook
from floor.measures import Measures
from floor.state.facts import (
    CallerJoined,
    LinkChanged,
    PhonesSynced,
    PictureQueue,
    QueuesSynced,
    TrunksSynced,
)
from floor.state.model import LinkState, Member, Reach
from tests.alerts.response_doubles import NOW
from tests.alerts.response_house import ResponseHouse

RULES = [without_keep(rule) for rule in Rulebook(CONDITIONS).rules]
DETECTED = {rule.id for rule in RULES}


def fill(house: ResponseHouse, agents: int = 15) -> None:
    """A floor at work: agents, phones of two networks, a trunk, a caller."""
    names = [f"a{n}" for n in range(agents)]
    members = tuple(Member("support", name, f"PJSIP/{name}", f"PJSIP/{name}") for name in names)
    phones = tuple(
        (f"PJSIP/{name}", Reach.REACHABLE, f"sip:{name}@10.0.{n % 2}.{n}:5060") for n, name in enumerate(names)
    )
    house.apply(
        LinkChanged("pbx1", NOW, LinkState.SYNCING),
        QueuesSynced("pbx1", NOW, (PictureQueue("support"),), members),
        PhonesSynced("pbx1", NOW, phones),
        TrunksSynced("pbx1", NOW, (("PJSIP/carrier", Reach.REACHABLE, "Registered"),)),
        LinkChanged("pbx1", NOW, LinkState.UP),
        CallerJoined("pbx1", NOW, "support", "1.1", "1.1", "13800000001"),
    )


def rehearse(house: ResponseHouse, outage: Outage, lasts_s: float = 300.0) -> Rehearsal:
    ground = house._ground()
    return Rehearsal("D-1", outage, house.store.snapshot(), ground, house.alarms, house.clock, lasts_s)


def play(house: ResponseHouse, rehearsal: Rehearsal, until: float) -> None:
    """Let time pass as the drill's own worker does: from one moment that is due to the next."""
    for at in _moments(rehearsal, until):
        house.clock.at = at
        rehearsal.advance(at)
    house.clock.at = until
    rehearsal.advance(until)


def _moments(rehearsal: Rehearsal, until: float) -> Iterator[float]:
    last = 0.0
    while (due := rehearsal.next_due()) is not None and due <= until:
        last = max(due, last)
        yield last


@pytest.fixture
def house(tmp_path: Path) -> ResponseHouse:
    return ResponseHouse(tmp_path)


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=lambda outage: outage.id)
def test_outage_is_noticed_and_over(house: ResponseHouse, outage: Outage) -> None:
    """Each outage breaks a rule it should, in the time it should, by the rules in force where these exist; all that it
    says is the drill's, and at the end nothing is left standing."""
    house.rules = RULES
    fill(house)
    rehearsal = rehearse(house, outage)
    play(house, rehearsal, NOW + outage.within_s + 1)
    broken = [one for one in house.alarms.signals if one.standing is Standing.BROKEN]
    assert {one.rule for one in broken} & set(outage.expects), [one.rule for one in house.alarms.signals]
    if DETECTED & set(outage.expects):
        assert not any(fact.get("fact") == "OutagePlayed" for one in broken for fact in one.evidence)
    assert {one.drill for one in house.alarms.signals} == {"D-1"}
    play(house, rehearsal, NOW + 400)
    rehearsal.end(house.clock.now())
    assert house.alarms.live == {}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=lambda outage: outage.id)
def test_outage_on_an_empty_floor(house: ResponseHouse, outage: Outage) -> None:
    """Where there is no floor yet, a little one is made up: people can rehearse before anything is connected."""
    house.rules = RULES
    rehearsal = rehearse(house, outage)
    assert rehearsal.picture.pbxs == (PRETENDED,)
    play(house, rehearsal, NOW + outage.within_s + 1)
    assert {one.rule for one in house.alarms.live.values()} & set(outage.expects)


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=lambda outage: outage.id)
def test_real_floor_is_untouched(house: ResponseHouse, outage: Outage) -> None:
    """R-PLN-8: entities, revision and figures of the real floor are the same to the byte before and after."""
    house.rules = RULES
    measures = Measures(house.clock, house._ground().day)
    house.store.subscribe(measures)
    fill(house)

    def picture() -> str:
        view = house.store.snapshot()
        tables = (view.pbxs, view.queues, view.agents, view.callers, view.trunks, view.endpoints, view.channels)
        figures = {subject: measures.figures(subject, "today") for subject in sorted(measures.subjects())}
        return repr(([dict(table) for table in tables], view.revision, house.store.revision, figures))

    before = picture()
    rehearsal = rehearse(house, outage)
    play(house, rehearsal, NOW + 400)
    rehearsal.end(house.clock.now())
    assert picture() == before
    assert house.alarms.breaches_told == []


def test_nothing_of_callers_is_copied(house: ResponseHouse) -> None:
    """The copy knows seats, phones and lines; who waits there, and his number, it does not."""
    house.rules = RULES
    fill(house)
    rehearsal = rehearse(house, OUTAGES["trunk_lost"])
    assert "13800000001" not in repr(rehearsal.picture)
    assert len(rehearsal.picture.members) == 15


def test_neighbours_are_lost_together(house: ResponseHouse) -> None:
    """A third of the phones: those next to each other in the network."""
    house.rules = RULES
    fill(house)
    rehearsal = rehearse(house, OUTAGES["phones_gone"])
    play(house, rehearsal, NOW + 25)
    lost = [one.name for one in rehearsal._store.snapshot().endpoints.values() if one.reach is Reach.UNREACHABLE]
    assert sorted(lost) == sorted(f"PJSIP/a{n}" for n in (0, 2, 4, 6, 8))


def test_without_rules_the_drill_says_it(house: ResponseHouse) -> None:
    """Where no rule looks for it, the drill raises it itself, marked, and takes it back."""
    fill(house)
    rehearsal = rehearse(house, OUTAGES["trunk_lost"], lasts_s=60)
    play(house, rehearsal, NOW + 30)
    (alert,) = house.alarms.live.values()
    assert (alert.rule, alert.drill) == ("R-EMG-22", "D-1")
    play(house, rehearsal, NOW + 100)
    assert house.alarms.live == {}
    assert rehearsal.over
