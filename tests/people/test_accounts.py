"""Signing in: one sign-in per person, locked when idle, over when the shift is, and nothing told to who guesses."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from floor.history.database import Database
from floor.history.errors import HistoryError
from floor.people.accounts import Accounts
from floor.people.deeds import Deed
from floor.people.model import Role, SignedIn
from floor.people.passwords import Passwords, Weakness
from floor.people.ports import Accounts as AccountsPort
from floor.people.ports import Denied, Standing
from floor.people.room import PeopleRoom
from floor.people.rows import changing
from floor.people.staff import change, set_password
from floor.people.tables import deeds, sign_ins
from floor.settings import Settings
from tests.history.entities import NOW, ManualClock
from tests.people.conftest import BY, CHEAP, PASSWORD, Hire, new_room

HERE = "192.0.2.7"


async def entered(accounts: Accounts, login: str = "ann", address: str = HERE) -> tuple[str, SignedIn]:
    """Signed in, which must have worked."""
    found = await accounts.sign_in(login, PASSWORD, address)
    assert not isinstance(found, Denied), found
    return found


async def deeds_about(accounts: Accounts, person: int) -> list[str]:
    """What is on record, the oldest first."""
    return [done.what.value for done in reversed(await accounts.about(person))]


async def test_signing_in(room: PeopleRoom, hire: Hire) -> None:
    """Login and password give a secret of 256 bits, a sign-in with a token, and a place among the present."""
    ann = hire("ann", Role.CHIEF)
    await room.load()
    port: AccountsPort = room.accounts
    secret, signed = await entered(room.accounts, " ANN ")
    assert len(secret) == 43
    assert (signed.person, signed.locked, signed.began_at) == (ann, False, NOW)
    assert await port.signed_in(secret) == signed
    assert room.register.present() == {ann.id}
    assert await deeds_about(room.accounts, ann.id) == ["person_added", "signed_in"]


async def test_just_added(room: PeopleRoom, hire: Hire) -> None:
    """Nobody has to wait until the register is read again, whether by password or vouched for."""
    await room.load()
    hire("ann")
    await entered(room.accounts)
    hire("bob")
    assert not isinstance(await room.accounts.sign_in_as("bob", HERE), Denied)


async def test_the_secret_is_not_kept(room: PeopleRoom, hire: Hire, database: Database) -> None:
    """The database holds a digest of the cookie, neither cookie nor token nor password."""
    hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    with database.reading() as connection:
        rows = "\n".join(
            str(tuple(row))
            for table in ("persons", "sign_ins", "deeds", "attempts")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    assert hashlib.sha256(secret.encode()).hexdigest() in rows
    for hidden in (secret, signed.csrf, PASSWORD):
        assert hidden not in rows


async def test_a_new_sign_in_ends_the_old(room: PeopleRoom, hire: Hire) -> None:
    """R-SEC-4: one active sign-in per person; who was there before is out, and that is on record."""
    ann = hire("ann")
    await room.load()
    first, _ = await entered(room.accounts)
    second, signed = await entered(room.accounts, address="192.0.2.8")
    assert await room.accounts.signed_in(first) is None
    assert await room.accounts.signed_in(second) == signed
    assert await deeds_about(room.accounts, ann.id) == ["person_added", "signed_in", "signed_out", "signed_in"]


async def test_two_at_the_same_moment(room: PeopleRoom, hire: Hire, database: Database) -> None:
    """However many sign in as one person at once, one sign-in stands afterwards."""
    hire("ann")
    await room.load()
    found = await asyncio.gather(*(entered(room.accounts) for _ in range(4)))
    standing = [one for one, _ in found if await room.accounts.signed_in(one) is not None]
    assert len(standing) == 1
    with database.reading() as connection:
        assert connection.execute(select(func.count()).where(sign_ins.c.ended_at.is_(None))).scalar() == 1


async def test_a_cookie_that_is_none(room: PeopleRoom) -> None:
    """Whatever a browser sends instead of a secret is nobody."""
    await room.load()
    for secret in ("", "x", "x" * 43, "ü" * 43, "\ud800" * 43, "x" * 100_000, "x" * 43 + "\n"):
        assert await room.accounts.signed_in(secret) is None
        assert await room.accounts.unlock(secret, PASSWORD) is Denied.UNKNOWN


async def test_standing(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """What goes on without a request (a listening) asks by the sign-in's id: open, locked when idle, over."""
    hire("ann")
    await room.load()
    _, signed = await entered(room.accounts)
    clock.pass_by(299)
    assert await room.accounts.standing(signed.id) is Standing.OPEN
    clock.pass_by(2)
    assert await room.accounts.standing(signed.id) is Standing.LOCKED
    await room.accounts.sign_out(signed.id, "asked")
    assert await room.accounts.standing(signed.id) is Standing.OVER
    assert await room.accounts.standing("nobody") is Standing.OVER


async def test_idle(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """R-SEC-6: untouched for five minutes it is locked; asking who is there does not count, doing something does."""
    ann = hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    for _ in range(3):
        clock.pass_by(299)
        await room.accounts.signed_in(secret)
        await room.accounts.active(signed.id)
    clock.pass_by(299)
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert not found.locked
    clock.pass_by(1)
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert found.locked
    await room.accounts.active(signed.id)
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert found.locked
    assert room.register.present() == {ann.id}
    assert await deeds_about(room.accounts, ann.id) == ["person_added", "signed_in", "locked"]


async def test_unlocking(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """The lock is lifted by the password and by nothing else."""
    hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    clock.pass_by(301)
    assert await room.accounts.unlock(secret, "wrong") is Denied.WRONG
    found = await room.accounts.unlock(secret, PASSWORD)
    assert found == replace(signed, seen_at=clock.now())
    assert await room.accounts.signed_in(secret) == found


async def test_a_clock_set_back_keeps_no_screen_open(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """The idle lock comes five minutes after the clock was set back, not hours."""
    hire("ann")
    await room.load()
    secret, _ = await entered(room.accounts)
    clock.pass_by(-7200)
    assert await room.accounts.signed_in(secret) is not None
    clock.pass_by(300)
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert found.locked


@pytest.mark.parametrize(
    ("shift_end", "stands_s", "why"),
    [
        (None, 12 * 3600, "too_long"),
        ("16:30", 30 * 60, "shift_end"),  # it is 16:00 in Shanghai
        ("15:59", 12 * 3600, "shift_end"),  # tomorrow's is further than allowed
    ],
)
async def test_the_end_of_the_shift(
    room: PeopleRoom, hire: Hire, clock: ManualClock, shift_end: str | None, stands_s: float, why: str
) -> None:
    """R-SEC-6: signed out when the shift ends, after twelve hours at the latest, whatever he does."""
    clock.at = 1_795_334_400.0  # 2026-11-22 16:00 in Shanghai
    ann = hire("ann", shift_end=shift_end)
    await room.load()
    secret, _ = await entered(room.accounts)
    clock.pass_by(stands_s - 1)
    assert await room.accounts.signed_in(secret) is not None
    clock.pass_by(1)
    assert await room.accounts.signed_in(secret) is None
    assert room.register.present() == frozenset()
    assert (await room.accounts.about(ann.id))[0].after["why"] == why


async def test_nobody_needs_to_ask(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """Locks and ends come by themselves, so that who is present is right."""
    ann = hire("ann")
    await room.load()
    await entered(room.accounts)
    clock.pass_by(300)
    await room.accounts.enforce()
    assert (await deeds_about(room.accounts, ann.id))[-1] == "locked"
    clock.pass_by(12 * 3600)
    await room.accounts.enforce()
    assert room.register.present() == frozenset()
    assert (await deeds_about(room.accounts, ann.id))[-1] == "signed_out"


async def test_signing_out(room: PeopleRoom, hire: Hire) -> None:
    """The cookie is worth nothing from then on; doing it twice is no error and one record."""
    ann = hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    await room.accounts.sign_out(signed.id, "asked")
    await room.accounts.sign_out(signed.id, "asked")
    assert await room.accounts.signed_in(secret) is None
    assert await deeds_about(room.accounts, ann.id) == ["person_added", "signed_in", "signed_out"]


async def test_restart(room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock) -> None:
    """Who is signed in stays so across a restart, locked if he was, with at most fifteen seconds of activity lost."""
    hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    for seconds in (290, 14):
        clock.pass_by(seconds)
        await room.accounts.active(signed.id)
        await room.accounts.enforce()
    again = new_room(database, clock)
    await again.load()
    found = await again.accounts.signed_in(secret)
    assert found == replace(signed, seen_at=NOW + 290)
    assert again.register.present() == room.register.present()


async def test_another_process(room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock) -> None:
    """Signed in at one process, known at the other at once; signed out at one, gone at the other with its next look."""
    hire("ann")
    other = new_room(database, clock)
    await room.load()
    await other.load()
    secret, signed = await entered(room.accounts)
    assert await other.accounts.signed_in(secret) == signed
    clock.pass_by(200)
    await other.accounts.active(signed.id)
    await other.accounts.enforce()
    clock.pass_by(150)
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert not found.locked, "he was busy at the other"
    await other.accounts.sign_out(signed.id, "asked")
    await room.load()
    assert await room.accounts.signed_in(secret) is None


@pytest.mark.parametrize("active", [True, False])
async def test_who_leaves_is_out(
    room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock, active: bool
) -> None:
    """Who left, or became a contact, has no sign-in any more and gets none, told only to the right password."""
    ann = hire("ann")
    await room.load()
    secret, _ = await entered(room.accounts)
    gone = replace(ann, active=active, role=Role.OUTSIDE if active else ann.role)
    with changing(database, "register") as connection:
        assert change(connection, ann, gone, BY, clock.now())
    await room.load()
    assert await room.accounts.signed_in(secret) is None
    assert await room.accounts.sign_in("ann", PASSWORD, HERE) is Denied.NO_SIGN_IN
    assert await room.accounts.sign_in("ann", "wrong", HERE) is Denied.WRONG
    assert await room.accounts.sign_in_as("ann", HERE) is Denied.NO_SIGN_IN


async def test_rights_are_those_of_now(room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock) -> None:
    """A sign-in shows the person as he is, not as he was when he signed in."""
    ann = hire("ann", Role.CHIEF)
    await room.load()
    secret, _ = await entered(room.accounts)
    with changing(database, "register") as connection:
        change(connection, ann, replace(ann, role=Role.AGENT), BY, clock.now())
    await room.load()
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert found.person.role is Role.AGENT


# Guessing


async def test_unknown_and_wrong(room: PeopleRoom, hire: Hire, database: Database) -> None:
    """Both are refused after the same work, and what was typed as a login is not kept."""
    ann = hire("ann")
    hire("bob", keyed=False)
    await room.load()
    assert await room.accounts.sign_in("ann", "wrong", HERE) is Denied.WRONG
    assert await room.accounts.sign_in("my secret password", "ann", HERE) is Denied.UNKNOWN
    assert await room.accounts.sign_in("bob", "nobody has this password", HERE) is Denied.WRONG
    assert await room.accounts.sign_in("\ud800\x00" * 100_000, "\ud800" * 100_000, HERE) is Denied.UNKNOWN
    with database.reading() as connection:
        assert "my secret" not in str(connection.execute(select(deeds)).all())
        assert "my secret" not in str(connection.execute(text("SELECT * FROM attempts")).all())
    assert (await room.accounts.about(ann.id))[0].actor.address == HERE


async def test_lock_out(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """After five wrong ones nothing is heard for five minutes, right or wrong, known or not; then it begins anew."""
    ann = hire("ann")
    await room.load()
    for login, denied in (("ann", Denied.WRONG), ("nobody", Denied.UNKNOWN)):
        for _ in range(5):
            assert await room.accounts.sign_in(login, "wrong", HERE) is denied
        clock.pass_by(299)
        assert await room.accounts.sign_in(login, PASSWORD, "198.51.100.1") is Denied.LOCKED_OUT
        clock.pass_by(2)
        assert await room.accounts.sign_in(login, "wrong", HERE) is denied
    await entered(room.accounts)
    assert (await deeds_about(room.accounts, ann.id)).count(Deed.LOCKED_OUT) == 1


async def test_lock_out_survives_a_restart(
    room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock
) -> None:
    """Nobody gains attempts by making us stop."""
    hire("ann")
    await room.load()
    for _ in range(5):
        await room.accounts.sign_in("ann", "wrong", HERE)
    again = new_room(database, clock)
    await again.load()
    assert await again.accounts.sign_in("ann", PASSWORD, HERE) is Denied.LOCKED_OUT


async def test_many_at_once_are_many(room: PeopleRoom, hire: Hire) -> None:
    """Attempts side by side are counted before any is judged: five are heard, the others are not."""
    hire("ann")
    await room.load()
    found = await asyncio.gather(*(room.accounts.sign_in("ann", f"wrong {n}", HERE) for n in range(20)))
    assert sorted(found) == [Denied.LOCKED_OUT] * 15 + [Denied.WRONG] * 5


async def test_an_address_is_locked_out_too(room: PeopleRoom, hire: Hire) -> None:
    """Who tries many logins from one address is stopped after ten times as many; others go on."""
    hire("ann")
    await room.load()
    for number in range(50):
        assert await room.accounts.sign_in(f"login{number}", "wrong", HERE) is Denied.UNKNOWN
    assert await room.accounts.sign_in("ann", PASSWORD, HERE) is Denied.LOCKED_OUT
    await entered(room.accounts, address="198.51.100.9")


async def test_wrong_unlocks_count(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """A locked screen is no place to guess either."""
    hire("ann")
    await room.load()
    secret, _ = await entered(room.accounts)
    clock.pass_by(301)
    for _ in range(5):
        assert await room.accounts.unlock(secret, "wrong") is Denied.WRONG
    assert await room.accounts.unlock(secret, PASSWORD) is Denied.LOCKED_OUT


# Others who vouch, and passwords


async def test_an_identity_provider_vouches(room: PeopleRoom, hire: Hire) -> None:
    """A login of the register comes in without a password; one that is not there is nobody."""
    ann = hire("ann", keyed=False)
    await room.load()
    found = await room.accounts.sign_in_as("Ann", HERE)
    assert not isinstance(found, Denied)
    assert found[1].person == ann
    assert await room.accounts.signed_in(found[0]) == found[1]
    assert await room.accounts.sign_in_as("bob", HERE) is Denied.UNKNOWN


async def test_changing_the_own_password(room: PeopleRoom, hire: Hire) -> None:
    """Only by the old one; this sign-in goes on, and the old password is worth nothing."""
    ann = hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    accounts = room.accounts
    assert await accounts.change_password(secret, PASSWORD, "short") is Weakness.SHORT
    assert await accounts.change_password(secret, "wrong", "another fine one") is Denied.WRONG
    assert await accounts.change_password("x" * 43, PASSWORD, "another fine one") is Denied.UNKNOWN
    assert await accounts.change_password(secret, PASSWORD, "another fine one") is None
    await room.load()
    assert await accounts.signed_in(secret) == signed
    assert await accounts.sign_in("ann", PASSWORD, HERE) is Denied.WRONG
    assert not isinstance(await accounts.sign_in("ann", "another fine one", HERE), Denied)
    assert "password_set" in await deeds_about(accounts, ann.id)


async def test_a_locked_screen_changes_no_password(room: PeopleRoom, hire: Hire, clock: ManualClock) -> None:
    """Not even for who knows the old one: unlock first."""
    hire("ann")
    await room.load()
    secret, _ = await entered(room.accounts)
    clock.pass_by(301)
    assert await room.accounts.change_password(secret, PASSWORD, "another fine one") is Denied.UNKNOWN


async def test_a_password_set_by_others(room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock) -> None:
    """Set on the command line, it ends what was signed in with the old one."""
    ann = hire("ann")
    await room.load()
    secret, _ = await entered(room.accounts)
    with changing(database, "register") as connection:
        set_password(connection, ann.id, Passwords(CHEAP).hash("another fine one"), BY, clock.now())
    await room.load()
    assert await room.accounts.signed_in(secret) is None


async def test_old_hashes_are_renewed(hire: Hire, database: Database, clock: ManualClock) -> None:
    """When the parameters change, the hash follows at the next sign-in."""
    hire("ann")
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    room = PeopleRoom(Settings(), database, clock, passwords=dearer)
    await room.load()
    await entered(room.accounts)
    await entered(room.accounts)
    with database.reading() as connection:
        assert "m=16,t=2" in str(connection.execute(text("SELECT password FROM persons")).scalar())


# When the database is away


async def test_without_the_database(
    room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is in stays in and can get out; nobody gets in; an end that could not be written is written later."""
    ann = hire("ann")
    await room.load()
    secret, signed = await entered(room.accounts)
    with monkeypatch.context() as away:
        away.setattr(database, "writing", broken)
        away.setattr(database, "reading", broken)
        clock.pass_by(20)
        await room.accounts.active(signed.id)
        assert await room.accounts.signed_in(secret) is not None
        assert await room.accounts.signed_in("y" * 43) is None
        with pytest.raises(HistoryError):
            await room.accounts.sign_in("ann", PASSWORD, HERE)
        clock.pass_by(300)
        locked = await room.accounts.signed_in(secret)
        assert locked is not None
        assert locked.locked
        with pytest.raises(HistoryError):
            await room.accounts.sign_out(signed.id, "asked")
        assert await room.accounts.signed_in(secret) is None
    assert await room.accounts.signed_in(secret) is None, "he wanted to be out"
    await room.accounts.enforce()
    assert (await deeds_about(room.accounts, ann.id))[-1] == "signed_out"
    await room.load()
    assert await room.accounts.signed_in(secret) is None


def broken() -> None:
    """As a server that has gone."""
    raise OperationalError("SELECT", {}, OSError("gone"))
