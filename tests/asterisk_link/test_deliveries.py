"""What a link hands on."""

from __future__ import annotations

from asterisk.deliveries import CloseReason, LinkClosed
from floor.state.model import LinkState


def test_only_a_refused_login_is_a_refused_link() -> None:
    """Every other loss is one that passes by itself."""
    for reason in CloseReason:
        refused = LinkClosed(0, reason, "", None).state is LinkState.REFUSED
        assert refused == (reason is CloseReason.REFUSED)
