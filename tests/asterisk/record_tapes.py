"""Records every scenario on every version: `python -m tests.asterisk.record_tapes`.

Each scenario gets an exchange of its own, so that its tape tells one story only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.asterisk.cast import VERSIONS, Scenario
from tests.asterisk.exchange import Exchange, missing
from tests.asterisk.recorder import Recorder
from tests.asterisk.scenarios import SCENARIOS, for_version
from tests.asterisk.stage import Stage

TAPES = Path(__file__).parent.parent / "tapes"


async def record(scenario: Scenario, version: str, folder: Path) -> None:
    """Play one scenario with the recorder on."""
    async with (
        asyncio.timeout(90),
        Exchange(version, scenario.plan()) as exchange,
        Stage(scenario, exchange) as stage,
        Recorder(exchange, folder, scenario.name) as recorder,
    ):
        stage.on_return = recorder.open
        await scenario.play(stage)
        await stage.quiet()


async def _record_all(versions: list[str], names: list[str], at_once: int) -> int:
    turns = asyncio.Semaphore(at_once)

    async def turn(scenario: Scenario, version: str) -> str:
        async with turns:
            try:
                await record(scenario, version, TAPES / version)
            except Exception as error:
                return f"{version} {scenario.name}: {error!r}"
        print(f"{version} {scenario.name}", flush=True)
        return ""

    wanted = [(s, v) for v in versions for s in for_version(v) if not names or s.name in names]
    failures = [text for text in await asyncio.gather(*(turn(s, v) for s, v in wanted)) if text]
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


def main() -> int:
    """Parse the command line and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"scenarios (default: all {len(SCENARIOS)})")
    parser.add_argument("--version", action="append", choices=VERSIONS, help="Asterisk version (default: all)")
    parser.add_argument("--at-once", type=int, default=4, help="how many exchanges to run at the same time")
    options = parser.parse_args()
    versions = options.version or list(VERSIONS)
    if reason := next((reason for version in versions if (reason := missing(version))), ""):
        print(reason, file=sys.stderr)
        return 1
    return asyncio.run(_record_all(versions, options.names, options.at_once))


if __name__ == "__main__":
    sys.exit(main())
