"""Presence: away too long, too many away, nobody to relieve, one login at two seats (R-PRS-7, -8, -9, -12, -13)."""

from __future__ import annotations

import pytest

from alerts.conditions import presence
from alerts.conditions.presence import host_of
from alerts.conditions.subjects import SITE, the_agent, the_group, the_phone, the_queue
from floor.people.model import Group, Person, Role
from floor.sections.presence import PresenceSettings, ShiftSettings
from floor.state import facts as f
from floor.state.model import Device, LinkState, Member, Reach
from tests.support.people import person
from tests.support.scene import BEGIN, A, B, Scene, one

AWAY = one(presence.CONDITIONS, "away")
SHIFT = one(presence.CONDITIONS, "in_shift")
IN_GROUP = one(presence.CONDITIONS, "away_in_group")
IN_SITE = one(presence.CONDITIONS, "away_in_site")
SHORT = one(presence.CONDITIONS, "left_short")
TWICE = one(presence.CONDITIONS, "login_twice")
PLACES = one(presence.CONDITIONS, "registered_twice")

ANN = the_agent(A, "Ann")
EARLY, LATE = the_group("early"), the_group("late")
NIGHT = PresenceSettings(shift=(ShiftSettings(begin="22:00", end="23:00"),))
"""The stage begins at 22:13:20."""
TO_THE_END_S = 2800
"""From then to 23:00."""

# R-PRS-7

REASONS = (
    *((reason, 300) for reason in ("meal", "break", "smoke", "toilet", "private", "Meal", "whatever", None)),
    *((reason, None) for reason in ("ticket", "meeting", "training", "coaching", "handover", "fault", "Training")),
    ("acw", None),
    ("emergency", None),
    ("Auto-Pause", None),
)


@pytest.mark.parametrize(("reason", "said"), REASONS)
def test_which_pauses_are_away(reason: str | None, said: float | None) -> None:
    """Away reasons, unknown ones and none at all; not work, after-call work, an emergency or Auto-Pause."""
    scene = Scene(AWAY).up().sits("Ann").pauses("Ann", reason)
    assert scene.at(300).value(ANN) == said


def test_reasons_are_data() -> None:
    """A site's own words."""
    scene = (
        Scene(AWAY, presence=PresenceSettings(work_reasons=("whatever",))).up().sits("Ann").pauses("Ann", "whatever")
    )
    assert scene.value(ANN) is None
    scene = Scene(AWAY, reasons=["smoke"]).up().pauses("Ann", "meal").pauses("Bob", "smoke").at(5)
    assert (scene.value(ANN), scene.value(the_agent(A, "Bob"))) == (None, 5)
    scene = Scene(AWAY, besides=["meal"]).up().pauses("Ann", "meal").pauses("Bob", "smoke").at(5)
    assert (scene.value(ANN), scene.value(the_agent(A, "Bob"))) == (None, 5)


def test_away_begins_and_ends() -> None:
    """From the pause in the last of his queues to the return to any."""
    scene = Scene(AWAY).up().sits("Ann").sits("Ann", queue="support")
    scene.at(10).pauses("Ann", "meal")
    assert scene.at(20).value(ANN) is None
    scene.pauses("Ann", "meal", queue="support")
    assert scene.touched[-1] == ANN
    assert scene.at(320).value(ANN) == 300
    scene.sits("Ann", queue="support")
    assert scene.value(ANN) is None


def test_pause_found_after_a_gap() -> None:
    """The exchange itself knows since when somebody is paused: nothing is invented, and nothing lost."""
    scene = Scene(AWAY).up().sits("Ann").at(10).link(LinkState.DOWN, reason="closed")
    scene.at(100).link(LinkState.SYNCING)
    member = Member("sales", "Ann", "PJSIP/Ann", "PJSIP/Ann", paused=True, reason="meal", paused_at=BEGIN + 60)
    scene.tell(f.QueuesSynced(A, BEGIN + 100, members=(member,))).up()
    assert scene.value(ANN) == 40


def test_logging_off_without_hours_is_going_home() -> None:
    """Where nobody has said when people work, who logs off is not away."""
    scene = Scene(AWAY).up().sits("Ann").leaves("Ann")
    assert scene.at(600).value(ANN) is None


def test_logging_off_in_the_own_shift_is_leaving() -> None:
    """Away until he is back or the shift is over."""
    scene = Scene(AWAY, presence=NIGHT).up().sits("Ann").at(60).leaves("Ann")
    assert scene.at(360).value(ANN) == 300
    assert scene.at(TO_THE_END_S - 1).value(ANN) == TO_THE_END_S - 61
    assert scene.at(TO_THE_END_S).value(ANN) is None
    assert scene.at(400).sits("Ann").value(ANN) is None


@pytest.mark.parametrize("hours", [NIGHT, PresenceSettings()], ids=["within the group's hours", "without hours"])
def test_own_end_of_shift(hours: PresenceSettings) -> None:
    """Who logged off before his own end of shift is away until then, be it earlier than his group's; who logged off
    after it went home (R-PRS-7)."""
    scene = Scene(AWAY, presence=hours).up().sits("Ann", "Bob")
    scene.register.listed = (
        person(Role.AGENT, 1, "ann", agents=(("*", "Ann"),), shift_end="22:30"),
        person(Role.AGENT, 2, "bob", agents=(("*", "Bob"),), shift_end="22:10"),
    )
    scene.at(60).leaves("Ann").leaves("Bob")
    assert scene.at(360).value(ANN) == 300
    assert scene.at(360).value(the_agent(A, "Bob")) is None
    assert scene.at(1000).value(ANN) is None
    assert Scene(SHIFT, presence=hours).value(ANN) == 1


def test_logging_off_survives_the_next_picture() -> None:
    """The full picture does not list who has logged off; he is away all the same."""
    scene = Scene(AWAY, presence=NIGHT).up().sits("Ann", "Bob").at(60).leaves("Ann")
    bob = Member("sales", "Bob", "PJSIP/Bob", "PJSIP/Bob", device=Device.IDLE)
    scene.at(200).tell(f.QueuesSynced(A, BEGIN + 200, members=(bob,)))
    assert ("north", "Ann") not in scene.floor.agents
    assert scene.at(360).value(ANN) == 300


def test_hours_of_a_group() -> None:
    """Its own where it has some; else those for all."""
    late = ShiftSettings(group="late", begin="22:30", end="06:00", days=("tue",))
    shifts = PresenceSettings(shift=(*NIGHT.shift, late))
    scene = Scene(SHIFT, presence=shifts)
    scene.register.groups = {"late": Group("late", (("*", "Ann"),))}
    assert (scene.value(ANN), scene.value(the_agent(A, "Bob"))) == (0, 1)
    assert scene.at(1000).value(ANN) == 1
    assert scene.at(TO_THE_END_S + 5 * 3600).value(ANN) == 1
    assert scene.at(TO_THE_END_S + 7 * 3600).value(ANN) == 0
    assert scene.at(86400 + 3600).value(ANN) == 0
    assert Scene(SHIFT).value(ANN) == 1


# R-PRS-8 and R-PRS-9


def grouped(condition: object, **more: object) -> Scene:
    scene = Scene(condition, **more)  # type: ignore[arg-type]
    scene.register.groups = {
        "early": Group("early", (("*", "Ann"), ("*", "Bob"), ("*", "Cho"))),
        "late": Group("late", (("*", "Dan"),)),
    }
    return scene.up(A, B).sits("Ann", "Bob", "Cho", "Dan")


def test_one_of_a_group_at_a_time() -> None:
    """Counted by group; work is no absence."""
    scene = grouped(IN_GROUP)
    assert scene.value(EARLY) is None
    counts = []
    for agent, reason in (("Ann", "meal"), ("Dan", "meal"), ("Bob", "training"), ("Cho", "smoke")):
        scene.pauses(agent, reason)
        counts.append((scene.value(EARLY), scene.value(LATE)))
    assert counts == [(1, None), (1, 1), (1, 1), (2, 1)]
    assert {EARLY, LATE} <= set(scene.touched)
    assert scene.sits("Ann").value(EARLY) == 1
    assert scene.proof(EARLY)["agent"] == "Cho"


def test_meals_may_have_their_own_limit() -> None:
    """Counted apart when the rule says so."""
    others, meals = grouped(IN_GROUP, besides=["meal"]), grouped(IN_GROUP, reasons=["meal"])
    for scene in (others, meals):
        scene.pauses("Ann", "meal").pauses("Bob", "meal").pauses("Cho", "smoke")
    assert (others.value(EARLY), meals.value(EARLY)) == (1, 2)


def test_logged_off_in_the_shift_counts() -> None:
    """Leaving by logging off is leaving."""
    scene = grouped(IN_GROUP, presence=NIGHT).pauses("Ann", "meal").leaves("Bob")
    assert scene.value(EARLY) == 2
    assert scene.at(TO_THE_END_S).value(EARLY) == 1


def test_smoking_one_at_a_time() -> None:
    """In the whole site, whatever group or exchange."""
    scene = grouped(IN_SITE, reasons=["smoke"]).pauses("Ann", "smoke")
    assert scene.value(SITE) == 1
    scene.pauses("Dan", "smoke").pauses("Bob", "meal")
    assert scene.value(SITE) == 2
    scene.pauses("Eve", "smoke", pbx=B)
    assert scene.value(SITE) == 3


def test_one_person_on_two_exchanges_is_one() -> None:
    """The same member name, or the same person of the register."""
    scene = grouped(IN_SITE, reasons=["smoke"]).pauses("Ann", "smoke").pauses("Ann", "smoke", pbx=B)
    assert scene.value(SITE) == 1
    scene = grouped(IN_SITE, reasons=["smoke"])
    scene.register.listed = (Person(1, "ann", "Ann", Role.AGENT, agents=((A, "Ann"), (B, "Li"))),)
    assert scene.pauses("Ann", "smoke").pauses("Li", "smoke", pbx=B).value(SITE) == 1


def test_rules_that_come_late_see_who_is_away() -> None:
    """A rule switched on in the middle of the day begins with the floor as it is."""
    scene = grouped(IN_SITE, reasons=["smoke"]).pauses("Ann", "smoke")
    scene.notes.clear()
    assert scene.pauses("Dan", "smoke").value(SITE) == 2
    scene.notes["attendance", SITE]["kept"].revision -= 5  # outcomes it never heard of
    assert scene.sits("Ann").value(SITE) == 1


# R-PRS-13

LEFT = ((1, 1, True), (2, 1, False), (3, 2, False), (2, 2, True), (1, 0, False))


@pytest.mark.parametrize(("sitting", "minimum", "short"), LEFT)
def test_nobody_to_relieve(sitting: int, minimum: int, short: bool) -> None:
    """Fewer ready than the minimum after one has left."""
    scene = Scene(SHORT, presence=PresenceSettings(minimum_ready=minimum)).up()
    scene.sits(*(f"a{n}" for n in range(sitting))).pauses("a0", "meal")
    assert [one.subject for one in scene.occurred] == ([the_queue(A, "sales")] if short else [])
    if short:
        proof = scene.occurred[0].about.evidence[0]
        assert (proof["left"], proof["minimum"], proof["reason"]) == (sitting - 1, minimum, "meal")


def test_work_and_returns_are_no_leaving() -> None:
    """Only going away counts, once, whatever the reason becomes afterwards."""
    scene = Scene(SHORT).up().sits("Ann").pauses("Ann", "training").sits("Ann")
    assert scene.occurred == []
    scene.pauses("Ann", "meal").pauses("Ann", "smoke")
    assert len(scene.occurred) == 1


def test_minimum_by_queue() -> None:
    """A queue's own number, by its name or with its exchange."""
    settings = PresenceSettings(minimum_by_queue={"sales": 0, f"{B}/sales": 2})
    scene = Scene(SHORT, presence=settings).up(A, B).sits("Ann", "Bob").sits("Ann", "Bob", pbx=B)
    scene.pauses("Ann", "meal").pauses("Ann", "meal", pbx=B)
    assert [one.subject for one in scene.occurred] == [the_queue(B, "sales")]


def test_who_serves_may_count() -> None:
    """Those in a call are not ready, but the rule may count them."""
    for serving, times in ((False, 1), (True, 0)):
        scene = Scene(SHORT, serving=serving).up().sits("Ann", "Bob")
        scene.tell(f.ChannelOpened(A, BEGIN, "1.1", "PJSIP/Bob-1", "1.1", "up"))
        scene.pauses("Ann", "meal")
        assert len(scene.occurred) == times


# R-PRS-12


def test_one_login_at_two_phones() -> None:
    """Two phones, both alive; a second queue at the same phone is no second phone."""
    scene = Scene(TWICE).up().sits("Ann").sits("Ann", queue="support")
    assert scene.value(ANN) == 1
    other = Member("support", "Ann", "PJSIP/9", "PJSIP/9", device=Device.IDLE)
    scene.tell(f.MemberSeen(A, BEGIN, other))
    assert scene.value(ANN) == 2
    assert scene.touched == [ANN]
    assert scene.proof(ANN)["phones"] == ["PJSIP/9", "PJSIP/Ann"]
    scene.tell(f.MemberRemoved(A, BEGIN, "support", "Ann", "PJSIP/9"))
    assert scene.value(ANN) == 1
    assert scene.touched == [ANN, ANN]


def test_dead_second_phone_is_no_second_seat() -> None:
    """A membership left behind at a phone that is off."""
    scene = Scene(TWICE).up().sits("Ann")
    scene.tell(f.MemberSeen(A, BEGIN, Member("support", "Ann", "PJSIP/9", "PJSIP/9", device=Device.UNAVAILABLE)))
    assert scene.value(ANN) == 1
    scene.tell(f.MemberSeen(A, BEGIN, Member("support", "Ann", "PJSIP/9", "PJSIP/9", device=Device.IDLE)))
    assert scene.value(ANN) == 2
    scene.phone(Reach.UNREACHABLE, "9")
    assert scene.value(ANN) == 1


def test_the_same_name_on_two_exchanges_is_one_person() -> None:
    """He works on both; that is no shared login."""
    scene = Scene(TWICE).up(A, B).sits("Ann").sits("Ann", pbx=B)
    assert (scene.value(ANN), scene.value(the_agent(B, "Ann"))) == (1, 1)


def test_one_extension_at_two_places() -> None:
    """Two contacts with different hosts; another port of the same machine is the same place."""
    phone = the_phone(A, "PJSIP/Ann")
    scene = Scene(PLACES).up().phone(Reach.REACHABLE, "Ann")
    assert scene.value(phone) == 1
    scene.tell(f.ContactSeen(A, BEGIN, "PJSIP/Ann", "sip:Ann@10.0.7.1:6070", there=True))
    assert scene.value(phone) == 1
    scene.tell(f.EndpointSeen(A, BEGIN, "PJSIP/Ann", Reach.REACHABLE, "sip:Ann@10.0.9.9:5060"))
    assert scene.value(phone) == 2
    assert scene.proof(phone)["addresses"] == ["10.0.7.1", "10.0.9.9"]
    scene.tell(f.ContactSeen(A, BEGIN, "PJSIP/Ann", "sip:Ann@10.0.9.9:5060", there=False))
    assert scene.value(phone) == 1
    assert phone in scene.touched
    listed = (("PJSIP/Ann", Reach.REACHABLE, "sip:Ann@10.0.7.1:5060"),)
    both = (("PJSIP/Ann", ("sip:Ann@10.0.7.1:5060", "sip:Ann@10.0.8.8:5060")),)
    assert scene.tell(f.PhonesSynced(A, BEGIN, listed, both)).value(phone) == 2
    assert scene.tell(f.PhonesSynced(A, BEGIN, listed)).value(phone) is None


HOSTS = (
    ("sip:1@10.1.2.3:5060;ob", "10.1.2.3"),
    ("sip:10.1.2.3", "10.1.2.3"),
    ("sip:1@[2001:db8::5]:5060", "2001:db8::5"),
    ("sip:1@phone.example", "phone.example"),
)


@pytest.mark.parametrize(("contact", "host"), HOSTS)
def test_host(contact: str, host: str) -> None:
    """The machine behind a contact."""
    assert host_of(contact) == host
