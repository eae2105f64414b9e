"""What a person sees at the desk: his groups and queues by name, asked anew every time."""

from __future__ import annotations

import msgspec

from alerts.model import Message, Occasion, Recipient, Severity
from floor.listening.model import ListeningStage
from floor.people.model import Group, Role
from floor.sections.listening import ListeningSettings
from floor.settings import BoardSettings, PbxSettings, Settings
from floor.state.figures import TOTAL
from floor.state.model import AgentState, CallerStage, CallKind, Channel, Leg, LegStage
from tests.web.alarm_doubles import AlarmsDouble, AnnouncementsDouble, Order, RegisterDouble, alert, person
from tests.web.doubles import (
    NOON,
    FloorDouble,
    HealthDouble,
    MeasuresDouble,
    Screen,
    StillClock,
    agent,
    caller,
    member,
    pbx,
    queue,
    trunk,
)
from tests.web.listening_double import ListeningsDouble
from web import wire
from web.alarms import Sources
from web.audience import Audience
from web.desk import Desks
from web.hub import BEAT_S, Hub
from web.naming import Names
from web.scores import Scores
from web.traffic import Traffic

NIGHT = Group("night", agents=(("pbx1", "Ann"),))
DAY = Group("day", agents=(("pbx1", "Bob"),))
SETTINGS = Settings(pbx=(PbxSettings(name="pbx1"),))


class House:
    """A floor of two groups and two queues, and a hub that knows desks."""

    def __init__(self, **leader: object) -> None:
        leader = {"groups": ("night",), "queues": ("support",)} | leader
        self.people = RegisterDouble(person(1, **leader), groups=(NIGHT, DAY))
        self.clock = StillClock()
        bob = agent("Bob", member("sales", "Bob", "PJSIP/1002"))
        self.store = FloorDouble(pbx(), queue("support"), queue("sales"), agent("Ann"), bob, trunk())
        self.measures = MeasuresDouble()
        self.measures.set(("queue", "pbx1", "support"), offered=4)
        self.measures.set(("queue", "pbx1", "sales"), offered=6)
        self.measures.set(TOTAL, offered=10)
        self.alarms = AlarmsDouble(alert("a1"), alert("b1", name="Bob"), alert("t1", "trunk", "carrier"))
        self.told = AnnouncementsDouble()
        self.listenings = ListeningsDouble()
        sources = Sources(self.alarms, people=self.people, announcements=self.told, listenings=self.listenings)
        self.desks = Desks(self.people, SETTINGS, b"salt", Scores(self.measures), sources)
        self.hub = Hub(
            store=self.store, measures=self.measures, health=HealthDouble(), clock=self.clock, audiences={},
            build="1", traffic=Traffic(), sources=sources,
        )  # fmt: skip

    def join(self) -> Screen:
        screen, stream = Screen(), self.desks.stream(1)
        self.hub.admit(stream, self.desks.audience(1))
        self.outbox = self.hub.join(stream, screen)
        return screen


def test_leader_sees_his_own() -> None:
    """Agents of his group by name, his queues with their sum, and of the alerts his own and everybody's trunks."""
    screen = House().join()
    assert set(screen.floor["agents"]) == {"pbx1/Ann"}
    assert screen.floor["agents"]["pbx1/Ann"]["label"] == "Ann"
    assert set(screen.floor["queues"]) == {"pbx1/support"}
    assert set(screen.floor["alerts"]) == {"a1", "t1"}
    assert screen.floor["figures"]["total"]["today"]["offered"] == 4


def test_what_ails_floorwatch_is_said_at_the_desk() -> None:
    """Where boards keep silent."""
    house = House()
    house.told.notices["ill"] = Order(level="warn", evacuation=False, public=False, desks=True)
    assert "ill" in house.join().floor["notices"]


def test_chief_sees_the_site() -> None:
    """Without the limit of groups and queues, and the floor's own total."""
    screen = House(role=Role.CHIEF, groups=(), queues=()).join()
    assert set(screen.floor["agents"]) == {"pbx1/Ann", "pbx1/Bob"}
    assert set(screen.floor["alerts"]) == {"a1", "b1", "t1"}
    assert screen.floor["figures"]["total"]["today"]["offered"] == 10


def test_alert_comes_with_facts_and_also_when_light() -> None:
    """The supervisor sees what is only recorded, the latest facts, and how far it was escalated."""
    house = House()
    screen = house.join()
    facts = tuple({"at": float(n), "fact": "HoldBegan"} for n in range(10))
    house.hub.hear_alert(house.alarms.put(alert("a2", severity=Severity.INFO, evidence=facts, level=2)))
    house.hub.flush()
    told = screen.floor["alerts"]["a2"]
    assert [fact["at"] for fact in told["evidence"]] == [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert (told["severity"], told["level"]) == ("info", 2)


def test_scope_is_asked_at_every_message() -> None:
    """A leader who is given another group sees it with the next word, and the old one no more."""
    house = House()
    screen = house.join()
    house.people.change(1, groups=("day",), queues=("sales",))
    house.clock.pass_(BEAT_S)
    house.hub.tick()
    assert set(screen.floor["agents"]) == {"pbx1/Bob"}
    assert set(screen.floor["queues"]) == {"pbx1/sales"}
    assert set(screen.floor["alerts"]) == {"b1", "t1"}


def test_who_lost_the_right_hears_nothing() -> None:
    """From the moment on nothing is sent, not even a sign of life."""
    house = House()
    screen = house.join()
    house.people.change(1, role=Role.AGENT)
    said = len(screen.messages)
    house.store.put(agent("Ann", misses=1))
    house.clock.pass_(BEAT_S)
    house.hub.tick()
    house.hub.resync(house.desks.stream(1), house.outbox)
    assert len(screen.messages) == said


def test_a_desk_nobody_reads_is_forgotten() -> None:
    """With the last window of a person his stream goes."""
    house = House()
    house.join()
    house.hub.leave(house.desks.stream(1), house.outbox)
    assert house.hub.clients == {}
    assert house.join().floor["agents"]


def test_explained_alerts_are_not_listed_but_may_be_looked_at() -> None:
    """One cause is one alert; its children can be opened all the same."""
    house = House()
    audience = house.desks.audience(1)
    child = alert("c1", parent="t1")
    assert audience.alert(child, house.store.view)[2] is None
    assert audience.sees(child, house.store.view)
    assert not audience.sees(alert("b1", name="Bob"), house.store.view)


def message(person: int | None, alert: str = "a1") -> Message:
    words = {"en": "Critical: hold – agent Ann", "zh": "严重：保持 – 座席 Ann"}
    to = Recipient(person, "Li", "browser", "1")
    return Message("m1", alert, Occasion.FIRED, Severity.CRIT, 1.0, to, words, words)


def test_message_reaches_the_desk_of_whom_it_is_for() -> None:
    """Whole, beside the floor; another's does not, and nobody heard it."""
    house = House()
    screen = house.join()
    assert house.hub.hear_message(message(1))
    told = screen.messages[-1]
    assert (told["t"], told["alert"], told["title"]["en"]) == ("message", "a1", "Critical: hold – agent Ann")
    assert told["rev"] == screen.messages[0]["rev"]
    said = len(screen.messages)
    assert not house.hub.hear_message(message(2))
    assert len(screen.messages) == said


def test_message_to_everybody_goes_to_those_who_see_the_alert() -> None:
    """By scope, as the alert itself."""
    house = House()
    house.join()
    assert house.hub.hear_message(message(None, "a1"))
    assert not house.hub.hear_message(message(None, "b1"))


def test_message_is_not_heard_where_nobody_sits_or_may() -> None:
    """No page open, or the right is gone."""
    house = House()
    assert not house.hub.hear_message(message(1))
    house.join()
    house.people.change(1, role=Role.AGENT)
    assert not house.hub.hear_message(message(1))


def test_the_desk_knows_calls_and_masked_numbers() -> None:
    """Call, legs, penalty and visit of an agent, and of numbers three digits in front and two at the end (R-SEC-2)."""
    house = House()
    leg = Leg("8.2", LegStage.UP, CallKind.QUEUE, NOON - 9, queue="support", call="1.1")
    talking = agent("Ann", member(agent="Ann", penalty=3), state=AgentState.TALKING, call="1.1", legs=(leg,))
    answered = caller("1.1", stage=CallerStage.TALKING, answered_at=NOON - 9)
    house.store.put(talking, answered, caller("2.2"), Channel("pbx1", "8.2", "PJSIP/1001-1", "1.0", NOON - 20))
    screen = house.join()
    shown = screen.floor["agents"]["pbx1/Ann"]
    assert (shown["call"], shown["caller"]) == ("1.0", "pbx1/support/1.1")
    assert (shown["call_number_masked"], shown["call_since"]) == ("138******78", NOON - 9)
    assert shown["legs"] == [{"stage": "up", "kind": "queue", "since": NOON - 9, "queue": "support"}]
    assert shown["penalties"] == {"support": 3}
    assert screen.floor["callers"]["pbx1/support/2.2"]["number_masked"] == "138******78"
    assert "13812345678" not in str(screen.floor)
    assert "Zhang" not in str(screen.floor)


def test_who_listens_is_shown_to_whom_it_concerns() -> None:
    """One patch when it begins and one when it is over; a leader sees his own listening, not another's."""
    house = House()
    screen = house.join()
    house.listenings.put(1, agent="Ann")
    house.hub.hear_listening(house.listenings.put(1))
    house.hub.flush()
    heard = screen.floor["agents"]["pbx1/Ann"]["heard_by"]
    assert heard == [{"mode": "listen", "way": "browser", "since": 100.0, "name": "Li Wei"}]
    house.hub.hear_listening(house.listenings.put(1, stage=ListeningStage.ENDED))
    house.hub.flush()
    assert "heard_by" not in screen.floor["agents"]["pbx1/Ann"]
    house.hub.hear_listening(house.listenings.put(2, by=2))
    house.hub.flush()
    assert "heard_by" not in screen.floor["agents"]["pbx1/Ann"]


def test_what_is_not_his_agents_is_not_sent() -> None:
    """Who listens to another group's agent, or to nobody of ours, changes nothing on his screen."""
    house = House()
    screen = house.join()
    said = len(screen.messages)
    for agent_name in ("Bob", "Nobody", ""):
        house.hub.hear_listening(house.listenings.put(1, agent=agent_name))
        house.hub.flush()
    assert len(screen.messages) == said


def test_boards_never_say_who_listens() -> None:
    """Nor that anybody does."""
    house = House()
    house.listenings.put(1)
    board = Audience(
        BoardSettings(id="floor", agents="name"),
        Settings(pbx=(PbxSettings(name="pbx1"),), listening=ListeningSettings(notify_agent=True)),
        Names.of(SETTINGS, b"salt"),
        Scores(house.measures),
        sources=Sources(people=house.people, listenings=house.listenings),
    )
    shown = board.show(agent("Ann"))
    assert shown is not None
    told = msgspec.json.encode(shown[2])
    assert msgspec.json.decode(told, type=wire.Agent).heard_by == ()
    assert b"heard_by" not in told
