"""A table of people as spreadsheets write it: CSV of several encodings and separators, taken apart with care."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from floor.people.faults import Fault
from floor.people.fields import harmless, readable

COLUMNS = (
    "login name number role group leads pbx agent queues language mail phone reports_to shift_end"
).split()  # docs/people.md explains each
CHINESE = dict(
    zip(
        "登录名 姓名 工号 角色 班组 带班组 交换机 座席名 队列 语言 邮箱 电话 上级 班次结束".split(),
        COLUMNS,
        strict=True,
    )
)
"""What the columns may be called as well."""

MOST_MB, MOST_ROWS, MOST_CELL = 10, 50_000, 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One person's line: the cells of the columns that are there, without blanks around."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was found; ``encoding`` is told, for a guess may be wrong."""

    encoding: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def typed(cells: Mapping[str, str]) -> Sheet:
    """What somebody typed about one person, as if it were a line of a file."""
    row = Row(0, {name: cell.strip() for name, cell in cells.items()})
    return Sheet("", tuple(row.cells), (row,), tuple(_hostile(row)))


def read_sheet(data: bytes) -> Sheet:
    """Take a file apart; everything wrong with it is in ``faults``, and what could be read is there as well."""
    if len(data) > MOST_MB * 1_000_000:
        return _nothing("size", most=str(MOST_MB), rows=str(MOST_ROWS))
    text, encoding = _decoded(data)
    if text is None:
        return _nothing("encoding")
    faults: list[Fault] = []
    lines = _lines(text, faults)
    try:
        first, header = next(lines)
    except StopIteration:
        return Sheet(encoding, (), (), tuple(faults) or (Fault(0, "", "empty"),))
    columns = _columns(first, header, faults)
    rows = tuple(_rows(lines, columns, faults)) if not faults else ()
    return Sheet(encoding, columns, rows, tuple(faults))


def _nothing(code: str, **slots: str) -> Sheet:
    return Sheet("", (), (), (Fault(0, "", code, slots),))


def _decoded(data: bytes) -> tuple[str | None, str]:
    """UTF-8 with a mark or without, UTF-16 with one, else what Chinese spreadsheets write (GBK)."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GBK"}[encoding]
        except UnicodeDecodeError:
            continue
    return None, ""


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """(First line of the record, its cells), empty ones left out; ends at what is no CSV."""
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(line, "", "csv", {"why": str(error)}))
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(line: int, header: list[str], faults: list[Fault]) -> tuple[str, ...]:
    names = [cell.strip().casefold() for cell in header]
    while names and not names[-1]:  # spreadsheets leave empty columns behind
        names.pop()
    columns = tuple(CHINESE.get(name, name) for name in names)
    for place, name in enumerate(columns):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            faults.append(Fault(line, "", "column", {"value": name, "near": f" ({near[0]}?)" if near else ""}))
        elif name in columns[:place]:
            faults.append(Fault(line, "", "column_twice", {"value": name}))
    if "login" not in columns:
        faults.append(Fault(line, "", "no_login_column"))
    return columns


def _rows(lines: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], faults: list[Fault]) -> Iterator[Row]:
    for count, (line, cells) in enumerate(lines, 1):
        if count > MOST_ROWS:
            faults.append(Fault(line, "", "size", {"most": str(MOST_MB), "rows": str(MOST_ROWS)}))
            return
        if any(cell.strip() for cell in cells[len(columns) :]):
            slots = {"found": str(len(cells)), "wanted": str(len(columns))}
            faults.append(Fault(line, "", "cells", slots))
            continue
        filled = [*cells, *[""] * (len(columns) - len(cells))]
        row = Row(line, {name: cell.strip() for name, cell in zip(columns, filled, strict=False)})
        faults.extend(_hostile(row))
        yield row


def _hostile(row: Row) -> Iterator[Fault]:
    """What no cell may hold, whatever its column."""
    for name, cell in row.cells.items():
        if len(cell) > MOST_CELL:
            yield Fault(row.line, name, "long", {"most": str(MOST_CELL)})
        elif not readable(cell):
            yield Fault(row.line, name, "unreadable")
        elif not harmless(cell) and not (name == "phone" and cell.startswith("+")):
            yield Fault(row.line, name, "formula", {"value": cell[0]})
