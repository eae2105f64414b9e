"""What stands on record of a listening: enough to prove it, and nothing hostile."""

from __future__ import annotations

from floor.audit.model import Doer
from floor.listening.conversation import Conversation
from floor.listening.judge import Asked
from floor.listening.model import Listening, ListeningStage, Mode, Purpose, Way
from floor.listening.written import Pen, doer, plain
from floor.people.model import Role
from tests.support.people import person

ASKED = Asked("north", "Ann", Mode.WHISPER, Purpose.HELP, Way.BROWSER, follow=True, note="greets too late")
PEN = Pen("t", Doer("Li", 2, "leader", "10.0.0.1"), ASKED)
NOW = Listening(
    "t", "north", "Ann", Mode.WHISPER, Way.BROWSER, Purpose.HELP, ListeningStage.ON, 10.0, 2, "Li", "1.1", "1.2", "s"
)


def test_every_entry_says_who_whom_how_and_why() -> None:
    """Whichever one looks at."""
    for entry in (
        PEN.asks(10.0, Conversation("1.2", "1.1")),
        PEN.refused(10.0, "no"),
        PEN.began(10.0, NOW),
        PEN.failed(10.0, NOW, "failed", "no such channel"),
        PEN.changed(10.0, NOW, Mode.BARGE),
        PEN.unchanged(10.0, NOW, Mode.BARGE, "no"),
        PEN.ended(17.0, NOW, "stopped", "", 10.0),
    ):
        assert (entry.thread, entry.act, entry.by.name) == ("t", "listen", "Li")
        assert (entry.pbx, entry.agent, entry.reason) == ("north", "Ann", "help")
        assert entry.more["way"] == "browser"
        assert entry.more["follow"] is True


def test_modes_before_and_after() -> None:
    """A change says both; one that was refused says that it is as it was."""
    changed, back = PEN.changed(1.0, NOW, Mode.BARGE), PEN.unchanged(2.0, NOW, Mode.BARGE, "no")
    assert (changed.more["before"], changed.more["mode"]) == ("whisper", "barge")
    assert (back.more["before"], back.more["mode"], back.said) == ("barge", "whisper", "no")


def test_how_long() -> None:
    """Never less than nothing, however the clock was set meanwhile."""
    assert PEN.ended(17.3, NOW, "stopped", "", 10.0).more["lasted_s"] == 7.3
    assert PEN.ended(5.0, NOW, "stopped", "", 10.0).more["lasted_s"] == 0.0


def test_hostile_text_is_made_plain() -> None:
    """What was asked for by names that nobody bears stands there short, and without what cannot be seen."""
    pen = Pen("t", Doer("Li"), Asked("n\r\nX", "\u202eA" + "x" * 999, Mode.LISTEN, Purpose.QA, Way.PHONE, note="a\0b"))
    entry = pen.refused(1.0, "no")
    assert (entry.pbx, entry.more["note"]) == ("nX", "ab")
    assert entry.agent.isprintable()
    assert len(entry.agent) < 201
    assert plain("PJSIP/1") == "PJSIP/1"


def test_doer_is_the_person_as_he_is() -> None:
    """With role and address, without login."""
    by = doer(person(Role.COACH, 7), "10.0.0.9")
    assert (by.person, by.role, by.address, by.name) == (7, "coach", "10.0.0.9", "Coach")
