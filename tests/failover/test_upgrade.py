"""An upgrade without a break, between two real versions: the one before, out of the repository's history, and this."""

from __future__ import annotations

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.failover.cast import ROOT, START_S, house

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.postgres, pytest.mark.whole, pytest.mark.timeout(400)]

EARLIER = "76e782ad232d40841f7975221ea2093b681f2335"
"""A version that is in use somewhere while this one is installed; it is followed by whatever has been released."""


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Its code, in a folder of its own."""
    command = [
        "git",
        "-c",
        f"safe.directory={ROOT}",
        "archive",
        EARLIER,
        "floor",
        "alerts",
        "asterisk",
        "web",
        "config",
    ]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    if found.returncode != 0:
        pytest.skip(f"the history of this checkout does not reach back to {EARLIER}")
    folder = tmp_path / "earlier"
    with tarfile.open(fileobj=BytesIO(found.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder


async def test_one_process_after_the_other(tmp_path: Path, earlier: Path, postgres_url: str) -> None:
    """Nodes first, then the collector, as the guide says. After each step both screens are right: a new node beside an
    old one on an old collector, two new ones on it, and all new; what was on screen meanwhile is on record, once."""
    async with house(tmp_path, postgres_url, source=earlier) as one:
        for name, node in one.nodes.items():
            await node.kill()
            node.source = ROOT
            await node.start()
            await one.are_right(*(other for other in one.nodes if other != name))
            await one.are_right(within_s=START_S)
        await one.collector.kill()
        one.collector.source = ROOT
        await one.collector.start()
        await one.are_right(within_s=START_S)
        await one.record_is_the_log()


async def test_a_new_collector_and_old_nodes(tmp_path: Path, earlier: Path, postgres_url: str) -> None:
    """The other way round, as where somebody is in a hurry: nodes that run already follow what they do not know."""
    async with house(tmp_path, postgres_url, source=earlier) as one:
        await one.collector.kill()
        one.collector.source = ROOT
        await one.collector.start()
        await one.are_right(within_s=START_S)
        await one.record_is_the_log()
