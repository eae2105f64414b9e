"""Event filters are judged as Asterisk judges them."""

from __future__ import annotations

from pathlib import Path

import pytest

from asterisk.eventfilters import CLASS_OF, CLASSES, EXTRA_OF, EXTRAS, EventRule, hidden, read_rule
from asterisk.reel import load
from asterisk.translate import WANTED
from asterisk.wire import first, parse

CONFIG = Path(__file__).parent.parent.parent / "config" / "floorwatch-manager.conf"
TAPES = sorted((Path(__file__).parent.parent / "tapes").glob("*/*.ami"))


def rules(*lines: str) -> list[EventRule]:
    read = (read_rule(*(part.strip() for part in line.split("=", 1))) for line in lines)
    return [rule for rule in read if rule is not None]


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        ([], []),
        (["eventfilter=!Event: RTCP"], []),
        (["eventfilter=!Event: Hold"], ["Hold"]),
        (
            ["eventfilter=!^Event: Queue(Caller|Member)Leave", "eventfilter=!Event: Rename"],
            ["Rename", "QueueCallerLeave"],
        ),
        (["eventfilter=Event: (Hold|Unhold)"], [name for name in CLASS_OF if name not in ("Hold", "Unhold")]),
        (["eventfilter=Event: ", "eventfilter=!Privilege: dialplan"], ["VarSet", "Newexten"]),
        (["eventfilter=!Event: VarSet.*Variable: RTPAUDIO"], []),
        (["eventfilter=!("], []),
        (["permit=!Event: Hold"], []),
        (["eventfilter(action(exclude),name(Newexten),method(none))="], ["Newexten"]),
        (["eventfilter(action(exclude),header(Channel),method(starts_with))=Local/"], []),
        (["eventfilter(action(exclude),name(VarSet),header(Variable),method(exact))=QUEUESTATUS"], ["VarSet"]),
        (["eventfilter(action(exclude),name(Hold),method(contains))=Uniqueid"], ["Hold"]),
        (["eventfilter(action(exclude),name(Hold),method(sideways))=x"], []),
        (["eventfilter(action(exclude),name(Hold))=("], []),
    ],
)
def test_what_filters_hide(lines: list[str], lost: list[str]) -> None:
    """Inclusions exclude the rest, exclusions come after, both syntaxes; what Asterisk refuses has no effect."""
    assert hidden(rules(*lines), CLASS_OF) == lost


def test_our_own_account_hides_nothing_we_use() -> None:
    """The stanza that is delivered lets through every event that is used."""
    lines = [line for line in CONFIG.read_text().splitlines() if line.startswith("eventfilter")]
    assert lines
    assert hidden(rules(*lines), CLASS_OF | EXTRA_OF) == list(EXTRAS["reporting"])


def test_every_event_that_is_translated_has_its_class() -> None:
    """No event is used whose right to read is not checked."""
    older = {"QueueMemberPaused"}  # the name before Asterisk 12
    ours = {"OriginateResponse"}  # checked with the right to order calls: hides_our_calls
    assert set(WANTED) - older - ours <= CLASS_OF.keys() | EXTRA_OF.keys()


@pytest.mark.skipif(not TAPES, reason="no captures of a real exchange")
def test_the_classes_are_those_of_a_real_exchange() -> None:
    """What Asterisk says in Privilege is what we ask the administrator for."""
    for path in TAPES:
        for _, event in load(path, 0)[0].events:
            message = parse(event)
            kind = CLASS_OF.get(first(message, "Event"))
            if kind is not None:
                assert first(message, "Privilege").split(",")[0] == kind, first(message, "Event")
    assert sum(len(names) for names in CLASSES.values()) == len(CLASS_OF)
