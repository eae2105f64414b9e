"""Small drawings written by hand: bars against a goal, and lines over a load. Legible on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #57606a } .name { text-anchor: end } .bar { fill: #4078c0 }
.short { fill: #c2571a } .goal, .axis { stroke: #8c959f; fill: none } .goal { stroke-dasharray: 4 3 }
.line { fill: none; stroke-width: 2 } .c0 { stroke: #4078c0 } .c1 { stroke: #c2571a } .c2 { stroke: #2f8f4e }
.c3 { stroke: #8250df } .c4 { stroke: #b08800 } .c5 { stroke: #1b7c83 } .c6 { stroke: #bf3989 } .c7 { stroke: #6e7781 }
@media (prefers-color-scheme: dark) { text { fill: #adbac7 } }
</style>"""
NAMES_WIDE, WIDE, STEP = 300, 720, 24
"""Pixels."""


def _drawing(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
    return "\n".join([head, f"<title>{escape(title)}</title>", STYLE, *parts, "</svg>"]) + "\n"


def _text(x: float, y: float, said: str, kind: str = "") -> str:
    given = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{given}>{escape(said)}</text>'


def bars(title: str, rows: Sequence[tuple[str, float, str]], goal: float | None = None, most: float = 0) -> str:
    """One bar a row (name, length, what is written at its end); what does not reach the goal has another colour.

    ``most``: where longer bars are cut off; 0: nowhere.
    """
    room = WIDE - NAMES_WIDE - 110
    longest = max([length for _, length, _ in rows] + [goal or 0.0])
    unit = room / (min(longest, most) if most else longest or 1)
    height = STEP * len(rows) + 28
    parts = []
    for place, (name, length, said) in enumerate(rows):
        y = 8 + STEP * place
        wide = max(1.0, min(length * unit, room))
        kind = "bar" if goal is None or length >= goal else "bar short"
        parts.append(_text(NAMES_WIDE - 8, y + 13, name, "name"))
        parts.append(f'<rect class="{kind}" x="{NAMES_WIDE}" y="{y}" width="{wide:.1f}" height="{STEP - 8}" rx="2"/>')
        parts.append(_text(NAMES_WIDE + wide + 6, y + 13, said))
    if goal is not None:
        x = NAMES_WIDE + goal * unit
        parts.append(f'<line class="goal" x1="{x:.1f}" y1="2" x2="{x:.1f}" y2="{height - 20}"/>')
        parts.append(_text(x - 14, height - 6, "goal"))
    return _drawing(WIDE, height, title, parts)


def lines(title: str, series: Mapping[str, Mapping[int, float]], across: str) -> str:
    """Values over loads (1, 4, 16 …), loads by their logarithm; a flat line is a cost that does not grow."""
    loads = sorted({load for values in series.values() for load in values}) or [1]
    top = max([1.5, *(value for values in series.values() for value in values.values())]) * 1.1
    left, right, high, low = 46, 430, 12, 250

    def at(load: int, value: float) -> str:
        x = left + (right - left) * math.log(load / loads[0]) / math.log(max(2.0, loads[-1] / loads[0]))
        return f"{x:.1f},{low - (low - high) * value / top:.1f}"

    parts = [f'<path class="axis" d="M{left},{high} V{low} H{right}"/>']
    for value in [mark for mark in (0, 0.5, 1, 2, 4, 8, 16) if mark <= top]:
        parts.append(_text(left - 32, float(at(loads[0], value).split(",")[1]) + 4, f"{value:g}"))
    for load in loads:
        parts.append(_text(float(at(load, 0).split(",")[0]) - 8, low + 18, f"{load}×"))
    parts.append(f'<path class="goal" d="M{at(loads[0], 1)} L{at(loads[-1], 1)}"/>')
    for place, (name, values) in enumerate(series.items()):
        points = " ".join(at(load, values[load]) for load in sorted(values))
        parts.append(f'<polyline class="line c{place % 8}" points="{points}"/>')
        parts.append(f'<path class="line c{place % 8}" d="M{right + 20},{20 + 20 * place} h22"/>')
        parts.append(_text(right + 50, 24 + 20 * place, name))
    parts.append(_text(left, low + 38, across))
    return _drawing(WIDE, max(low + 48, 40 + 20 * len(series)), title, parts)
