"""What can be wrong with a roster: the place, and a sentence with the remedy in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]

WORDS: dict[str, dict[Language, str]] = {
    "size": {
        "en": "the file is larger than {most} MB or longer than {rows} lines; split it",
        "zh": "文件超过 {most} MB 或 {rows} 行，请拆分",
    },
    "encoding": {
        "en": "this is no text in UTF-8 or GBK; save it as CSV UTF-8",
        "zh": "不是 UTF-8 或 GBK 文本，请另存为 CSV UTF-8",
    },
    "empty": {"en": "there is nothing in it; begin with a line of column names", "zh": "文件为空，首行应为列名"},
    "csv": {"en": "not readable as CSV: {why}", "zh": "不符合 CSV 格式：{why}"},
    "no_login_column": {"en": "there is no column login", "zh": "缺少 login（登录名）列"},
    "column": {"en": "no such column '{value}'{near}", "zh": "没有名为“{value}”的列{near}"},
    "column_twice": {"en": "column '{value}' is there twice", "zh": "列“{value}”重复"},
    "cells": {
        "en": "{found} cells under {wanted} column names; a comma in a cell needs quotes around the cell",
        "zh": "有 {found} 格，而列名有 {wanted} 个；含逗号的单元格须加引号",
    },
    "missing": {"en": "must not be empty for a new person", "zh": "新人员此项不能为空"},
    "unreadable": {"en": "holds a character nobody can see; type it anew", "zh": "含不可见字符，请重新输入"},
    "formula": {
        "en": "begins with {value}, as a formula does; write plain text",
        "zh": "以 {value} 开头，形似公式，请改为文本",
    },
    "long": {"en": "is longer than {most} characters", "zh": "超过 {most} 个字符"},
    "login": {
        "en": "'{value}' can be no login: begin with a letter or digit, then letters, digits and . _ - @",
        "zh": "“{value}”不能作登录名：以字母或数字开头，只含字母、数字和 . _ - @",
    },
    "login_twice": {"en": "'{value}' is also on line {line}", "zh": "“{value}”与第 {line} 行重复"},
    "login_is_number": {
        "en": "the login must not be the service number, which customers know (R-SEC-10)",
        "zh": "登录名不能与工号相同，工号会告知客户（R-SEC-10）",
    },
    "number": {
        "en": "'{value}' can be no service number: digits, letters and . _ - only, at most 32",
        "zh": "“{value}”不能作工号：只含数字、字母和 . _ -，最多 32 个",
    },
    "number_taken": {"en": "'{value}' is the number of {who}", "zh": "工号“{value}”已属于 {who}"},
    "role": {"en": "'{value}' is no role; choose from {known}", "zh": "没有角色“{value}”，可选：{known}"},
    "name": {"en": "'{value}' can be no name: no | or ; in it", "zh": "“{value}”不能作姓名：不得含 | ;"},
    "group": {
        "en": "'{value}' can be no group: no / in it, at most 80 characters",
        "zh": "“{value}”不能作班组名：不得含 /，最多 80 个字符",
    },
    "leads": {
        "en": "a person with the role {value} leads no group; make him leader, coach, chief or manager",
        "zh": "角色为 {value} 的人员不能带班组，须为 leader、coach、chief 或 manager",
    },
    "pairs": {
        "en": "{pbxs} exchanges for {agents} agent names: give one, or one for each",
        "zh": "{agents} 个座席名对应 {pbxs} 台交换机：应为一台或一一对应",
    },
    "pbx": {"en": "no exchange is called '{value}'{near}", "zh": "没有名为“{value}”的交换机{near}"},
    "agent_taken": {
        "en": "'{value}' is {who}: one agent, one person (R-PRS-12)",
        "zh": "座席“{value}”已属于 {who}：一人一号（R-PRS-12）",
    },
    "language": {"en": "'{value}' is no language: auto, en or zh", "zh": "没有语言“{value}”：auto、en 或 zh"},
    "mail": {"en": "'{value}' is no mail address", "zh": "“{value}”不是邮箱地址"},
    "phone": {"en": "'{value}' is no telephone number", "zh": "“{value}”不是电话号码"},
    "reports_to": {"en": "nobody has the login '{value}'{near}", "zh": "没有登录名“{value}”{near}"},
    "circle": {"en": "reports to himself in the end: {value}", "zh": "汇报关系成环：{value}"},
    "shift_end": {"en": "'{value}' is no time of day; write 18:00", "zh": "“{value}”不是时刻，应如 18:00"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong; ``line`` as an editor counts it, 0: the whole file, or no file at all."""

    line: int
    column: str
    code: str
    slots: dict[str, str] = field(default_factory=dict)

    def sentence(self, language: Language = "en") -> str:
        """``line 3, number: …``"""
        line = {"en": f"line {self.line}", "zh": f"第 {self.line} 行"}[language] if self.line else ""
        where = {"en": ", ", "zh": "，"}[language].join(part for part in (line, self.column) if part)
        said = WORDS[self.code][language].format_map(self.slots | {"value": shown(self.slots.get("value", ""))})
        return f"{where}: {said}" if where else said


def shown(value: str) -> str:
    """A hostile cell in a sentence: short, on one line, every character visible."""
    cut = value if len(value) <= 60 else f"{value[:60]}…"
    return "".join(one if one.isprintable() else "?" for one in cut)
