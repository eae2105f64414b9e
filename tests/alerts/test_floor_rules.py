"""The built-in rules that are not about one agent's call, with their numbers: just below, at and above each limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.conditions.subjects import SITE, the_agent, the_group, the_pbx, the_phone, the_queue, the_trunk
from alerts.evaluate import PATIENCE_S, Evaluator
from alerts.model import Breach, Signal, Standing, Subject
from alerts.rulebook import Rulebook
from floor.people.model import Group, Person, Role
from floor.sections.presence import PresenceSettings
from floor.state import facts as f
from floor.state.model import Ending, LinkState, Reach
from tests.support.scene import BEGIN, A, B, Scene

RULES = Rulebook(CONDITIONS).rules
NORTH, SALES, LINE = the_pbx(A), the_queue(A, "sales"), the_trunk(A, "PJSIP/carrier")


class Ruled(Scene):
    """A scene under all built-in rules."""

    def __init__(self, **more: Any) -> None:
        super().__init__(next(iter(CONDITIONS.values())), **more)
        self.signals: list[Signal] = []
        self.breaches: dict[str, Breach] = {}
        self.evaluator = Evaluator(RULES, CONDITIONS, self, self)
        self.up(A, B)

    def hear(self, outcome: Any) -> None:
        if hasattr(self, "evaluator"):
            self.evaluator.hear(outcome)

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)

    def breach(self, breach: Breach) -> None:
        self.breaches[breach.id] = breach

    def at(self, seconds: float) -> Ruled:
        """Time passes, one deadline after the other."""
        while (due := self.evaluator.next_due()) is not None and due <= BEGIN + seconds:
            self.clock.at = max(self.clock.at, due)
            self.evaluator.due(self.clock.at)
        super().at(seconds)
        return self

    def stands(self, rule: str, subject: Subject) -> str:
        said = [one for one in self.signals if (one.rule, one.subject) == (rule, subject)]
        if not said:
            return "fine"
        return said[-1].severity.value if said[-1].standing is Standing.BROKEN else said[-1].standing.value

    def last(self, rule: str) -> Signal:
        return [one for one in self.signals if one.rule == rule][-1]


Do = Callable[[Ruled], object]


def names(count: int) -> list[str]:
    return [f"a{number}" for number in range(count)]


def calls(scene: Ruled, causes: list[int], state: str = "down") -> None:
    for number, cause in enumerate(causes):
        uniqueid = f"{scene.clock.at}.{number}"
        scene.tell(f.ChannelOpened(A, scene.clock.at, uniqueid, f"PJSIP/carrier-{number:08x}", uniqueid, state))
        scene.tell(f.ChannelClosed(A, scene.clock.at, uniqueid, cause))


def sent_away(scene: Ruled, count: int) -> None:
    callers = [f"C{number}" for number in range(count)]
    scene.joins(*callers)
    for caller in callers:
        scene.tell(f.QueueReleased(A, scene.clock.at, caller, Ending.TIMED_OUT))


def trunk(scene: Ruled) -> None:
    scene.tell(f.TrunkSeen(A, BEGIN, "me@carrier", Reach.UNREACHABLE, "Rejected"))


def quiet(scene: Ruled) -> None:
    scene.forecast[A, "sales"] = 10.0
    scene.at(100).sits("Ann").joins("C1")


LASTING: tuple[tuple[str, Subject, Do, tuple[tuple[float, str], ...]], ...] = (
    (
        "R-ANS-8",
        SALES,
        lambda s: s.sits("Ann").joins("C1", "C2"),
        ((29.9, "noticed"), (30.3, "warn")),
    ),
    ("R-ANS-8", SALES, lambda s: s.sits("Ann", "Bob").joins("C1", "C2"), ((600, "fine"),)),
    (
        "R-ANS-8-wait",
        SALES,
        lambda s: s.joins("C1"),
        ((59.9, "fine"), (60.3, "warn"), (179.9, "warn"), (180.3, "crit")),
    ),
    (
        "R-PRS-7",
        the_agent(A, "Ann"),
        lambda s: s.sits("Ann").pauses("Ann", "meal"),
        ((299.9, "fine"), (300.3, "warn")),
    ),
    ("R-PRS-7", the_agent(A, "Ann"), lambda s: s.sits("Ann").pauses("Ann", "training"), ((900, "fine"),)),
    (
        "R-EMG-20",
        NORTH,
        lambda s: s.link(LinkState.DOWN, A, "silent"),
        ((9.9, "fine"), (10.3, "crit")),
    ),
    ("R-EMG-21", NORTH, lambda s: s.tell(f.ExchangeStopped(A, BEGIN)), ((0.3, "crit"),)),
    (
        "R-EMG-20",
        NORTH,
        lambda s: s.tell(f.ExchangeStopped(A, BEGIN)).link(LinkState.DOWN, A, "shutdown"),
        ((60, "fine"),),
    ),
    ("R-EMG-22", the_trunk(A, "me@carrier"), trunk, ((29.9, "fine"), (30.3, "crit"))),
    (
        "R-EMG-23",
        the_phone(A, "PJSIP/Ann"),
        lambda s: s.sits("Ann").phone(Reach.UNREACHABLE, "Ann"),
        ((29.9, "fine"), (30.3, "warn")),
    ),
    (
        "R-EMG-24",
        SITE,
        lambda s: s.sits(*names(20)).phone(Reach.UNREACHABLE, *names(5)),
        ((4.9, "noticed"), (5.3, "crit")),
    ),
    ("R-EMG-24", SITE, lambda s: s.sits(*names(20)).phone(Reach.UNREACHABLE, *names(4)), ((60, "fine"),)),
    ("R-EMG-26", NORTH, quiet, ((999, "fine"), (1001, "warn"))),
    (
        "R-EMG-27-line",
        the_trunk(A, "span 1"),
        lambda s: s.tell(f.AlarmRaised(A, BEGIN, "span 1", "Red Alarm")),
        ((0.3, "crit"),),
    ),
)


@pytest.mark.parametrize(("rule", "subject", "do", "told"), LASTING)
def test_what_lasts(rule: str, subject: Subject, do: Do, told: tuple[tuple[float, str], ...]) -> None:
    """How the rule stands after so many seconds; deadlines are kept a little longer for events that come late."""
    scene = Ruled()
    do(scene)
    assert [scene.at(at).stands(rule, subject) for at, _ in told] == [stands for _, stands in told]
    assert PATIENCE_S < 0.3


COUNTED: tuple[tuple[str, Subject, Do, str], ...] = (
    ("R-ANS-9", SALES, lambda s: sent_away(s, 5), "fine"),
    ("R-ANS-9", SALES, lambda s: sent_away(s, 6), "warn"),
    ("R-ANS-9-line", LINE, lambda s: calls(s, [17] * 5, "dialling"), "fine"),
    ("R-ANS-9-line", LINE, lambda s: calls(s, [17] * 6, "dialling"), "warn"),
    ("R-PRS-13", SALES, lambda s: s.sits("Ann", "Bob").pauses("Ann", "meal"), "fine"),
    ("R-PRS-13", SALES, lambda s: s.sits("Ann").pauses("Ann", "meal"), "warn"),
    ("R-EMG-25", LINE, lambda s: calls(s, [34] * 2 + [16] * 8), "crit"),
    ("R-EMG-25", LINE, lambda s: calls(s, [16] * 9 + [34] * 2), "fine"),
    ("R-EMG-25", LINE, lambda s: calls(s, [34] * 9), "fine"),
    ("R-EMG-27-limit", NORTH, lambda s: s.tell(f.LimitReached(A, BEGIN, "load")), "crit"),
)


@pytest.mark.parametrize(("rule", "subject", "do", "stands"), COUNTED)
def test_what_is_counted(rule: str, subject: Subject, do: Do, stands: str) -> None:
    """How the rule stands at once; with a window it is over when the window has passed."""
    scene = Ruled()
    do(scene)
    assert scene.stands(rule, subject) == stands
    assert scene.at(400).stands(rule, subject) == "fine"


def grouped() -> Ruled:
    scene = Ruled()
    scene.register.groups = {"early": Group("early", (("*", "Ann"), ("*", "Bob"), ("*", "Cho")))}
    scene.sits("Ann", "Bob", "Cho", "Dan")
    return scene


def test_second_of_a_group_away() -> None:
    """One may be away, two may not; back again it is over (R-PRS-8, R-PRS-9)."""
    scene = grouped()
    told: list[tuple[str, str]] = []
    for agent, reason in (("Ann", "smoke"), ("Bob", "training"), ("Dan", "smoke"), ("Cho", "meal"), ("Ann", None)):
        scene.at(len(told))
        scene.sits(agent) if reason is None else scene.pauses(agent, reason)
        told.append((scene.stands("R-PRS-8", the_group("early")), scene.stands("R-PRS-9", SITE)))
    assert told == [("fine", "fine"), ("fine", "fine"), ("fine", "warn"), ("warn", "warn"), ("fine", "fine")]


@pytest.mark.parametrize(
    ("agents", "leaders", "many", "few"),
    [
        (12, 1, "fine", "fine"),
        (13, 1, "warn", "fine"),
        (8, 1, "fine", "fine"),
        (7, 1, "fine", "info"),
        (0, 1, "fine", "fine"),
    ],
)
def test_agents_per_leader(agents: int, leaders: int, many: str, few: str) -> None:
    """Eight to twelve (R-SUP-1)."""
    scene = Ruled()
    scene.register.listed = tuple(Person(n, f"l{n}", "L", Role.LEADER) for n in range(leaders))
    scene.register.here = frozenset(range(leaders))
    scene.sits(*names(agents)).at(1000)
    assert (scene.stands("R-SUP-1", SITE), scene.stands("R-SUP-1-few", SITE)) == (many, few)
    assert scene.stands("R-SUP-1-none", SITE) == "fine"


def test_leader_who_signs_out_is_missed() -> None:
    """No fact of any exchange tells it: it is asked every minute."""
    scene = Ruled()
    scene.register.listed = (Person(1, "l", "L", Role.LEADER),)
    scene.register.here = frozenset({1})
    scene.sits("Ann").at(600)
    assert scene.stands("R-SUP-1-none", SITE) == "fine"
    scene.register.here = frozenset()
    assert scene.at(600 + 60 + 120.5).stands("R-SUP-1-none", SITE) == "warn"


@pytest.mark.parametrize(("agents", "stands"), [(15, "fine"), (16, "warn"), (18, "warn"), (19, "crit")])
def test_seats_run_out(agents: int, stands: str) -> None:
    """80 % and 95 % of twenty seats (R-CAP-4)."""
    scene = Ruled(presence=PresenceSettings(seats=20))
    scene.sits(*names(agents))
    assert scene.stands("R-CAP-4", SITE) == stands


@pytest.mark.parametrize(("lines", "stands"), [(15, "fine"), (16, "warn"), (19, "crit")])
def test_channels_run_out(lines: int, stands: str) -> None:
    """80 % and 95 % of twenty channels (R-CAP-4)."""
    scene = Ruled(presence=PresenceSettings(channels=20))
    for number in range(lines):
        name = f"PJSIP/carrier-{number}"
        scene.tell(f.ChannelOpened(A, BEGIN, f"1.{number}", name, f"1.{number}", "dialling"))
    assert scene.stands("R-CAP-4-channels", SITE) == stands


@pytest.mark.parametrize(("busy", "holding", "stands"), [(16, 5, "crit"), (17, 5, "fine"), (13, 4, "fine")])
def test_many_hold_at_once(busy: int, holding: int, stands: str) -> None:
    """Three in ten, five at least, for fifteen seconds; then their own breaches are excused (R-HLD-12)."""
    scene = Ruled()
    scene.sits(*names(busy))
    for name in names(busy):
        scene.tell(f.ChannelOpened(A, BEGIN, f"{name}.leg", f"PJSIP/{name}-1", f"{name}.leg", "up"))
    for name in names(holding):
        scene.tell(f.HoldBegan(A, BEGIN, f"{name}.leg"))
    assert scene.at(14.9).stands("R-HLD-12", SITE) == "fine"
    assert scene.at(15.5).stands("R-HLD-12", SITE) == stands
    excused = [one.excuse is not None for one in scene.breaches.values() if one.rule == "R-HLD-2"]
    assert excused == [stands == "crit"] * holding
    if stands == "crit":
        assert len(scene.last("R-HLD-12").causes) == holding


@pytest.mark.parametrize(("offered", "stands"), [(19, "fine"), (20, "fine"), (21, "warn")])
def test_more_than_twice_as_many(offered: int, stands: str) -> None:
    """Ten are expected in five minutes (R-EMG-28)."""
    scene = Ruled()
    scene.forecast[A, "sales"] = 120.0
    scene.joins(*(f"C{n}" for n in range(offered)))
    assert scene.at(1.3).stands("R-EMG-28", SITE) == stands


def test_more_lost_phones_are_news() -> None:
    """The alert that explains them is told of every further seat, so that none raises its own (R-EMG-24)."""
    scene = Ruled()
    scene.sits(*names(40)).phone(Reach.UNREACHABLE, *names(6))
    scene.at(6).phone(Reach.UNREACHABLE, "a6", "a7")
    assert len(scene.last("R-EMG-24").causes) == 8
    assert scene.at(60).stands("R-EMG-24", SITE) == "crit"


def test_span_across_a_reconnect() -> None:
    """A trunk lost before a gap and after it: nobody knows what was between, so thirty seconds begin anew."""
    scene = Ruled()
    trunk(scene)
    scene.at(20).link(LinkState.DOWN, A, "closed").at(25).link(LinkState.SYNCING, A)
    scene.tell(f.TrunksSynced(A, BEGIN + 26, (("me@carrier", Reach.UNREACHABLE, "Rejected"),))).at(27).up(A)
    subject = the_trunk(A, "me@carrier")
    assert [scene.at(at).stands("R-EMG-22", subject) for at in (31, 56.9, 57.3)] == ["fine", "fine", "crit"]


def test_two_exchanges_apart() -> None:
    """What happens on one says nothing of the other."""
    scene = Ruled()
    scene.joins("C1", pbx=B).link(LinkState.DOWN, A, "silent")
    scene.at(70)
    assert scene.stands("R-ANS-8-wait", the_queue(B, "sales")) == "warn"
    assert scene.stands("R-ANS-8-wait", SALES) == "fine"
    assert (scene.stands("R-EMG-20", NORTH), scene.stands("R-EMG-20", the_pbx(B))) == ("crit", "fine")


class Consent:
    """Approval mode, and who has a leader's word."""

    def __init__(self, *, needed: bool) -> None:
        self.needed = needed
        self.given: set[tuple[str, str]] = set()
        self.until: dict[tuple[str, str], float] = {}

    def granted(self, agent: tuple[str, str]) -> bool:
        return agent in self.given

    def due(self, agent: tuple[str, str]) -> float | None:
        return self.until.get(agent)


REPORTED, UNREPORTED = ("fine", "info"), ("warn", "fine")
"""How R-PRS-7 and its variant for what was reported stand."""


def away_too_long(scene: Ruled, agent: str = "Ann") -> tuple[str, str]:
    one, other = (scene.stands(rule, the_agent(A, agent)) for rule in ("R-PRS-7", "R-PRS-7-reported"))
    return one, other


def test_reported_beforehand_is_for_the_record_only() -> None:
    """Six minutes away: with a leader's word for ten of them an entry, without it a warning (R-PRS-7)."""
    scene = grouped()
    scene.consent = consent = Consent(needed=False)
    consent.until[A, "Ann"] = BEGIN + 601
    for agent in ("Ann", "Bob"):
        scene.at(1).pauses(agent, "meal")
    scene.at(290)
    assert (away_too_long(scene), away_too_long(scene, "Bob")) == (("fine", "fine"), ("fine", "fine"))
    scene.at(361)
    assert (away_too_long(scene), away_too_long(scene, "Bob")) == (REPORTED, UNREPORTED)


def test_away_for_longer_than_was_reported() -> None:
    """From then on it is a warning as anybody else's; back in time, nothing."""
    scene = grouped()
    scene.consent = consent = Consent(needed=False)
    consent.until = {(A, "Ann"): BEGIN + 601, (A, "Bob"): BEGIN + 601}
    for agent in ("Ann", "Bob"):
        scene.at(1).pauses(agent, "meal")
    scene.at(590).sits("Bob")
    scene.at(600)
    assert away_too_long(scene) == REPORTED
    scene.at(603)
    assert (away_too_long(scene), away_too_long(scene, "Bob")) == (UNREPORTED, ("fine", "fine"))


def test_word_given_while_he_is_away() -> None:
    """The warning ends within five seconds, and what stays is the record."""
    scene = grouped()
    scene.consent = consent = Consent(needed=False)
    scene.at(1).pauses("Ann", "toilet")
    scene.at(330)
    assert away_too_long(scene) == UNREPORTED
    consent.until[A, "Ann"] = BEGIN + 900
    scene.at(337)
    assert away_too_long(scene) == REPORTED


@pytest.mark.parametrize(("seconds", "stands"), [(4.9, "fine"), (5, "warn"), (60, "warn")])
def test_leaving_without_a_word(seconds: float, stands: str) -> None:
    """R-PRS-10 in approval mode: five seconds away without the leader's consent; work is not leaving."""
    scene = grouped()
    scene.consent = Consent(needed=True)
    scene.at(1).pauses("Ann", "toilet")
    scene.pauses("Bob", "acw")
    scene.at(1 + seconds + (PATIENCE_S if stands == "warn" else 0))
    assert scene.stands("R-PRS-10", the_agent(A, "Ann")) == stands
    assert scene.stands("R-PRS-10", the_agent(A, "Bob")) == "fine"


def test_leaving_with_a_word() -> None:
    """Granted before, nothing is broken; granted afterwards, it is over within five seconds; mode off, never."""
    scene = grouped()
    scene.consent = consent = Consent(needed=True)
    consent.given.add((A, "Bob"))
    for agent in ("Ann", "Bob"):
        scene.at(1).pauses(agent, "meal")
    scene.at(20)
    told = [scene.stands("R-PRS-10", the_agent(A, agent)) for agent in ("Ann", "Bob")]
    consent.given.add((A, "Ann"))
    scene.at(26)
    assert (told, scene.stands("R-PRS-10", the_agent(A, "Ann"))) == (["warn", "fine"], "fine")
    scene.consent = Consent(needed=False)
    scene.at(30).pauses("Dan", "meal")
    assert scene.at(90).stands("R-PRS-10", the_agent(A, "Dan")) == "fine"
