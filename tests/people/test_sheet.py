"""Tables of people as spreadsheets write them, and as nobody should."""

from __future__ import annotations

import codecs

import pytest

from floor.people import sheet as module
from floor.people.sheet import CHINESE, COLUMNS, read_sheet, typed

TABLE = "login,name,number\nann,安,1001\nbob,Bob,1002\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "UTF-8"),
        (TABLE.encode("utf-8-sig"), "UTF-8"),
        (TABLE.encode("gbk"), "GBK"),
        (TABLE.encode("gb18030"), "GBK"),
        (codecs.BOM_UTF16_LE + TABLE.replace(",", "\t").encode("utf-16-le"), "UTF-16"),
        (TABLE.replace(",", ";").replace("\n", "\r\n").encode(), "UTF-8"),
        (TABLE.replace("\n", "\r").encode(), "UTF-8"),
        (("\n\n" + TABLE.replace("\nbob", "\n,,\n\n  ,\nbob")).encode(), "UTF-8"),
        (TABLE.replace("name,number", "name,number,,").encode(), "UTF-8"),
        (
            '"login";"name";"number"\n"ann";"安";"1001"\n" BOB";"Bob ";"1002"\n'.replace(" BOB", " bob").encode(),
            "UTF-8",
        ),
        ("登录名,姓名,工号\nann,安,1001\nbob,Bob,1002".encode("gbk"), "GBK"),
        (b"LOGIN, Name ,number\nann,\xb0\xb2,1001\nbob,Bob,1002", "GBK"),
    ],
)
def test_as_spreadsheets_write(data: bytes, encoding: str) -> None:
    """Encodings, separators, line ends, quotes, empty lines and columns, Chinese headings: the same table."""
    sheet = read_sheet(data)
    assert sheet.faults == ()
    assert sheet.encoding == encoding
    assert [dict(row.cells) for row in sheet.rows] == [
        {"login": "ann", "name": "安", "number": "1001"},
        {"login": "bob", "name": "Bob", "number": "1002"},
    ]


def test_every_column_has_a_chinese_name() -> None:
    """A heading may be either."""
    assert sorted(CHINESE.values()) == sorted(COLUMNS)


def test_lines_are_those_of_the_editor() -> None:
    """A quoted cell of several lines does not shift what follows; the record's first line is told."""
    sheet = read_sheet(b'login,name\nann,"A\nn\nn"\nbob,=1\n')
    assert [(fault.line, fault.column, fault.code) for fault in sheet.faults] == [
        (2, "name", "unreadable"),
        (5, "name", "formula"),
    ]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"", ["empty"]),
        (b"\xef\xbb\xbf\n\n", ["empty"]),
        (b"\xff\xff\xff", ["encoding"]),
        (codecs.BOM_UTF16_LE + b"\x00\xd8x", ["encoding"]),
        (b"name\nx", ["no_login_column"]),
        (b"login,nmae,login\nann,x,y", ["column", "column_twice"]),
        (b'login,name\nann,"never closed', ["csv"]),
        (b'login,name\nann,"a"b', ["csv"]),
        (b"login,name\nann,Li, Ann\n", ["cells"]),
        (b"login,name\nann," + b"x" * 1001, ["long"]),
        (b"login,name\nann," + b"x" * 200_000, ["csv"]),
        (b"login,name\nann,\x00", ["unreadable"]),
        (b"login,name\nann,=cmd|' /C calc'!A0", ["formula"]),
        (b"login,name\nann,@SUM(1)", ["formula"]),
        (b"login,phone\nann,+8613800000000", []),
        (b"login,phone\nann,=1", ["formula"]),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None),
        (b"PK\x03\x04" + bytes(range(256)) * 20, None),
    ],
)
def test_what_is_wrong_is_told(data: bytes, codes: list[str] | None) -> None:
    """Nothing raises, everything wrong is named; a file of another kind is refused somehow."""
    found = [fault.code for fault in read_sheet(data).faults]
    assert found == codes if codes is not None else found
    for fault in read_sheet(data).faults:
        assert fault.sentence()
        assert fault.sentence("zh")


def test_a_misspelt_column_is_guessed() -> None:
    """The sentence says which one was meant."""
    (fault, _) = read_sheet(b"logni,name\nann,x").faults
    assert fault.sentence() == "line 1: no such column 'logni' (login?)"


def test_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not read, one that is too long not to its end."""
    assert [fault.code for fault in read_sheet(b"x" * 10_000_001).faults] == ["size"]
    monkeypatch.setattr(module, "MOST_ROWS", 3)
    sheet = read_sheet(b"login\n" + b"a\n" * 10)
    assert (len(sheet.rows), [(fault.line, fault.code) for fault in sheet.faults]) == (3, [(5, "size")])


def test_typed() -> None:
    """What is typed about one person is judged like a line."""
    sheet = typed({"login": " ann ", "name": "=1"})
    assert dict(sheet.rows[0].cells) == {"login": "ann", "name": "=1"}
    assert [fault.code for fault in sheet.faults] == ["formula"]
