"""Event to glass: ``python -m tests.bench.glass [ROUNDS]``.

A floor of 500 agents at ten times its normal load, ``floor run``, and its board in headless Chromium, which paints
without a graphics processor. Four times a second the exchange pauses somebody with a reason nobody else has; told is
the time from handing that event to the socket until the page's own DOM says the reason, and the two parts of it: until
the message reached the page, and from there. All stamps are of this machine's clock; the page's is checked against it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.bench.processes import Beside, beside, cpu_s, product
from tests.bench.reading import Reading, printed

AGENTS, QUEUES, LOAD, FASTER = 500, 20, 0.9, 10.0
MARKS = 40
"""A round."""
EVERY_S = 0.25
PATIENCE_S = 5.0
WARM_S = 5.0
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WATCH = """
window.marks = {socket: {}, dom: {}};
const stamp = () => performance.timeOrigin + performance.now();
const note = (where, text, at) => {
  for (const [, n] of (text ?? "").matchAll(/mark-(\\d+)/g)) window.marks[where][n] ??= at;
};
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => note("socket", data, stamp()));
  }
};
new MutationObserver((changes) => {
  const at = stamp();
  for (const { type, target, addedNodes } of changes) {
    if (type === "characterData") note("dom", target.data, at);
    else for (const node of addedNodes) note("dom", node.textContent, at);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


async def watched(rounds: int, agents: int) -> list[dict[str, Any]]:
    """Everything up, then round after round of marks."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        raise RuntimeError("there is no Chromium on this machine")
    with tempfile.TemporaryDirectory() as folder:
        async with beside("exchange", agents, max(1, agents // 25), LOAD, FASTER) as exchange:
            port = (await exchange.told())["port"]
            async with product(Path(folder), port) as (url, pid), async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
                page = await browser.new_page(viewport={"width": 1920, "height": 1080})
                await page.add_init_script(WATCH)
                await page.goto(f"{url}/?lang=en")
                await page.locator(".tile").first.wait_for()
                await asyncio.sleep(WARM_S)
                found = [await _round(exchange, page, number * MARKS, pid) for number in range(rounds)]
                await browser.close()
                return found


async def _round(exchange: Beside, page: Page, first: int, pid: int) -> dict[str, Any]:
    """Marks one after another, and when each was written, came to the page and was in it (milliseconds)."""
    before, spent = await exchange.ask("told"), cpu_s(pid)
    loop = asyncio.get_running_loop()
    begun, written = loop.time(), {}
    for number in range(first, first + MARKS):
        written[str(number)] = (await exchange.ask("mark", number))["at"] * 1000
        await asyncio.sleep(EVERY_S)
    took_s, after = loop.time() - begun, await exchange.ask("told")
    marks = await page.evaluate("window.marks")
    while len(set(written) - set(marks["dom"])) and loop.time() < begun + took_s + PATIENCE_S:
        await asyncio.sleep(0.1)
        marks = await page.evaluate("window.marks")
    seen = [number for number in written if number in marks["dom"] and number in marks["socket"]]
    return {
        "whole": [marks["dom"][number] - written[number] for number in seen],
        "socket": [marks["socket"][number] - written[number] for number in seen],
        "page": [marks["dom"][number] - marks["socket"][number] for number in seen],
        "unseen": MARKS - len(seen),
        "events_per_s": (after["events"] - before["events"]) / took_s,
        "cpu_percent": (cpu_s(pid) - spent) / took_s * 100,
    }


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """``scale``: agents, and so events; the page is the same."""
    agents = AGENTS * scale
    found = asyncio.run(watched(rounds, agents))
    whole = [one for part in found for one in part["whole"]]
    if not all(part["whole"] for part in found):
        raise RuntimeError(f"in some round no mark reached the page within {PATIENCE_S:g} s: the machine is too busy")
    around: dict[str, float] = {f"{name}_p50_ms": median(v for one in found for v in one[name]) for name in PARTS}
    around |= {f"{name}_p99_ms": _p99([v for one in found for v in one[name]]) for name in PARTS}
    around |= {name: median(one[name] for one in found) for name in ("events_per_s", "cpu_percent")}
    around = {name: round(value, 2) for name, value in around.items()}
    around |= {"marks": len(whole), "unseen": sum(one["unseen"] for one in found), "agents": agents}
    middles = [median(one["whole"]) for one in found]
    return [
        Reading("glass.event_to_dom_p50", "ms", middles, at_most=40, scale=scale, beside=around),
        Reading("glass.event_to_dom_p99", "ms", [_p99(one["whole"]) for one in found], at_most=120, scale=scale),
    ]


PARTS = ("socket", "page")


if __name__ == "__main__":
    print(printed(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
