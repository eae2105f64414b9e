"""Findings are complete sentences in both languages."""

from __future__ import annotations

import re
import string

import pytest

from asterisk.advice import ADVICE, Finding, Severity


@pytest.mark.parametrize("code", ADVICE)
def test_every_finding_is_told_in_both_languages_with_its_remedy(code: str) -> None:
    """What is so is a sentence; what is not fine has a remedy; both languages name the same values."""
    advice = ADVICE[code]
    for en, zh in zip(advice.en, advice.zh, strict=True):
        assert fields(en) == {name.removesuffix("_zh") for name in fields(zh)}
        if en:
            assert en.endswith(".")
            assert zh.endswith("。")
            assert re.search(r"[\u4e00-\u9fff]", zh)
    assert bool(advice.en[1]) == (advice.severity is not Severity.OK)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_values_from_the_exchange_cannot_write_to_the_terminal() -> None:
    """Control characters and braces in names are harmless, and no sentence is endless."""
    finding = Finding("members_invalid", {"members": "\x1b[31m{queues}Ann\r\n" + "x" * 1000})
    assert finding.what().startswith("Members whose device does not exist: [31m{queues}Annxxx")
    assert len(finding.what()) < 400
    assert finding.what("zh").startswith("以下成员的设备不存在")
    assert finding.remedy("zh").endswith("。")
