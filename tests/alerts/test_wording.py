"""What messages say, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from alerts.case import Terms
from alerts.content import new_alert
from alerts.model import Alert, AlertStage, Occasion, Severity, Subject, SubjectKind
from alerts.wording import KIND, OCCASION, SEVERITY, PlainWording, place
from tests.alerts.lives import PBX, T0, Staff, agent, broken

RING = Terms(title={"en": "rings too long", "zh": "振铃过长"})
WORDS = PlainWording(lambda _rule: RING, UTC)


def alert(subject: Subject | None = None, **more: object) -> Alert:
    one = new_alert(broken(subject or agent(), Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), None)
    return replace(one, **more)  # type: ignore[arg-type]


def test_title() -> None:
    """How bad, what, where; and how many more."""
    one = alert()
    assert WORDS.title(Occasion.FIRED, [one]) == {
        "en": "Warning: rings too long – agent Ann (pbx1)",
        "zh": "警告：振铃过长 – 座席 Ann (pbx1)",
    }
    assert WORDS.title(Occasion.RESOLVED, [one, one])["en"] == (
        "Warning: over: rings too long – agent Ann (pbx1) (and 1 more)"
    )


def test_body() -> None:
    """Rule, what, where, since when, value and limit, group and queue; one line each."""
    body = WORDS.body([alert(queue="sales")])
    assert body["en"] == (
        "R-TEST · rings too long – agent Ann (pbx1) · since 2026-11-21 22:26:25 · 15 / 15 · early · queue sales"
    )
    assert "队列 sales" in body["zh"]
    many = WORDS.body([alert()] * 25)["en"].splitlines()
    assert (len(many), many[-1]) == (21, "and 5 more")


def test_drill_is_marked() -> None:
    """In the title and in the body, in both languages."""
    drill = alert(drill="d1")
    for text in (*WORDS.title(Occasion.FIRED, [drill]).values(), *WORDS.body([drill]).values()):
        assert "DRILL" in text
        assert "演练" in text


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Subject(SubjectKind.PBX, PBX, PBX), "exchange pbx1"),
        (Subject(SubjectKind.GROUP, "", "early"), "group early"),
        (Subject(SubjectKind.SITE, "", ""), "site"),
    ],
)
def test_place(subject: Subject, expected: str) -> None:
    """Without saying the exchange twice."""
    assert place(alert(subject), "en") == expected


def test_everything_has_its_words() -> None:
    """Every severity, kind and occasion, in both languages; a rule nobody knows is called by its id."""
    assert (set(SEVERITY), set(KIND)) == (set(Severity), set(SubjectKind))
    assert set(Occasion) - set(OCCASION) == {Occasion.FIRED, Occasion.EMERGENCY}
    assert all({"en", "zh"} <= set(words) for table in (SEVERITY, KIND, OCCASION) for words in table.values())
    assert "R-TEST" in PlainWording(lambda _rule: Terms()).title(Occasion.FIRED, [alert()])["zh"]
