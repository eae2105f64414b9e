"""People and lines: seats and channels (R-CAP-4), agents per leader (R-SUP-1), holding together (R-HLD-12)."""

from __future__ import annotations

from random import Random

import pytest

from alerts.conditions import capacity
from alerts.conditions.contract import Level
from alerts.conditions.subjects import SITE, the_agent
from floor.people.model import Person, Role
from floor.sections.presence import PresenceSettings
from floor.state import facts as f
from floor.state.model import AgentState, CallKind, LinkState
from tests.support.scene import BEGIN, A, B, Scene, one

SEATS = one(capacity.CONDITIONS, "seats_in_use")
CHANNELS = one(capacity.CONDITIONS, "channels_in_use")
SPAN = one(capacity.CONDITIONS, "agents_per_leader")
MISSING = one(capacity.CONDITIONS, "leaders_missing")
HOLDS = one(capacity.CONDITIONS, "holding_together")


def names(count: int) -> list[str]:
    return [f"a{number}" for number in range(count)]


# R-CAP-4


@pytest.mark.parametrize(("agents", "share"), [(7, 0.7), (8, 0.8), (10, 1.0), (11, 1.1)])
def test_seats(agents: int, share: float) -> None:
    """Persons logged in by the seats there may be, over all exchanges, each once."""
    scene = Scene(SEATS, presence=PresenceSettings(seats=10)).up(A, B).sits(*names(agents)).sits("a0", pbx=B)
    assert scene.value(SITE) == pytest.approx(share)
    assert scene.touched.count(SITE) >= agents
    scene.leaves("a1")
    assert scene.value(SITE) == pytest.approx(share - 0.1)
    assert scene.leaves("a0").value(SITE) == pytest.approx(share - 0.1)


def test_seats_nobody_counts() -> None:
    """Without licences there is nothing to run out of; without a link nothing is known."""
    assert Scene(SEATS).up().sits(*names(500)).value(SITE) is None
    scene = Scene(SEATS, presence=PresenceSettings(seats=10)).up().sits(*names(10)).link(LinkState.DOWN)
    assert scene.value(SITE) is None


def test_channels() -> None:
    """Lines to the outside, either way; phones and Local channels are none; a picture corrects the count."""
    scene = Scene(CHANNELS, presence=PresenceSettings(channels=10)).up(A, B).sits("Ann")
    assert scene.value(SITE) == 0
    for number in range(8):
        name = f"PJSIP/carrier-{number}"
        scene.tell(f.ChannelOpened(A if number % 2 else B, BEGIN, f"1.{number}", name, f"1.{number}", "dialling"))
    for name in ("PJSIP/Ann-1", "Local/1@x-1;1"):
        scene.tell(f.ChannelOpened(A, BEGIN, name, name, name, "down"))
    assert scene.value(SITE) == 0.8
    scene.tell(f.ChannelClosed(A, BEGIN, "1.1", 16))
    assert scene.value(SITE) == 0.7
    left = f.PictureChannel("1.3", "PJSIP/carrier-3", "1.3", "up", None, "", "", 5.0)
    scene.at(100).tell(f.ChannelsSynced(A, BEGIN + 100, (left,)))
    scene.at(200).tell(f.ChannelsSynced(A, BEGIN + 200, (left,)))
    assert scene.value(SITE) == 0.5


# R-SUP-1


def led(condition: object, agents: int, leaders: int) -> Scene:
    scene = Scene(condition)  # type: ignore[arg-type]
    people = [Person(number, f"l{number}", "L", Role.LEADER) for number in range(leaders)]
    chief = Person(99, "chief", "C", Role.CHIEF)
    scene.register.listed = (*people, chief)
    scene.register.here = frozenset(one.id for one in scene.register.listed)
    return scene.up().sits(*names(agents))


@pytest.mark.parametrize(("agents", "leaders", "span"), [(7, 1, 7), (8, 1, 8), (24, 2, 12), (25, 2, 12.5), (9, 0, 0)])
def test_span(agents: int, leaders: int, span: float) -> None:
    """Agents logged in by leaders signed in; a chief is no team leader."""
    scene = led(SPAN, agents, leaders)
    assert scene.value(SITE) == span
    assert SITE in scene.touched


def test_span_is_asked_every_minute() -> None:
    """Signing in to the pages is no fact of an exchange; and nobody there is no span of nought."""
    reading = led(SPAN, 0, 1).read(SITE)
    assert isinstance(reading, Level)
    assert (reading.sample, reading.review_at) == (0, BEGIN + 60)


@pytest.mark.parametrize(("agents", "leaders", "missing"), [(1, 0, 1), (1, 1, 0), (0, 0, 0)])
def test_at_least_one_leader(agents: int, leaders: int, missing: int) -> None:
    """While agents are logged in."""
    scene = led(MISSING, agents, leaders)
    scene.register.listed = (*scene.register.listed, Person(50, "away", "Away", Role.LEADER))
    assert scene.value(SITE) == missing


def test_a_register_without_leaders_misses_none() -> None:
    """Where nobody is named a leader, the rule has nothing to say."""
    assert led(MISSING, 9, 0).value(SITE) == 0


# R-HLD-12


def hold(scene: Scene, *agents: str, pbx: str = A) -> None:
    for agent in agents:
        scene.tell(f.HoldBegan(pbx, scene.clock.at, f"{agent}.leg"))


def talking(*agents: str, pbx: str = A, scene: Scene | None = None) -> Scene:
    """Agents, each with a caller."""
    scene = scene or Scene(HOLDS)
    scene.up(pbx).sits(*agents, pbx=pbx)
    for agent in agents:
        scene.tell(f.ChannelOpened(pbx, scene.clock.at, f"{agent}.leg", f"PJSIP/{agent}-1", f"{agent}.leg", "up"))
    return scene


SHARES = ((20, 5, 0.25, 5), (16, 5, 5 / 16, 5), (10, 4, 0.4, 4), (5, 5, 1.0, 5))


@pytest.mark.parametrize(("busy", "holding", "share", "sample"), SHARES)
def test_share_on_hold(busy: int, holding: int, share: float, sample: int) -> None:
    """Of the agents in calls; the sample is how many hold."""
    scene = talking(*names(busy)).sits("idle")
    hold(scene, *names(holding))
    reading = scene.at(15).read(SITE)
    assert isinstance(reading, Level)
    assert (reading.value, reading.sample) == (share, sample)
    assert reading.about.causes == tuple(the_agent(A, name) for name in names(holding))
    assert SITE in scene.touched


def test_only_long_holds_count() -> None:
    """Fifteen seconds each; the reading says when the next one will be that long."""
    scene = talking(*names(10))
    hold(scene, "a0")
    hold(scene.at(5), "a1")
    readings = [scene.at(at).read(SITE) for at in (14.9, 15, 20)]
    told = [(one.value, one.review_at) for one in readings if isinstance(one, Level)]
    assert told == [(0, BEGIN + 15), (0.1, BEGIN + 20), (0.2, None)]
    scene.tell(f.HoldEnded(A, BEGIN + 20, "a0.leg"))
    assert scene.value(SITE) == 0.1
    scene.tell(f.ChannelClosed(A, BEGIN + 20, "a1.leg"))
    assert scene.value(SITE) is None


def test_holds_of_two_exchanges() -> None:
    """One floor, one slow system."""
    scene = talking("Ann", "Bob", scene=talking("Ann", "Bob"), pbx=B)
    hold(scene, "Ann")
    hold(scene, "Ann", pbx=B)
    assert scene.at(15).value(SITE) == 0.5


def test_holds_after_rules_came_late() -> None:
    """Who talks and who holds is seen once, then followed."""
    scene = talking(*names(4))
    hold(scene, "a0")
    scene.notes.clear()
    hold(scene, "a1")
    assert scene.at(15).value(SITE) == 0.5


@pytest.mark.parametrize("seed", range(10))
def test_equals_counting_all_agents(seed: int) -> None:
    """Whoever begins or ends a hold, hangs up, logs off, and however clocks are compared anew: what all agents, looked
    at one by one, would say."""
    dice = Random(seed)
    scene = talking(*names(6), scene=talking(*names(6)), pbx=B)
    for step in range(80):
        pbx, agent = dice.choice((A, B)), dice.choice(names(6))
        scene.at(step * 3.0)
        what = dice.choice(("hold", "hold", "back", "end", "begin", "leave", "clock"))
        at = scene.clock.at
        if what == "hold":
            hold(scene, agent, pbx=pbx)
        elif what == "back":
            scene.tell(f.HoldEnded(pbx, at, f"{agent}.leg"))
        elif what == "end":
            scene.tell(f.ChannelClosed(pbx, at, f"{agent}.leg"))
        elif what == "begin":
            scene.sits(agent, pbx=pbx).tell(
                f.ChannelOpened(pbx, at, f"{agent}.leg", f"PJSIP/{agent}-1", f"{agent}.leg", "up")
            )
        elif what == "leave":
            scene.leaves(agent, pbx=pbx)
        else:
            scene.tell(f.ClockMeasured(pbx, at, dice.choice((0.0, 2.0, -7.5)), timestamps=True))
        scene.at(step * 3.0 + dice.random() * 3)
        assert _told(scene) == _counted(scene, 15)


def _told(scene: Scene) -> object:
    reading = scene.read(SITE)
    if not isinstance(reading, Level):
        return reading
    return round(reading.value, 9), reading.sample, set(reading.about.causes), reading.review_at


def _counted(scene: Scene, seconds: float) -> object:
    """The same by looking at everybody."""
    agents, now = scene.floor.agents.values(), scene.clock.at
    busy = [one for one in agents if one.state in capacity.BUSY]
    holding = [one for one in busy if one.state is AgentState.HOLDING and one.kind is not CallKind.INTERNAL]
    since = {one.key: scene.ours(one.pbx, one.since) for one in holding}
    long = {key for key, at in since.items() if now - at >= seconds}
    following = min((at + seconds for key, at in since.items() if key not in long), default=None)
    if not holding:
        return None
    return round(len(long) / len(busy), 9), len(long), {the_agent(*key) for key in long}, following
