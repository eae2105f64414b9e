"""Which pages are served, by what runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floor.people.model import Person, Role
from tests.support.people import person
from tests.web.alarm_doubles import AlarmsDouble
from tests.web.conftest import House
from tests.web.whole import Absent, NothingAsked

STAFF = (person(Role.MANAGER),)


def served(folder: Path, staff: tuple[Person, ...], **parts: Any) -> set[str]:
    """The addresses of a server with these parts."""
    app = House(folder, staff, parts).web.app
    return {getattr(route, "path", "") for route in app.routes}


def test_without_accounts_there_are_boards_only(tmp_path: Path) -> None:
    """Nobody can sign in where nobody is known: no page that needs it is served."""
    paths = served(tmp_path, ())
    assert "/board/{board}" in paths
    assert not paths & {"/sign-in", "/desk", "/me", "/api/v1/alerts"}


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("audit", "/audit"),
        ("alarms", "/api/v1/alerts"),
        ("readiness", "/incidents"),
        ("readiness", "/api/v1/drills"),
        ("days", "/api/v1/report"),
        ("listenings", "/api/v1/listenings"),
        ("archive", "/replay/{replay}"),
        ("trials", "/api/v1/messages/test"),
        ("commander", "/api/v1/commands"),
    ],
)
def test_a_room_is_open_when_its_part_runs(tmp_path: Path, part: str, path: str) -> None:
    """What a part shows is served when it runs, and is no address otherwise."""
    double = AlarmsDouble() if part == "alarms" else Absent()
    assert path not in served(tmp_path, STAFF)
    assert path in served(tmp_path, STAFF, **{part: double})


def test_what_agents_ask_for_needs_both_halves(tmp_path: Path) -> None:
    """Requests and notices are one room: with half of it there is none."""
    asked = {"requests": NothingAsked(), "notices": NothingAsked()}
    assert "/api/v1/requests" not in served(tmp_path, STAFF, requests=asked["requests"])
    assert "/api/v1/requests" in served(tmp_path, STAFF, **asked)
