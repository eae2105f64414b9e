"""When people are told: at once, together, or after the quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime

from alerts.case import Case, Effects, Pace, Terms
from alerts.content import new_alert
from alerts.model import AlertStage, Occasion, Severity
from alerts.telling import Teller
from floor.sections.alerts import AlertsSettings, QuietSettings, RouteSettings
from tests.alerts.lives import Staff, agent, broken

NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC).timestamp()
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC).timestamp()
QUIET = AlertsSettings(quiet=(QuietSettings(through=("emergency", "crit")),))


def teller(settings: AlertsSettings) -> Teller:
    return Teller(settings, lambda _rule: Terms(), Staff(), UTC)


def case(severity: Severity = Severity.WARN, name: str = "Ann") -> Case:
    return Case(new_alert(broken(agent(name), severity, NIGHT), NIGHT, AlertStage.FIRING, Staff(), None), Pace())


def told(one: Teller, now: float) -> list[str]:
    effects = Effects()
    one.tell(effects, now)
    return [f"{m.message.occasion}: {m.message.recipient.name}:{m.message.recipient.kind}" for m in effects.messages]


def test_at_once() -> None:
    """Without anything that holds it back it is told in the same step, and its clocks begin to run."""
    one, ann = teller(AlertsSettings()), case()
    one.owe(ann, Occasion.FIRED, NIGHT)
    assert told(one, NIGHT) == ["fired: Lee:browser", "fired: Lee:mail"]
    assert (ann.pace.owed, ann.pace.escalate_at, ann.pace.remind_at) == (None, NIGHT + 600, NIGHT + 900)
    assert (one.owing, told(one, NIGHT)) == ({}, [])


def test_after_the_night() -> None:
    """In quiet hours it waits for the morning; what gets worse meanwhile than may wait is told at once, as the first
    word of it."""
    one, ann = teller(QUIET), case()
    one.owe(ann, Occasion.FIRED, NIGHT)
    assert (told(one, NIGHT), ann.pace.owed_at) == ([], MORNING)
    one.owe(ann, Occasion.REMINDER, NIGHT + 60)
    assert ann.pace.owed is Occasion.FIRED
    ann.alert = case(Severity.CRIT).alert
    one.owe(ann, Occasion.WORSE, NIGHT + 60)
    assert told(one, NIGHT + 60)[0] == "fired: Lee:browser"


def test_forgiven() -> None:
    """What is over before the morning was never worth waking anybody."""
    one, ann = teller(QUIET), case()
    one.owe(ann, Occasion.FIRED, NIGHT)
    effects = Effects()
    one.tell_end(ann, effects, NIGHT + 60)
    assert effects.messages == []
    assert told(one, MORNING) == []


def test_end_in_the_night() -> None:
    """Who heard of it in the evening hears of its end in the morning."""
    one, ann = teller(QUIET), case()
    one.owe(ann, Occasion.FIRED, NIGHT - 7200)
    told(one, NIGHT - 7200)
    effects = Effects()
    one.tell_end(ann, effects, NIGHT)
    assert {message.not_before for message in effects.messages} == {MORNING}


def test_together() -> None:
    """The first that is due takes along what waits on the same route."""
    one = teller(AlertsSettings(route=(RouteSettings(to=("chief",), wait_s=30),)))
    for n, name in enumerate(("Ann", "Bob")):
        one.owe(case(name=name), Occasion.FIRED, NIGHT + n * 20)
    assert told(one, NIGHT + 29) == []
    assert told(one, NIGHT + 30) == ["fired: Chi:browser", "fired: Chi:mail"]
    assert one.owing == {}


def test_next_level() -> None:
    """The chain ends with the manager."""
    one, ann = teller(AlertsSettings()), case()
    assert one.next_level(ann)
    assert not one.next_level(case(Severity.EMERGENCY))
    assert one.urgency(Severity.CRIT).escalate_s == 180
