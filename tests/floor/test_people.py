"""Settings of signing in: what can be meant is taken, what cannot is told with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.errors import ConfigInvalidError
from floor.load import load
from floor.sections.people import PeopleSettings


def of(tmp_path: Path, toml: str) -> PeopleSettings:
    file = tmp_path / "floor.toml"
    file.write_text(toml, encoding="utf-8")
    return load(file, {}, {}).people


def test_defaults(tmp_path: Path) -> None:
    """R-SEC-6: five minutes; twelve hours; five attempts; nobody vouches for others."""
    found = of(tmp_path, "")
    assert (found.idle_lock_s, found.sign_in_max_h, found.attempts, found.lockout_s) == (300, 12.0, 5, 300)
    assert found.oidc.issuer is None


def test_an_identity_provider(tmp_path: Path) -> None:
    """Its address and our name there are enough."""
    found = of(tmp_path, '[people.oidc]\nissuer = "https://id.example.com"\nclient_id = "floor"\n')
    assert (found.oidc.issuer, found.oidc.login_claim) == ("https://id.example.com", "preferred_username")


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[people]\nidle_lock_s = 5\n", "people.idle_lock_s: "),
        ("[people]\nsign_in_max_h = 48\n", "people.sign_in_max_h: "),
        ("[people]\nattempts = 1\n", "people.attempts: "),
        ("[people]\nattemps = 5\n", "people.attemps: no such setting; did you mean attempts?"),
        ("[people.oidc]\nisuer = 'x'\n", "people.oidc.isuer: no such setting; did you mean issuer?"),
        (
            "[people.oidc]\nissuer = 'http://id.example.com'\nclient_id = 'x'\n",
            "people.oidc: issuer: begin with https://",
        ),
        ("[people.oidc]\nissuer = 'https://id.example.com'\n", "people.oidc: client_id is missing"),
    ],
)
def test_mistakes(tmp_path: Path, toml: str, says: str) -> None:
    """Each is a sentence that begins with its key."""
    with pytest.raises(ConfigInvalidError) as caught:
        of(tmp_path, toml)
    assert caught.value.errors[0].startswith(says)
