"""From what was measured to what the docs show: ``python -m tests.bench.plot [FILE]``.

Reads docs/speed/measured.json, writes the drawings beside it and the tables between their marks in docs/speed.md and
docs/zh/speed.md. What is between the marks is never written by hand: a test compares.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT
from tests.bench.svg import bars, lines
from tests.bench.titles import title

MEASURED = ROOT / "docs" / "speed" / "measured.json"
PAGES = (ROOT / "docs" / "speed.md", ROOT / "docs" / "zh" / "speed.md")
CUT = 4.0
"""Bars of more than four times the goal are cut off."""
WORDS: dict[str, tuple[str, str]] = {
    "goals": ("| what | goal | measured | rounds | reached |", "| 项目 | 目标 | 实测 | 各轮 | 达到 |"),
    "stages": ("| stage | µs of an event | most of it |", "| 阶段 | 每事件微秒 | 主要部分 |"),
    "others": ("| what | measured | unit | in the same run |", "| 项目 | 实测 | 单位 | 同一轮中 |"),
    "peers": ("| reader | µs of an event | times ours |", "| 读取者 | 每事件微秒 | 我们的倍数 |"),
    "growth": ("| what | 1× | 4× | 16× |", "| 项目 | 1× | 4× | 16× |"),
    "yes": ("yes", "是"),
    "no": ("**no**", "**否**"),
    "at_least": ("at least", "至少"),
    "at_most": ("at most", "至多"),
    "failed": ("not measured", "未测"),
}
PRICE = "_us_per_event"
Told = Mapping[str, Any]
"""A reading as JSON."""


def number(value: float) -> str:
    """Three figures, thousands apart."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _goal(one: Told, language: int) -> str:
    said = [f"{WORDS[key][language]} {number(one[key])}" for key in ("at_least", "at_most") if one[key] is not None]
    return f"{', '.join(said)} {one['unit']}"


def _beside(one: Told, most: int = 8) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in list(one["beside"].items())[:most])


def _code(one: Told) -> str:
    return ", ".join(f"`{name}` {number(value)}" for name, value in list(one["beside"].items())[:3])


def goals(readings: Sequence[Told], language: int) -> list[str]:
    """A row for each thing that has a goal."""
    rows = []
    for one in _with_goals(readings):
        word = WORDS["yes" if one["reached"] else "no"][language]
        spread = f"{number(min(one['rounds']))} … {number(max(one['rounds']))}"
        measured = f"{number(one['value'])} {one['unit']}"
        rows.append(f"| {title(one['what'], language)} | {_goal(one, language)} | {measured} | {spread} | {word} |")
    return rows


def _with_goals(readings: Sequence[Told]) -> list[Told]:
    return [one for one in readings if one["reached"] is not None and one["scale"] == 1]


def stages(readings: Sequence[Told], language: int) -> list[str]:
    """A row for each stage of an event's way, the dearest first."""
    rows = [one for one in readings if one["what"].startswith("stages.")]
    return [f"| {title(one['what'], language)} | {number(one['value'])} | {_inside(one)} |" for one in rows]


def _inside(one: Told) -> str:
    return _beside(one) if one["what"] == "stages.whole" else _code(one)


def peers(readings: Sequence[Told], language: int) -> list[str]:
    """A row for each that read the stream of the bench of ingest."""
    found = [one["beside"] for one in readings if one["what"] == "ingest.times_panoramisk" and one["scale"] == 1]
    cost: Mapping[str, float] = found[0] if found else {}
    each = {name.removesuffix(PRICE): value for name, value in cost.items() if name.endswith(PRICE)}
    rows = sorted(each.items(), key=lambda one: one[1])
    return [f"| `{name}` | {number(value)} | {number(value / each['floor'])} |" for name, value in rows]


def growth(readings: Sequence[Told], language: int) -> list[str]:
    """A row for each cost, at every load."""
    rows = []
    for (what, unit), values in _grown(readings).items():
        cells = " | ".join(f"{number(values[scale])}" if scale in values else "–" for scale in (1, 4, 16))
        rows.append(f"| {title(what, language)} ({unit}) | {cells} |")
    return rows


def _grown(readings: Sequence[Told]) -> dict[tuple[str, str], dict[int, float]]:
    """(what, unit) -> load -> what one costs."""
    grown: dict[tuple[str, str], dict[int, float]] = {}
    for one in readings:
        if one["what"].startswith("growth."):
            grown.setdefault((one["what"].removeprefix("growth."), one["unit"]), {})[one["scale"]] = one["value"]
    return grown


def others(readings: Sequence[Told], language: int) -> list[str]:
    """A row for all the rest."""
    rest = [one for one in readings if one["reached"] is None and not one["what"].startswith(("stages.", "growth."))]
    return [
        f"| {title(one['what'], language)} | {number(one['value'])} | {one['unit']} | {_beside(one)} |" for one in rest
    ]


TABLES: dict[str, Callable[[Sequence[Told], int], list[str]]] = {
    "goals": goals,
    "stages": stages,
    "peers": peers,
    "growth": growth,
    "others": others,
}


def conditions(report: Told, language: int) -> list[str]:
    """Machine, libraries, commit, load, and what could not be measured."""
    on, benches = report["machine"], report["benches"]
    known = ", ".join(f"{name} {version}" for name, version in on["libraries"].items() if version)
    place = f"{on['processor']}, {on['cores']} cores, {on['memory_gb']} GB, {on['system']}"
    said = [
        f"{place}, Python {on['python']}; {known}.",
        f"Commit {report['commit']}; " + ", ".join(f"{one['name']} {one['load'][0]:g}" for one in benches) + ".",
    ]
    failed = [f"{one['name']} ({one['failed']})" for one in benches if one["failed"]]
    return said + ([f"{WORDS['failed'][language]}: {', '.join(failed)}."] if failed else [])


def told(report: Told, language: int) -> dict[str, str]:
    """What stands between which marks."""
    readings = [one for bench in report["benches"] for one in bench["readings"]]
    blocks = {"conditions": "\n".join(conditions(report, language))}
    for name, table in TABLES.items():
        head = WORDS[name][language]
        rule = "|" + "---|" * (head.count("|") - 1)
        blocks[name] = "\n".join([head, rule, *table(readings, language)])
    return blocks


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with everything between its marks written anew."""
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = pattern.sub(lambda found, block=block: f"{found[1]}{block}\n{found[2]}", page)  # type: ignore[misc]
    return page


def drawings(report: Told) -> dict[str, str]:
    """File name -> drawing."""
    readings = [one for bench in report["benches"] for one in bench["readings"]]
    ratios = [
        (title(one["what"]), ratio(one), f"{number(one['value'])} {one['unit']}") for one in _with_goals(readings)
    ]
    spent = [one for one in readings if one["what"].startswith("stages.") and one["what"] != "stages.whole"]
    grown = {
        title(what): {scale: value / values[min(values)] for scale, value in values.items()}
        for (what, _), values in _grown(readings).items()
        if values[min(values)] > 0
    }
    taken = [(title(one["what"]), one["value"], f"{number(one['value'])} µs") for one in spent]
    return {
        "goals.svg": bars("Measured, as a multiple of the goal", ratios, goal=1.0, most=CUT),
        "stages.svg": bars("Where the microseconds of an event go", taken),
        "growth.svg": lines("Cost of one event by load", grown, "load; 1 = cost at the least load"),
    }


def ratio(one: Told) -> float:
    """How far beyond its goal: 1 is the goal, more is better."""
    if one["at_least"] is not None:
        return float(one["value"] / one["at_least"])
    return float(one["at_most"] / max(one["value"], 1e-9))


def main(file: Path = MEASURED) -> None:
    """Write drawings and tables."""
    report = json.loads(file.read_text(encoding="utf-8"))
    for name, drawing in drawings(report).items():
        (MEASURED.parent / name).write_text(drawing, encoding="utf-8")
    for language, page in enumerate(PAGES):
        page.write_text(filled(page.read_text(encoding="utf-8"), told(report, language)), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:]))
