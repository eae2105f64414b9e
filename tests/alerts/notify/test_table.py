"""The table of notifiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.notify.table import NOTIFIERS, PARALLEL, Tools, build
from floor.sections.notify import NotifySettings
from tests.alerts.notify.cast import Board, FakeClock


async def nobody(_alert: str, _person: int) -> bool:
    return False


def kinds(**settings: object) -> set[str]:
    tools = Tools(NotifySettings.model_validate(settings), FakeClock(), Board(), nobody)
    made = set(build(tools))
    tools.through.close()
    return made


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"mail": {"server": "mail.example"}}, "mail"),
        ({"apprise": {"team": Path("url")}}, "apprise"),
        ({"webhook": {"ops": {"url": "https://ops.example/"}}}, "webhook"),
        ({"phone": {"pbx": "hq"}}, "phone"),
        ({"phone": {"pbx": "hq"}, "paging": {"groups": {"hall": ["1001"]}}}, "paging"),
    ],
)
def test_a_way_is_there_when_it_is_set_up(settings: dict[str, object], kind: str) -> None:
    """Without its settings a way does not exist, and messages for it say so."""
    assert kind not in kinds()
    assert kind in kinds(**settings)


def test_what_needs_no_setting() -> None:
    """Desks and the log are always told."""
    assert kinds() == {"browser", "log"}


def test_parallel_ways_exist() -> None:
    """No figure for a way that is none."""
    assert PARALLEL.keys() <= NOTIFIERS.keys()
