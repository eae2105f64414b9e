"""The life of alerts, as tables: what happens, which steps it makes, who is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import Terms
from alerts.errors import MomentInvalidError, NoSuchAlertError, ReasonMissingError, WrongStageError
from alerts.model import AlertStage, Severity, Silence, Standing
from floor.sections.alerts import AlertsSettings, QuietSettings, RouteSettings
from tests.alerts.lives import LEE, RULE, T0, Staff, agent, book, broken, play

KEEP = Terms(keep_s=10)
PLAIN = AlertsSettings()


def test_warning_climbs_the_chain() -> None:
    """A warning nobody takes over goes up every ten minutes, and is repeated every fifteen (R-SUP-3)."""
    play("""
        at   | what                   | steps     | told
        0    | Ann is broken (warn)   | fired     | fired: Lee
        599  | time passes            |           |
        600  | time passes            | escalated | escalated: Chi
        1200 | time passes            | escalated | escalated: Man
        2099 | time passes            |           |
        2100 | time passes            | reminded  | reminder: Lee, reminder: Chi, reminder: Man
        3000 | time passes            | reminded  | reminder: Lee, reminder: Chi, reminder: Man
    """)


def test_critical_climbs_faster() -> None:
    """What is critical goes to leader and chief at once, and after three minutes to the manager (R-SUP-3)."""
    play("""
        at  | what                   | steps     | told
        0   | Ann is broken (crit)   | fired     | fired: Lee, fired: Chi
        179 | time passes            |           |
        180 | time passes            | escalated | escalated: Man
        480 | time passes            | reminded  | reminder: Lee, reminder: Chi, reminder: Man
    """)


def test_emergency_goes_to_all() -> None:
    """An emergency of people goes to every level at once, and again every minute."""
    play("""
        at | what                        | steps    | told
        0  | Ann is raised (emergency)   | fired    | fired: Lee, fired: Chi, fired: Man
        60 | time passes                 | reminded | reminder: Lee, reminder: Chi, reminder: Man
    """)


def test_information_is_not_told() -> None:
    """What is only recorded is told to nobody, and clears like everything."""
    play("""
        at | what                   | steps     | told
        0  | Ann is broken (info)   | fired     |
        9  | Ann is fine            | recovered |
    """)


def test_acknowledging_stops_the_chain_and_lapses() -> None:
    """Whoever takes it over stops the chain; after two hours it fires anew, from the first level."""
    play("""
        at    | what                   | steps        | told
        0     | Ann is broken (warn)   | fired        | fired: Lee
        600   | time passes            | escalated    | escalated: Chi
        700   | Lee acknowledges Ann   | acknowledged |
        7899  | time passes            |              |
        7900  | time passes            | lapsed       | fired: Lee
        8500  | time passes            | escalated    | escalated: Chi
    """)


def test_keep_holds_it_together() -> None:
    """What comes back within its keep goes on as it was; those who heard of it hear of its end once."""
    play(
        """
        at | what                   | steps     | told
        0  | Ann is broken (warn)   | fired     | fired: Lee
        5  | Ann is fine            | cleared   |
        9  | Ann is broken (warn)   | returned  |
        20 | Ann is fine            | cleared   |
        29 | time passes            |           |
        30 | time passes            | recovered | resolved: Lee
        """,
        terms=KEEP,
    )


def test_returned_is_still_his() -> None:
    """What comes back within its keep, no worse, still belongs to him who took it over; worse, to nobody."""
    story = play(
        """
        at | what                   | steps        | told
        0  | Ann is broken (warn)   | fired        | fired: Lee
        1  | Lee acknowledges Ann   | acknowledged |
        5  | Ann is fine            | cleared      |
        9  | Ann is broken (warn)   | returned     |
        20 | Ann is fine            | cleared      |
        25 | Ann is broken (crit)   | returned     | worse: Lee, worse: Chi
        """,
        terms=KEEP,
    )
    (alert,) = story.book.live.values()
    assert (alert.stage, alert.owner) == (AlertStage.FIRING, None)


def test_worse_and_eased() -> None:
    """A higher level is told at once, even of what somebody took over; less bad is only written down."""
    play("""
        at | what                   | steps        | told
        0  | Ann is broken (warn)   | fired        | fired: Lee
        1  | Lee acknowledges Ann   | acknowledged |
        5  | Ann is broken (crit)   | worse        | worse: Lee, worse: Chi
        9  | Ann is broken (warn)   | eased        |
    """)


def test_pending() -> None:
    """What waits out its rule's for is on record, told to nobody, and may pass."""
    play("""
        at | what                   | steps     | told
        0  | Ann is pending         | suspected |
        9  | Ann is fine            | cleared   |
        400 | Ann is pending        | suspected |
        420 | Ann is broken (warn)  | fired     | fired: Lee
    """)


def test_own_hold_down() -> None:
    """Where nobody else waits out the for, the book does."""
    play(
        """
        at | what                   | steps     | told
        0  | Ann is broken (warn)   | suspected |
        29 | time passes            |           |
        30 | time passes            | fired     | fired: Lee
        """,
        terms=Terms(for_s=30),
    )


def test_reopened() -> None:
    """Broken again within five minutes of the end it is the same alert; later it is a new one."""
    story = play("""
        at  | what                   | steps     | told
        0   | Ann is broken (warn)   | fired     | fired: Lee
        5   | Ann is fine            | recovered | resolved: Lee
        300 | Ann is broken (warn)   | reopened  | fired: Lee
        305 | Ann is fine            | recovered | resolved: Lee
        999 | Ann is broken (warn)   | fired     | fired: Lee
    """)
    (alert,) = story.book.live.values()
    assert alert.times == 1


def test_unknown_is_not_fine() -> None:
    """What cannot be seen neither climbs nor clears; when it is seen again its clocks go on."""
    play("""
        at   | what                   | steps     | told
        0    | Ann is broken (warn)   | fired     | fired: Lee
        100  | Ann is unknown         | unknown   |
        5000 | time passes            |           |
        5001 | Ann is broken (warn)   | seen      |
        5001 | time passes            | escalated | escalated: Chi
    """)


def test_exchange_lost() -> None:
    """A lost exchange is one alert: what is of it becomes unknown and silent, and what still stands is told after."""
    story = play("""
        at  | what                   | steps                                        | told
        0   | Ann is broken (warn)   | fired                                        | fired: Lee
        10  | the exchange is lost   | pbx1 fired, Ann explained, Ann unknown       | fired: Chi
        20  | Bob is broken (warn)   | fired, explained, unknown                    |
        150 | time passes            |                                              |
        160 | Ann is unknown         |                                              |
        170 | the exchange is back   | pbx1 recovered, Ann alone, Bob alone, Bob seen | resolved: Chi, fired: Chi
        171 | Ann is broken (warn)   | seen                                         |
        770 | time passes            | Ann escalated, Bob escalated                 | escalated: Chi, escalated: Man
    """)
    assert {one.parent for one in story.book.live.values()} == {None}


def test_worse_while_hidden() -> None:
    """Who heard of it before the outage hears afterwards that it got worse, and nothing else; a firing of its own, even
    of the same alert, is new to everybody."""
    play("""
        at | what                  | steps                                  | told
        0  | Ann is broken (warn)  | fired                                  | fired: Lee
        10 | the exchange is lost  | pbx1 fired, Ann explained, Ann unknown | fired: Chi
        20 | Ann is broken (crit)  | worse                                  |
        30 | the exchange is back  | pbx1 recovered, Ann alone, Ann seen    | resolved: Chi, worse: Lee, worse: Chi
        40 | Ann is fine           | recovered                              | resolved: Lee, resolved: Chi
        45 | the exchange is lost  | reopened                               | fired: Chi
        50 | Ann is broken (crit)  | reopened, explained, unknown           |
        60 | the exchange is back  | pbx1 recovered, Ann alone, Ann seen    | resolved: Chi, fired: Lee, fired: Chi
    """)


def test_one_cause_is_one_alert() -> None:
    """Single cases that another alert explains are told no more; one that outlasts it is told by itself (R-EMG-24)."""
    play("""
        at  | what                            | steps                                | told
        0   | Ann is broken (warn)            | fired                                | fired: Lee
        5   | the network fails for Ann, Bob  | 10.1.2.0/24 fired, Ann explained     | fired: Chi
        6   | Bob is broken (warn)            | fired, explained                     |
        7   | Cat is broken (warn)            | fired                                | fired: Chi
        8   | Ann is fine                     | recovered                            |
        90  | the network heals for Ann, Bob  | 10.1.2.0/24 recovered, Bob alone     | resolved: Chi, fired: Chi
    """)


def test_a_real_alarm_breaks_through_a_drill() -> None:
    """A drill's alert and the real one of the same rule live apart; both are told."""
    story = play("""
        at | what                            | steps | told
        0  | Ann of drill d1 is broken (warn)| fired | fired: Lee
        1  | Ann is broken (warn)            | fired | fired: Lee
    """)
    assert sorted(one.drill or "" for one in story.book.live.values()) == ["", "d1"]


def test_silence() -> None:
    """A silence holds messages back, not the alert; at its end what still stands is told."""
    play("""
        at   | what                       | steps           | told
        0    | Lee silences Ann until 900 |                 |
        5    | Ann is broken (warn)       | fired, silenced |
        899  | time passes                |                 |
        900  | time passes                | unsilenced      | fired: Lee
        1500 | time passes                | escalated       | escalated: Chi
    """)


def test_silence_lifted_by_hand() -> None:
    """Whoever lifts a silence lets through what waits."""
    play("""
        at  | what                       | steps      | told
        0   | Ann is broken (warn)       | fired      | fired: Lee
        5   | Lee silences Ann until 900 | silenced   |
        600 | time passes                |            |
        700 | Lee lifts the silence      | unsilenced |
        1300 | time passes               | escalated  | escalated: Chi
    """)


def test_emergency_is_never_silenced() -> None:
    """Nobody can silence an emergency of people."""
    play("""
        at | what                       | steps | told
        0  | Lee silences Ann until 900 |       |
        5  | Ann is raised (emergency)  | fired | fired: Lee, fired: Chi, fired: Man
    """)


def test_flapping() -> None:
    """What begins and ends all the time is shown, and told no more until it rests."""
    play("""
        at  | what                   | steps               | told
        0   | Ann is broken (warn)   | fired               | fired: Lee
        40  | Ann is fine            | recovered           | resolved: Lee
        80  | Ann is broken (warn)   | reopened            | fired: Lee
        120 | Ann is fine            | recovered, flapping |
        160 | Ann is broken (warn)   | reopened            |
        700 | time passes            |                     |
        759 | time passes            | steady              | fired: Lee
    """)


def test_flapping_then_over() -> None:
    """Who heard of it hears of its end once it rests."""
    play("""
        at  | what                   | steps               | told
        0   | Ann is broken (warn)   | fired               | fired: Lee
        40  | Ann is fine            | recovered           | resolved: Lee
        80  | Ann is broken (warn)   | reopened            | fired: Lee
        120 | Ann is fine            | recovered, flapping |
        900 | time passes            | steady              | resolved: Lee
    """)


def test_resolved_by_hand() -> None:
    """What a person closed fires again only after it was fine, or when it is worse than he knew."""
    play("""
        at  | what                   | steps     | told
        0   | Ann is broken (warn)   | fired     | fired: Lee
        5   | Lee resolves Ann       | resolved  | resolved: Lee
        9   | Ann is broken (warn)   |           |
        10  | Ann is broken (crit)   | reopened  | fired: Lee, fired: Chi
        20  | Lee resolves Ann       | resolved  | resolved: Lee, resolved: Chi
        30  | Ann is fine            |           |
        40  | Ann is broken (warn)   | reopened  | fired: Lee
    """)


def test_grouped() -> None:
    """Where the route waits, one recipient hears of several alerts in one message."""
    settings = AlertsSettings(route=(RouteSettings(name="slow", severity=("warn",), to=("chief",), wait_s=30),))
    story = book(settings)
    found = [story.signal(broken(agent(name), Severity.WARN, T0 + n), T0 + n) for n, name in enumerate("ABC")]
    assert [one.messages for one in found] == [[], [], []]
    told = story.due(T0 + 30).messages
    assert {one.message.recipient.name for one in told} == {"Chi"}
    assert all(len(one.message.also) == 2 for one in told)
    assert "and 2 more" in told[0].message.title["en"]


def test_quiet_hours_hold_back_messages_only() -> None:
    """In quiet hours alerts fire and clear; what still stands at their end is told then, an emergency at once."""
    settings = AlertsSettings(quiet=(QuietSettings(begin="00:00", end="23:59"),))
    story = book(settings)
    effects = story.signal(broken(agent(), Severity.CRIT, T0), T0)
    assert ([one.event for one in effects.transitions], effects.messages) == (["fired"], [])
    assert story.next_due() is not None
    assert story.signal(broken(agent("Bob"), Severity.EMERGENCY, T0), T0).messages


def test_only_those_present_are_told() -> None:
    """Of a level those who are here are told; when none is, all of it by mail and phone."""
    away = play(
        """
        at   | what                   | steps     | told
        0    | Ann is broken (warn)   | fired     | fired: Lee
        1200 | time passes            | escalated, escalated | escalated: Chi, escalated: Man
        """,
        staff=Staff(here=frozenset()),
    )
    assert away.book.live


def test_commands_say_why_not() -> None:
    """What cannot be done is refused with a reason, and changes nothing."""
    story = book()
    alert = next(iter(story.signal(broken(agent(), Severity.WARN, T0), T0).cases))
    with pytest.raises(NoSuchAlertError):
        story.acknowledge("nobody", LEE, T0)
    with pytest.raises(ReasonMissingError):
        story.resolve(alert, LEE, T0, " ")
    with pytest.raises(ReasonMissingError):
        story.silence(Silence("s", None, None, "Lee", "", T0, T0 + 9), T0)
    with pytest.raises(MomentInvalidError):
        story.silence(Silence("s", None, None, "Lee", "long", T0, T0 + 9e9), T0)
    with pytest.raises(NoSuchAlertError):
        story.unsilence("s", LEE, T0)
    story.resolve(alert, LEE, T0, "a cable")
    with pytest.raises(WrongStageError):
        story.acknowledge(alert, LEE, T0)


def test_pending_cannot_be_acknowledged() -> None:
    """Nobody takes over what may pass by itself."""
    story = book(terms=Terms(for_s=30))
    alert = next(iter(story.signal(broken(agent(), Severity.WARN, T0), T0).cases))
    before = dict(story.live)
    with pytest.raises(WrongStageError):
        story.acknowledge(alert, LEE, T0)
    assert dict(story.live) == before


def test_clock_set_back() -> None:
    """When our clock is set, nothing is due sooner or later for that."""
    story = book()
    story.signal(broken(agent(), Severity.WARN, T0), T0)
    story.move(-3600)
    assert story.next_due() == T0 - 3000
    assert [one.event for one in story.due(T0 - 3000).transitions] == ["escalated"]


def test_worst_value_from_the_breach() -> None:
    """The worst value so far is the alert's, while it lives."""
    story = book()
    story.signal(broken(agent(), Severity.WARN, T0), T0)
    story.measure(f"{RULE}|{agent().id}", 44.0)
    (alert,) = story.live.values()
    assert (alert.value, alert.worst) == (15.0, 44.0)


def test_restored_is_unknown_until_seen() -> None:
    """After a restart nothing climbs or is told before it is seen; what is not seen is over."""
    first = book(terms=KEEP)
    kept = [first.signal(broken(agent(name), Severity.WARN, T0), T0).cases.popitem()[1] for name in ("Ann", "Bob")]
    story = book(terms=KEEP)
    effects = story.restore(kept, [], T0 + 5000)
    assert [one.event for one in effects.transitions] == ["unknown", "unknown"]
    assert story.next_due() is None
    seen = story.signal(broken(agent("Ann"), Severity.WARN, T0 + 5001), T0 + 5001)
    assert [one.event for one in seen.transitions] == ["seen"]
    over = story.confirm("pbx1", T0 + 5010)
    assert [(one.event, one.reason) for one in over.transitions] == [
        ("recovered", "not seen any more after the restart")
    ]
    assert [one.subject.name for one in story.live.values()] == ["Ann"]


def test_forgotten() -> None:
    """The book holds what lives and what was resolved lately, and nothing else."""
    story = book()
    for n in range(100):
        at = T0 + n * 100
        story.signal(broken(agent(f"a{n}"), Severity.INFO, at), at)
        story.signal(replace(broken(agent(f"a{n}"), Severity.INFO, at), standing=Standing.FINE), at)
    assert len(story._cases) < 50
