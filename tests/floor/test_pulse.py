"""The heartbeat stops for each thing that must not stop."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from floor.clock import SystemClock
from floor.pulse import LATE_S, ailing
from floor.state.model import LinkState


@dataclass
class Link:
    state: LinkState = LinkState.UP


@dataclass
class Engine:
    acting: bool = True
    late_s: float | None = None
    trouble: str | None = None

    def next_due(self) -> float | None:
        return None if self.late_s is None else SystemClock().now() - self.late_s

    def health(self) -> str | None:
        return self.trouble


def why(*links: Link, engine: Engine | None = None) -> str | None:
    return ailing({f"pbx{n}": link for n, link in enumerate(links)}, engine or Engine(), SystemClock())


def test_all_is_well() -> None:
    """A picture that is being taken by the way, or an alert due a moment ago, is no trouble."""
    assert why(Link(), Link(LinkState.SYNCING), engine=Engine(late_s=1.0)) is None


@pytest.mark.parametrize("state", [LinkState.DOWN, LinkState.REFUSED, LinkState.CONNECTING])
def test_an_exchange_that_is_not_seen(state: LinkState) -> None:
    """One of several is enough."""
    assert why(Link(), Link(state)) == "the exchange pbx1 is not seen"


@pytest.mark.parametrize(
    "engine", [Engine(acting=False), Engine(late_s=LATE_S + 1), Engine(trouble="the record is full")]
)
def test_an_engine_that_does_not_do_its_work(engine: Engine) -> None:
    """Standing by, stuck, or in trouble with its record."""
    assert why(Link(), engine=engine)
