"""Passwords: argon2id off the event loop, a few at a time, and none that everybody tries first."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from floor.people import passwords as module
from floor.people.passwords import Crowded, Passwords, Verdict, Weakness, weakness
from tests.people.conftest import CHEAP, PASSWORD

ABOUT = ("zhang.wei", "张伟", "10086")


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("short", Weakness.SHORT),
        ("王小明的密码是很长", Weakness.SHORT),
        ("x" * 257, Weakness.LONG),
        ("tab\tin the middle", Weakness.UNREADABLE),
        ("half \ud800 a character", Weakness.UNREADABLE),
        ("zhang.wei1", Weakness.LOGIN),
        ("Zhang.Wei123456", Weakness.LOGIN),
        ("10086100861", Weakness.LOGIN),
        ("1234567890", Weakness.TRIVIAL),
        ("8471938264", Weakness.TRIVIAL),
        ("aaaaaaaaaaab", Weakness.TRIVIAL),
        ("Password2024!", Weakness.TRIVIAL),
        ("ｐａｓｓｗｏｒｄ１２３", Weakness.TRIVIAL),
        ("qwertyuiop12", Weakness.TRIVIAL),
        ("1q2w3e4r5t", Weakness.TRIVIAL),
        ("floorwatch1", Weakness.TRIVIAL),
        ("correct horse battery", None),
        ("x9-4kd-Q77-mm2", None),
        ("白日依山尽黄河入海流", None),
    ],
)
def test_rule(password: str, found: Weakness | None) -> None:
    """At least ten characters that are neither the person himself nor a walk over the keyboard (R-SEC-4)."""
    assert weakness(password, *ABOUT) is found


async def test_right_and_wrong() -> None:
    """The right one is right however it was composed; another, or anybody's at nobody, is not."""
    passwords = Passwords(CHEAP)
    known = await passwords.hashed("Ünlösbares Rätsel")
    assert known.startswith("$argon2id$")
    assert await passwords.verdict(known, "U\u0308nlo\u0308sbares Ra\u0308tsel") == Verdict(True)
    for other, tried in (
        (known, PASSWORD),
        (None, PASSWORD),
        (None, "nobody has this password"),
        ("no hash", PASSWORD),
    ):
        assert await passwords.verdict(other, tried) == Verdict(False)
    assert await passwords.verdict(known, "\ud800" * 1_000_000) == Verdict(False)


async def test_parameters_of_the_product() -> None:
    """By itself it is argon2id with 64 MB and three passes (RFC 9106), and older hashes are renewed."""
    passwords = Passwords()
    known = await passwords.hashed(PASSWORD)
    found = extract_parameters(known)
    assert (found.type, found.memory_cost, found.time_cost) == (Type.ID, 65536, 3)
    assert await passwords.verdict(known, PASSWORD) == Verdict(True, anew=False)
    assert await passwords.verdict(CHEAP.hash(PASSWORD), PASSWORD) == Verdict(True, anew=True)


async def test_a_crowd_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """When more wait than can be served in seconds, the next one is refused at once; the others are served."""
    monkeypatch.setattr(module, "WAITING", 3)
    passwords = Passwords(CHEAP)
    found = await asyncio.gather(*(passwords.hashed(PASSWORD) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Crowded) for one in found) == 2
    assert await passwords.verdict(await passwords.hashed(PASSWORD), PASSWORD) == Verdict(True)
