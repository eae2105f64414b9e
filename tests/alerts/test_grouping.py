"""One message instead of many, and an id that never changes."""

from __future__ import annotations

from dataclasses import replace

from alerts.case import Terms
from alerts.content import new_alert
from alerts.grouping import Telling, message_id, messages
from alerts.model import Alert, AlertStage, Message, Occasion, Recipient, Severity
from alerts.wording import PlainWording
from tests.alerts.lives import T0, Staff, agent, broken

LEE = Recipient(1, "Lee", "mail", "lee@floor.example")
CHI = Recipient(2, "Chi", "mail", "chi@floor.example")
WORDS = PlainWording(lambda _rule: Terms())


def alert(name: str, severity: Severity = Severity.WARN, at: float = T0) -> Alert:
    return new_alert(broken(agent(name), severity, at), at, AlertStage.FIRING, Staff(), None)


def telling(one: Alert, *to: Recipient, grouped: bool = True, occasion: Occasion = Occasion.FIRED) -> Telling:
    return Telling(one, occasion, to, 1, grouped)


def made(*tellings: Telling) -> list[Message]:
    return [one.message for one in messages(tellings, T0, WORDS, lambda id_: f"/desk#{id_}")]


def test_joined_per_recipient() -> None:
    """Each hears once of all that concerns him, the heaviest first."""
    ann, bob = alert("Ann"), alert("Bob", Severity.CRIT)
    to_lee, to_chi = made(telling(ann, LEE, CHI), telling(bob, LEE))
    assert (to_lee.recipient, to_lee.alert, to_lee.also, to_lee.severity) == (LEE, bob.id, (ann.id,), Severity.CRIT)
    assert (to_chi.recipient, to_chi.alert, to_chi.also) == (CHI, ann.id, ())
    assert to_lee.link == f"/desk#{bob.id}"


def test_not_joined() -> None:
    """What may not wait, another occasion, and a drill stay apart."""
    ann, bob = alert("Ann"), alert("Bob")
    assert len(made(telling(ann, LEE, grouped=False), telling(bob, LEE, grouped=False))) == 2
    assert len(made(telling(ann, LEE), telling(bob, LEE, occasion=Occasion.REMINDER))) == 2
    assert len(made(telling(ann, LEE), telling(replace(bob, drill="d1"), LEE))) == 2


def test_id_is_the_same_always() -> None:
    """The same telling of the same alert to the same address has one id; anything else another."""
    ann = alert("Ann")
    one = message_id(telling(ann, LEE), LEE)
    assert message_id(telling(ann, LEE, CHI, grouped=False), LEE) == one
    others = {
        message_id(telling(ann, CHI), CHI),
        message_id(telling(ann, LEE, occasion=Occasion.WORSE), LEE),
        message_id(replace(telling(ann, LEE), round_=2), LEE),
        message_id(telling(alert("Bob"), LEE), LEE),
    }
    assert len(others | {one}) == 5
