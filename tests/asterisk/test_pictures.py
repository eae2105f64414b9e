"""What Asterisk tells by no event is seen with the next whole picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from floor.store import FloorView
from tests.asterisk.cast import VERSIONS, Scenario
from tests.asterisk.compare import Wrong, figures_apart
from tests.asterisk.exchange import Exchange
from tests.asterisk.judge import judge_file
from tests.asterisk.product import Product
from tests.asterisk.scenarios import SCENARIOS
from tests.asterisk.stage import Stage
from tests.asterisk.truth import agreed
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(300)]
on_both = pytest.mark.parametrize("version", VERSIONS)

EVERY_S = 2.0


@dataclass(frozen=True)
class Seen:
    """What is known after a `queue reload`, and how long it took."""

    floor: FloorView
    after_s: float
    figures: Wrong


async def reloaded(version: str, folder: Path, scenario: Scenario) -> Seen:
    """Play a scenario that changes queues.conf, and wait until the floor is as the exchange says."""
    async with (
        Exchange(version, scenario.plan()) as exchange,
        Product(exchange, folder, picture_every_s=EVERY_S) as product,
        Stage(scenario, exchange) as stage,
    ):
        await scenario.play(stage)
        after_s = await agreed(product, stage.ami, within=EVERY_S + 5)
        await stage.quiet()
        await product.quiet()
        return Seen(product.floor, after_s, figures_apart(await product.today(), judge_file(exchange.queue_log), {}))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Played[Seen]:
    scenario = SCENARIOS["queues-reloaded"]
    return side_by_side(lambda version, own: reloaded(version, own, scenario), tmp_path_factory.mktemp("changed"))


@pytest.fixture(scope="module")
def deleted(tmp_path_factory: pytest.TempPathFactory) -> Played[Seen]:
    scenario = SCENARIOS["queue-deleted"]
    return side_by_side(lambda version, own: reloaded(version, own, scenario), tmp_path_factory.mktemp("deleted"))


@on_both
def test_members_changed_by_a_reload(version: str, changed: Played[Seen]) -> None:
    """Bob is a member no more and Ann has her penalty; the call that went on meanwhile is counted as ever."""
    seen = changed.on(version)
    members = {(agent.name.split()[0], one.penalty) for agent in seen.floor.agents.values() for one in agent.members}
    assert members == {("Ann", 4)}
    assert seen.after_s <= EVERY_S + 1
    assert seen.figures == []


@on_both
def test_queue_deleted_by_a_reload(version: str, deleted: Played[Seen]) -> None:
    """The queue is gone with its members, and the caller who waited in it is counted."""
    seen = deleted.on(version)
    assert not seen.floor.queues
    assert not seen.floor.agents
    assert seen.figures == []
