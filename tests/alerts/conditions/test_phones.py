"""Phones: one lost while somebody is logged in (R-EMG-23), many lost at once (R-EMG-24)."""

from __future__ import annotations

import pytest

from alerts.conditions import phones
from alerts.conditions.contract import Level
from alerts.conditions.phones import network_of
from alerts.conditions.subjects import SITE, the_phone
from floor.state import facts as f
from floor.state.model import Device, LinkState, Member, Reach
from tests.support.scene import BEGIN, A, B, Scene, one

LOST = one(phones.CONDITIONS, "phone_lost")
MANY = one(phones.CONDITIONS, "phones_lost_together")
ANN = the_phone(A, "PJSIP/Ann")
GONE, BACK = Reach.UNREACHABLE, Reach.REACHABLE


def names(count: int, begin: int = 0) -> list[str]:
    return [f"a{number}" for number in range(begin, begin + count)]


# One


def test_phone_of_somebody_logged_in() -> None:
    """Since it was lost, until it is back."""
    scene = Scene(LOST).up().sits("Ann").phone(BACK, "Ann")
    assert scene.value(ANN) is None
    scene.at(10).phone(GONE, "Ann")
    assert scene.at(40).value(ANN) == 30
    assert scene.proof(ANN)["address"] == "sip:Ann@10.0.7.1:5060"
    assert scene.phone(BACK, "Ann").value(ANN) is None
    assert ANN in scene.touched


def test_phone_of_nobody() -> None:
    """A phone at which nobody is logged in may be switched off; who logs in at it counts from then on."""
    scene = Scene(LOST).up().phone(GONE, "Ann")
    assert scene.at(100).value(ANN) is None
    scene.sits("Ann")
    assert scene.at(130).value(ANN) == 30
    assert scene.leaves("Ann").value(ANN) is None
    assert scene.touched.count(ANN) >= 3


def test_phone_that_no_list_names() -> None:
    """Without the right to list phones, the queue's word on its member's device must do."""
    scene = Scene(LOST).up().sits("Ann")
    scene.at(5).sits("Ann", device=Device.UNAVAILABLE)
    assert ANN in scene.touched
    assert scene.at(35).value(ANN) == 30


def test_phone_behind_a_hint() -> None:
    """A member shown by a hint is at the hint's phone."""
    scene = Scene(LOST).up()
    local = Member("sales", "Ann", "Local/1@from-queue/n", "hint:1@ext-local", device=Device.IDLE)
    scene.tell(f.QueuesSynced(A, BEGIN, members=(local,), hints=(("hint:1@ext-local", "PJSIP/Ann"),)))
    scene.at(1).phone(GONE, "Ann")
    assert scene.at(31).value(ANN) == 30
    assert scene.value(the_phone(A, "Local/1@from-queue")) is None


# Many

LIMITS = (
    # seats, lost, many?
    (100, 4, False),
    (100, 5, True),
    (100, 6, True),
    (10, 2, False),
    (10, 3, True),
    (9, 2, False),
    (9, 3, True),
    (6, 1, False),
    (6, 2, True),
    (2, 1, False),
    (2, 2, True),
    (1, 1, False),
)


@pytest.mark.parametrize(("seats", "lost", "many"), LIMITS)
def test_how_many_are_many(seats: int, lost: int, many: bool) -> None:
    """Three in ten, or five; never a single one."""
    scene = Scene(MANY).up().sits(*names(seats)).phone(BACK, *names(seats))
    scene.at(10).phone(GONE, *names(lost))
    assert scene.at(15).value(SITE) in ((lost,) if many else (0, None))


WINDOWS = ((59, True), (60, True), (61, False))


@pytest.mark.parametrize(("last", "many"), WINDOWS)
def test_within_a_minute(last: float, many: bool) -> None:
    """Four at once and the fifth within sixty seconds."""
    scene = Scene(MANY).up().sits(*names(100)).phone(GONE, *names(4))
    scene.at(last).phone(GONE, "a9")
    assert scene.value(SITE) == (5 if many else 0)


def test_it_lasts_as_long_as_they_are_gone() -> None:
    """Not only for a minute; and it is over when so many are back."""
    scene = Scene(MANY).up().sits(*names(50)).phone(GONE, *names(6))
    assert scene.at(3600).value(SITE) == 6
    assert scene.phone(BACK, "a0").value(SITE) == 5
    assert scene.phone(BACK, "a1").value(SITE) == 0


def test_later_losses_do_not_hide_it() -> None:
    """Two more, an hour later, are not a new event, and the old one stays."""
    scene = Scene(MANY).up().sits(*names(50)).phone(GONE, *names(6))
    assert scene.at(3600).phone(GONE, *names(2, 20)).value(SITE) == 6


def test_phones_of_nobody_do_not_count() -> None:
    """At the end of a shift phones are switched off."""
    scene = Scene(MANY).up().sits(*names(20)).phone(GONE, *names(30, 50))
    assert scene.value(SITE) == 0
    scene = Scene(MANY).up().sits(*names(20)).phone(GONE, *names(8))
    for name in names(8):
        scene.leaves(name)
    assert scene.value(SITE) == 0
    assert SITE in scene.touched


def test_causes_are_the_seats() -> None:
    """Their own alerts are explained by this one: those lost together, and no other."""
    scene = Scene(MANY).up().sits(*names(40)).phone(GONE, "a39")
    scene.at(1000).phone(GONE, *names(5))
    reading = scene.read(SITE)
    assert isinstance(reading, Level)
    assert set(reading.about.causes) == {the_phone(A, f"PJSIP/{name}") for name in names(5)}


def test_place_is_the_common_network() -> None:
    """All in one network: that network; in two, or everybody: the site."""
    scene = Scene(MANY).up().sits(*names(40)).phone(GONE, *names(5), network="10.0.7")
    assert scene.proof(SITE)["place"] == "10.0.7.0/24"
    scene.phone(GONE, *names(3, 5), network="10.0.8")
    proof = scene.proof(SITE)
    assert (proof["place"], proof["networks"]) == ("site", ["10.0.7.0/24", "10.0.8.0/24"])
    scene = Scene(MANY).up().sits(*names(6)).phone(GONE, *names(6), network="10.0.7")
    assert scene.proof(SITE)["place"] == "site"
    scene = Scene(MANY).up().sits(*names(40)).phone(GONE, *names(6), network=None)
    assert scene.proof(SITE)["place"] == "site"


def test_two_exchanges_are_one_site() -> None:
    """Three phones of one and two of the other, at once: one event."""
    scene = Scene(MANY).up(A, B).sits(*names(50)).sits(*names(50), pbx=B)
    scene.phone(GONE, *names(3)).phone(GONE, *names(2), pbx=B)
    assert scene.value(SITE) == 5
    assert scene.proof(SITE)["exchanges"] == [A, B]


def test_exchanges_with_clocks_of_their_own() -> None:
    """Moments are compared on our clock."""
    scene = Scene(MANY).up(A, B).sits(*names(50)).sits(*names(50), pbx=B)
    scene.tell(f.ClockMeasured(B, BEGIN + 500, 500.0, timestamps=True))
    scene.phone(GONE, *names(3))
    for name in names(2):
        scene.tell(f.EndpointSeen(B, BEGIN + 502, f"PJSIP/{name}", GONE))
    assert scene.value(SITE) == 5


def test_without_any_link_nobody_knows() -> None:
    """With one link up of two, what was lost stays lost until it is heard otherwise."""
    scene = Scene(MANY).up(A, B).sits(*names(20)).phone(GONE, *names(5))
    scene.link(LinkState.DOWN, A, "silent")
    assert scene.value(SITE) == 5
    scene.link(LinkState.DOWN, B, "silent")
    assert scene.value(SITE) == "unknown"


def test_reconnect_in_the_middle() -> None:
    """The picture after a reconnect repeats what was known: the same event, no older and no younger."""
    scene = Scene(MANY).up().sits(*names(20)).phone(GONE, *names(5))
    scene.at(10).link(LinkState.DOWN, reason="closed").at(20).link(LinkState.SYNCING)
    listed = tuple((f"PJSIP/{name}", GONE, None) for name in names(5))
    scene.tell(f.PhonesSynced(A, BEGIN + 21, listed)).at(22).up()
    assert scene.value(SITE) == 5
    assert scene.proof(SITE)["at"] == BEGIN


def test_thousands_lost_cost_one_look_a_second() -> None:
    """In a storm the count is renewed once a second, and says when."""
    scene = Scene(MANY).up().sits(*names(200)).phone(GONE, *names(60))
    assert scene.value(SITE) == 60
    scene.phone(GONE, *names(60, 60))
    reading = scene.read(SITE)
    assert isinstance(reading, Level)
    assert (reading.value, reading.review_at) == (60, BEGIN + 1)
    assert scene.at(1).value(SITE) == 120


ADDRESSES = (
    ("sip:1001@10.1.2.3:5060;transport=tcp", "10.1.2.0/24"),
    ("10.1.2.3", "10.1.2.0/24"),
    ("sip:10.1.2.3", "10.1.2.0/24"),
    ("sips:1@[2001:db8::5]:5061", "2001:db8::/64"),
    ("2001:db8::5", "2001:db8::/64"),
    ("sip:1@phone.example:5060", None),
    ("sip:abc", None),
    ("", None),
    (None, None),
)


@pytest.mark.parametrize(("address", "network"), ADDRESSES)
def test_network(address: str | None, network: str | None) -> None:
    """The network of an address as the exchange writes it."""
    assert network_of(address) == network
