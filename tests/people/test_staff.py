"""Changing who works here leaves a deed, with what was before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.history.database import Database
from floor.people.attendance import Live, standing, write
from floor.people.deeds import Deed, about
from floor.people.model import Person, Role
from floor.people.rows import changing, groups_in, persons_in, versions_of
from floor.people.staff import TakenError, add, change, end_sign_ins, password_of, set_password
from tests.history.entities import NOW
from tests.people.conftest import BY, Hire


def test_changing(database: Database, hire: Hire) -> None:
    """What differs is written and on record; nothing different, nothing on record."""
    ann = hire("ann", groups=("早班",))
    after = replace(ann, role=Role.LEADER, groups=("早班", "夜班"), leads=("早班",))
    with changing(database, "register") as connection:
        assert change(connection, ann, after, BY, NOW + 1)
        assert not change(connection, after, after, BY, NOW + 2)
        assert persons_in(connection) == {ann.id: after}
        assert set(groups_in(connection)) == {"早班", "夜班"}
        changed, added = about(connection, ann.id)
    assert (added.what, added.after["login"]) == (Deed.PERSON_ADDED, "ann")
    assert (changed.what, changed.actor, changed.at) == (Deed.PERSON_CHANGED, BY, NOW + 1)
    assert changed.before == {"role": "agent", "groups": ["早班"], "leads": []}
    assert changed.after == {"role": "leader", "groups": ["早班", "夜班"], "leads": ["早班"]}


@pytest.mark.parametrize("twin", [Person(0, "ann", "X", Role.AGENT), Person(0, "x", "X", Role.AGENT, number="1001")])
def test_nobody_is_there_twice(database: Database, hire: Hire, twin: Person) -> None:
    """One login, one number, one person; the sentence names both."""
    ann = hire("ann", number="1001")
    bob = hire("bob")
    with pytest.raises(TakenError, match=twin.login), changing(database, "register") as connection:
        add(connection, twin, BY, NOW)
    with pytest.raises(TakenError), changing(database, "register") as connection:
        change(connection, bob, replace(twin, id=bob.id), BY, NOW)
    with database.reading() as connection:
        assert persons_in(connection) == {ann.id: ann, bob.id: bob}


def test_passwords_end_sign_ins(database: Database, hire: Hire) -> None:
    """Setting or taking one away ends what is open, but the sign-in that did it; the hash is nowhere on record."""
    ann = hire("ann", keyed=False)
    with changing(database, "register") as connection:
        assert password_of(connection, "ann") == (ann.id, None)
        assert password_of(connection, "nobody") is None
        for number in (1, 2):
            write(connection, Live(f"s{number}", ann.id, f"d{number}", "a", NOW, NOW, NOW + 9))
        set_password(connection, ann.id, "the hash", BY, NOW, keep="s2")
        assert [live.id for live in standing(connection)] == ["s2"]
        assert password_of(connection, "ann") == (ann.id, "the hash")
        assert versions_of(connection)["sign_ins"] == 1
        set_password(connection, ann.id, None, BY, NOW)
        assert standing(connection) == []
        assert end_sign_ins(connection, ann.id, "asked", NOW) == []
        assert versions_of(connection)["sign_ins"] == 2
        assert [done.what for done in about(connection, ann.id)][:2] == [Deed.PASSWORD_REMOVED, Deed.PASSWORD_SET]
        assert "the hash" not in str(about(connection, ann.id))
