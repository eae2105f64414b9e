"""The settings of listening: nothing needs to be set on one machine, and nonsense is refused with a sentence."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from floor.sections.listening import ListeningSettings


def test_works_as_it_is() -> None:
    """On, at any free port, without a tone."""
    settings = ListeningSettings()
    assert (settings.browser, settings.host, settings.port, settings.address) == (True, "", 0, "")
    assert not settings.tone


@pytest.mark.parametrize("networks", [("10.0.0.0/8",), ("2001:db8::/32",), ("192.0.2.7",), ()])
def test_networks(networks: tuple[str, ...]) -> None:
    """Of both versions; an address alone is one, too."""
    assert ListeningSettings(networks=networks).networks == networks


@pytest.mark.parametrize(
    "wrong",
    [
        {"networks": ["10.0.0.1/8"]},
        {"networks": ["everywhere"]},
        {"port": 70_000},
        {"lines": 0},
        {"address": "floor.example/x,y"},
        {"address": "a b"},
        {"adress": "x"},
    ],
)
def test_nonsense(wrong: dict[str, object]) -> None:
    """No network, no port, no address, no such key."""
    with pytest.raises(ValidationError):
        ListeningSettings.model_validate(wrong)
