"""What ails the alerts is said once, stands on every desk as long as it lasts, and can be scraped."""

from __future__ import annotations

from dataclasses import dataclass, field

from structlog.testing import capture_logs

from alerts.ailments import NOTICE, Ailments
from alerts.announcements import Announcements
from alerts.model import Text
from floor.history.trouble import Trouble

NOBODY: Text = {"en": "Nobody.", "zh": "没有人。"}


@dataclass
class Patient:
    """An engine, the ways of telling, and the people; all well unless a test says otherwise."""

    failures: int = 0
    acting: bool = True
    vacant: bool = False
    ill: str | None = None
    untold: dict[str, str] = field(default_factory=dict)
    unreached: Text | None = None

    def health(self, language: str = "en") -> str | None:
        return None if self.ill is None else f"{self.ill} {language}."

    def trouble(self) -> Trouble:
        return Trouble(failing_s=None if self.ill is None else 3.0)


def ailments(patient: Patient) -> tuple[Ailments, Announcements]:
    board = Announcements()
    return Ailments(patient, board, lambda: patient.untold, lambda: patient.unreached), board


def test_all_is_well() -> None:
    """Nothing is said, and nothing stands on any desk."""
    one, board = ailments(Patient())
    with capture_logs() as said:
        one.look()
    assert (board.notices, said) == ({}, [])
    well = one.now()
    assert (well.acting, well.unjudged, dict(well.untold), well.reachable, well.record.quiet) == (
        True,
        0,
        {},
        True,
        True,
    )


def test_each_trouble_is_a_sentence_in_both_languages() -> None:
    """Not on record, not told, told to nobody: one line on the desk, which boards do not show."""
    one, board = ailments(Patient(ill="Not stored", untold={"mail": "refused"}, unreached=NOBODY))
    with capture_logs() as said:
        one.look()
        one.look()
    notice = board.notices[NOTICE]
    assert notice.text["en"] == "Not stored en. Messages do not get through by mail (refused). Nobody."
    assert notice.text["zh"] == "Not stored zh.以下通知方式发送失败：mail (refused)。没有人。"
    assert (notice.level, notice.desks, notice.public) == ("warn", True, False)
    assert [line["log_level"] for line in said] == ["warning"]
    assert (one.now().reachable, one.now().record.failing_s) == (False, 3.0)


def test_it_is_over() -> None:
    """The line goes, and the log says so."""
    patient = Patient(ill="Not stored")
    one, board = ailments(patient)
    one.look()
    patient.ill = None
    with capture_logs() as said:
        one.look()
    assert (board.notices, [line["event"] for line in said]) == ({}, ["alerts are well again"])


def test_pages_are_all_that_tells() -> None:
    """In a demo nobody is warned that nobody would be called."""
    one, board = ailments(Patient(unreached=NOBODY))
    one.only_pages = True
    one.look()
    assert board.notices == {}
    assert one.now().reachable
