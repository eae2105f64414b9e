"""What is connected to the exchanges; the wholes that hold it are run in test_assembly and test_assembly_serve."""

from __future__ import annotations

from pathlib import Path

from floor.assembly import Floorwatch
from floor.state.model import LinkState
from tests.floor.test_assembly import settings


def test_every_exchange_has_a_link(tmp_path: Path) -> None:
    """And its health is known by name; of what is not there nothing is."""
    exchanges = Floorwatch(settings(tmp_path, 1, 2)).exchanges
    assert set(exchanges.links) == {"pbx1", "pbx2"}
    health = exchanges.health
    assert (health.events("pbx1"), health.queue_size("pbx2"), health.lag_s("pbx1")) == (0, 0, None)
    assert (health.heard_ago("x"), health.events("x"), health.queue_size("x"), health.lag_s("x")) == (None, 0, 0, None)


def test_time_we_were_away_is_a_gap(tmp_path: Path) -> None:
    """Where nothing was ever on record, from the beginning that is given."""
    watch = Floorwatch(settings(tmp_path, 1))
    watch.exchanges.take_up(100.0)
    pbx = watch.store.snapshot().pbxs["pbx1"]
    assert (pbx.link, pbx.reason, pbx.since) == (LinkState.DOWN, "first_start", 100.0)
