"""Notices: who may post what where, how they end, who has read them."""

from __future__ import annotations

from typing import Any

import pytest

from floor.audit.ports import AuditUnwritableError
from floor.people.model import Person
from floor.requests.model import Notice, Someone
from floor.requests.ports import NotAdmittedError
from floor.requests.posting import MOST
from tests.requests.seats import ANN, BOB, CHIEF, CUI, LEADER, OTHER, Seats, signed

TEXT = {"zh": "14:00 系统升级", "en": "Upgrade at 14:00"}


async def post(seats: Seats, who: Person = CHIEF, **more: Any) -> Notice:
    given: dict[str, Any] = {"text": TEXT, "level": "warn", "minutes": 30} | more
    return await seats.room.notices.post(
        signed(who), given.pop("text"), given.pop("level"), given.pop("minutes"), **given
    )


async def test_a_notice_stands_until_its_end(seats: Seats) -> None:
    """Just before its end it stands, at its end it is over; whoever listens hears of both."""
    heard: list[tuple[str, int | None]] = []
    seats.room.notices.subscribe(lambda notice, read_by: heard.append((notice.id, read_by)))
    notice = await post(seats)
    assert seats.audit.told() == [("post_notice", "Zhao Min", "")]
    assert seats.audit.entries[0].said == "14:00 系统升级 / Upgrade at 14:00"
    seats.passes(30 * 60 - 0.1)
    assert list(seats.room.notices.standing) == [notice.id]
    seats.passes(0.1)
    assert not seats.room.notices.standing
    assert heard == [(notice.id, None), (notice.id, None)]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"text": {"zh": "一种语言即可"}}, 0),
        ({"text": {}}, 422),
        ({"text": {"en": " \u202e "}}, 422),
        ({"text": {"fr": "bonjour"}}, 422),
        ({"level": "alarm"}, 422),
        ({"minutes": 1}, 0),
        ({"minutes": 0}, 422),
        ({"minutes": 10080}, 0),
        ({"minutes": 10081}, 422),
        ({"boards": ("floor",)}, 0),
        ({"boards": ("nowhere",)}, 422),
        ({"boards": ("lobby",)}, 422),
        ({"boards": ("lobby",), "public": True}, 0),
        ({"boards": None}, 0),
        ({"boards": None, "pages": False}, 422),
        ({"groups": ("early",)}, 0),
        ({"groups": ("nobody",)}, 422),
    ],
)
async def test_what_may_be_posted(seats: Seats, more: dict[str, Any], status: int) -> None:
    """Something to say, a level there is, an end within a week, somewhere to be seen; visitors only when it says so."""
    if not status:
        assert (await post(seats, **more)).id in seats.room.notices.standing
        return
    with pytest.raises(NotAdmittedError) as refused:
        await post(seats, **more)
    assert refused.value.status == status
    assert not seats.room.notices.standing


async def test_whose_pages_show_it(seats: Seats) -> None:
    """A leader's is for his own groups, a chief's for everybody, a board's only for none."""
    his = await post(seats, LEADER)
    assert his.groups == ("early",)
    everybody = await post(seats)
    await post(seats, pages=False)
    seen = {who.login: [one.id for one in seats.room.notices.for_person(who.id)] for who in (ANN, CUI)}
    assert seen == {"ann": [his.id, everybody.id], "cui": [everybody.id]}
    with pytest.raises(NotAdmittedError) as refused:
        await post(seats, LEADER, groups=("late",))
    assert refused.value.status == 403


async def test_withdrawing(seats: Seats) -> None:
    """One's own, or any by who sees the site; once."""
    his = await post(seats, LEADER)
    with pytest.raises(NotAdmittedError) as refused:
        await seats.room.notices.withdraw(signed(OTHER), his.id)
    assert refused.value.status == 403
    gone = await seats.room.notices.withdraw(signed(CHIEF), his.id)
    assert gone.withdrawn_by is not None
    assert gone.withdrawn_by.name == "Zhao Min"
    with pytest.raises(NotAdmittedError) as refused:
        await seats.room.notices.withdraw(signed(LEADER), his.id)
    assert refused.value.status == 404


async def test_reading(seats: Seats) -> None:
    """Counted once a person; who it is not for cannot have read it."""
    notice = await post(seats, LEADER)
    board = seats.room.notices
    for who in (ANN, ANN, BOB):
        await board.mark_read(signed(who), notice.id)
    assert (board.reads(notice.id), board.has_read(notice.id, ANN.id), board.has_read(notice.id, CUI.id)) == (
        2,
        True,
        False,
    )
    with pytest.raises(NotAdmittedError):
        await board.mark_read(signed(CUI), notice.id)


async def test_no_flood(seats: Seats) -> None:
    """Fifty at a time: more would be read by nobody."""
    for _ in range(MOST):
        await post(seats)
    with pytest.raises(NotAdmittedError) as refused:
        await post(seats)
    assert refused.value.status == 409


async def test_nothing_is_posted_off_the_record(seats: Seats) -> None:
    """The audit cannot be written: nothing is shown."""
    seats.audit.refuses = True
    with pytest.raises(AuditUnwritableError):
        await post(seats)
    assert not seats.room.notices.standing


def test_where_it_is_shown() -> None:
    """Boards by name, all of them, or none; groups likewise."""
    one = Notice("n", TEXT, "warn", 0.0, 60.0, Someone(1, "x"))
    assert one.on_board("any")
    assert one.for_group(None)
    assert one.stands(59.9)
    assert not one.stands(60.0)
