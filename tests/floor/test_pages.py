"""What stands between the pages and the browsers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from floor.sections.pages import PagesSettings


def test_proxies_are_addresses() -> None:
    """Written in one way, so that comparing is enough; a name is none, for names can be taken over."""
    assert PagesSettings(proxies=("2001:DB8:0::1", "10.0.0.1")).proxies == ("2001:db8::1", "10.0.0.1")
    for wrong in ("proxy.example", "10.0.0.0/8", ""):
        with pytest.raises(ValidationError, match="no address"):
            PagesSettings(proxies=(wrong,))


def test_nothing_is_believed_by_default() -> None:
    """Neither https nor a proxy."""
    assert PagesSettings() == PagesSettings(https=False, proxies=())
