"""On real Asterisk 22 and 16, with real phones: /api/v1/today equals queue_log, for every way a call can go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.asterisk.exchange import Exchange, missing
from tests.asterisk.judge import judge_file
from tests.asterisk.load import load_plan, mixed_load
from tests.asterisk.product import Product, differences
from tests.asterisk.scenarios import for_version, plan_of, play_all

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


def require(version: str) -> None:
    """Skip at home, fail in CI."""
    why = missing(version)
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)


@pytest.mark.parametrize("version", ["22", "16"])
async def test_every_scenario(version: str, tmp_path: Path) -> None:
    """All scenarios that leave the exchange running, side by side: figures per queue, agent and in total are equal."""
    require(version)
    scenarios = for_version(version, alone=False)
    async with Exchange(version, plan_of(scenarios)) as exchange, Product(exchange, tmp_path) as product:
        failures = await play_all(scenarios, exchange)
        assert not failures
        await product.quiet()
        assert differences(await product.today(), judge_file(exchange.queue_log)) == []
        assert product.watch.store.refused == 0
