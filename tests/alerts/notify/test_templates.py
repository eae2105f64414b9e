"""How messages read, in both languages, on every way; and that nobody's number leaves the house."""

from __future__ import annotations

import pytest

from alerts.model import (
    Alert,
    AlertStage,
    Message,
    Occasion,
    Severity,
    Subject,
    SubjectKind,
)  # fmt: skip
from alerts.notify import templates
from alerts.notify.templates import answerable, digest, letter, masked, sounds, spoken, title
from alerts.notify.webhook import payload
from alerts.wording import PlainWording
from tests.alerts.notify.cast import message

LANGUAGES = ("en", "zh")
CALLERS = ("13800138000", "+8613800138000", "021-6123-4567", "0086 138 0013 8000", "02161234567", "138 0013 8000")


def everywhere(one: Message) -> str:
    """Every text any way makes of a message."""
    text = payload(one).decode()
    for language in LANGUAGES:
        told = message(**{**_fields(one), "language": language})
        text += letter(told).title + letter(told).body + spoken(told)
    return text


def _fields(one: Message) -> dict[str, object]:
    return {
        "title": one.title, "body": one.body, "drill": one.drill, "occasion": one.occasion, "severity": one.severity,
    }  # fmt: skip


@pytest.mark.parametrize("number", CALLERS)
@pytest.mark.parametrize("drill", [None, "d1"])
def test_no_callers_number_in_any_message(number: str, drill: str | None) -> None:
    """R-SEC-7: an alert full of callers' numbers, put into words, on every way and in both languages."""
    alert = Alert(
        id="a1",
        rule="R-HLD-2",
        subject=Subject(SubjectKind.ENDPOINT, "hq", f"Local/{number}"),
        stage=AlertStage.FIRING,
        severity=Severity.CRIT,
        began_at=1_795_000_000.0,
        raised_at=1_795_000_000.0,
        queue=f"callback {number}",
        call=number,
        group=number,
        evidence=({"at": 1.0, "fact": "CallerJoined", "number": number, "name": f"Mr {number}"},),
        drill=drill,
    )
    wording = PlainWording(lambda rule: Terms(), None)  # type: ignore[arg-type,return-value]
    one = message(title=wording.title(Occasion.FIRED, [alert]), body=wording.body([alert]), drill=drill)
    digits = "".join(filter(str.isdigit, number))
    for text in (everywhere(one), everywhere(digest([one, one]))):
        assert number not in text
        assert digits not in text.replace(" ", "").replace("-", "")


class Terms:
    """What a rule is called."""

    def __init__(self) -> None:
        self.title = {"en": "hold too long", "zh": "保持超时"}


@pytest.mark.parametrize(
    "text",
    ["2026-11-22 08:24:16", "R-EMG-24", "seat 1001", "10.20.30.40", "119", "carrier-1", "15.5 / 15", "agent 800123"],
)
def test_what_is_nobodys_number_stays(text: str) -> None:
    """Times, rules, seats, addresses and counts are what the message is about."""
    assert masked(text) == text


def test_a_letter() -> None:
    """Title, body, link, what to do, and the key by which a repetition is known."""
    told = letter(message("key-1"))
    assert told.title == "Critical: trunk lost – trunk carrier-1 (hq)"
    assert "https://floor.example/desk" in told.body
    assert "Take it over" in told.body
    assert told.body.endswith("Message key-1")
    assert letter(message(language="zh")).title.startswith("严重")
    assert "nothing is to be done" in letter(message(occasion=Occasion.RESOLVED)).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_is_marked_everywhere(language: str) -> None:
    """Nobody may take an exercise for the real thing, on any way."""
    drill = message(drill="d1", language=language)
    assert "DRILL" in title(drill)
    assert "演练" in title(drill)
    assert "DRILL 演练" in letter(drill).body
    assert ("This is a drill" if language == "en" else "这是演练") in spoken(drill)
    assert "beeperr" in sounds(drill)
    assert "beep" not in sounds(drill)


def test_a_title_that_is_marked_is_not_marked_twice() -> None:
    """Whoever put it into words may have marked it already."""
    marked = message(drill="d1", title={"en": "DRILL 演练 – Critical: x", "zh": "【演练 DRILL】严重：x"})
    assert title(marked).count("DRILL") == 1


def test_what_the_phone_says() -> None:
    """What and where in one sentence without signs, then what key 1 does."""
    assert spoken(message()) == "Critical: trunk lost trunk carrier-1 hq. Press 1 to take it over."
    assert spoken(message(language="zh")).endswith("接手请按 1。")


@pytest.mark.parametrize("changes", [{"alert": None}, {"occasion": Occasion.RESOLVED}, {"person": None}])
def test_what_cannot_be_taken_over_is_not_offered(changes: dict[str, object]) -> None:
    """No alert, no person, or nothing left to do: key 1 would do nothing."""
    assert not answerable(message(**changes))
    assert "Press 1" not in spoken(message(**changes))
    assert "vm-press" not in sounds(message(**changes))


def test_sounds_where_nothing_can_speak() -> None:
    """Tones for the severity, the numbers of the title digit by digit, "press 1"."""
    heard = sounds(message(title={"en": "Warning: 12 phones lost – seat 1001", "zh": ""}, severity=Severity.WARN))
    assert heard == [
        "silence/1", "beep", "beep", "beep", "silence/1", "digits/1", "digits/2",
        "silence/1", "digits/1", "digits/0", "digits/0", "digits/1", "silence/1", "vm-press", "digits/1",
    ]  # fmt: skip
    assert sounds(message(severity=Severity.EMERGENCY)).count("beep") == 5


def test_a_digest() -> None:
    """How many, the first titles by name, the heaviest severity, and an id that follows from the messages'."""
    many = [message(f"m{n}", severity=Severity.WARN) for n in range(12)] + [message("x", severity=Severity.CRIT)]
    told = digest(many)
    assert told.title == {"en": "13 more alerts", "zh": "另有 13 条告警"}
    assert told.severity is Severity.CRIT
    assert told.alert is None
    assert told.body["en"].count("\n") == templates.LISTED
    assert told.body["zh"].endswith("另外 3 条")
    assert digest(many[::-1]).id == told.id != digest(many[1:]).id


def test_a_drill_among_real_alerts_is_no_drill() -> None:
    """A digest is marked only when all of it is an exercise; its lines say which is which."""
    real, drill = message("1"), message("2", drill="d1")
    assert digest([real, drill]).drill is None
    assert "DRILL" in digest([real, drill]).body["en"]
    assert digest([drill, drill]).drill == "d1"


def test_a_test_speaks_both_languages() -> None:
    """What the test button sends."""
    assert all(text[language] for text in templates.trial() for language in LANGUAGES)
