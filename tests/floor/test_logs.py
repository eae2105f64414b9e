"""Logs: one line each on stderr, at the level asked for, without secrets and without a way to forge a line."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

import pytest
import structlog

from floor.logs import SECRET_KEYS, configure_logs

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured) -> list[str]:
    """The lines on stderr; nothing must ever be on stdout, where verbs print what they were asked for."""
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_a_line_has_time_level_event_and_values(capsys: Captured) -> None:
    """Who reads the log sees when, how grave, what happened, and with what."""
    configure_logs("info")
    structlog.get_logger().warning("link closed", pbx="hq", reason="silent")
    (line,) = told(capsys)
    stamp, rest = line.split(" ", 1)
    assert abs(datetime.fromisoformat(stamp).astimezone().timestamp() - time.time()) < 60
    assert "warning" in rest
    assert "link closed" in rest
    assert "pbx=hq" in rest
    assert "\x1b" not in line, "no colours in a file"


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)],
)
def test_level_is_the_least_that_is_told(capsys: Captured, level: str, heard: int) -> None:
    """What is less grave than the level asked for is not written."""
    configure_logs(level)
    log = structlog.get_logger()
    for say in (log.debug, log.info, log.warning, log.error):
        say("something")
    assert len(told(capsys)) == heard


def test_level_may_change(capsys: Captured) -> None:
    """A logger made before the level was set obeys the level set last."""
    log = structlog.get_logger()
    configure_logs("error")
    log.info("too quiet")
    configure_logs("debug")
    log.info("loud enough")
    assert [line.count("loud enough") for line in told(capsys)] == [1]


@pytest.mark.parametrize("key", sorted({*SECRET_KEYS, "Secret", "PASSWORD"}))
def test_a_secret_is_never_written(capsys: Captured, key: str) -> None:
    """Under whatever spelling of its name, a secret's value is hidden; that there was one is told."""
    configure_logs("debug")
    structlog.get_logger().error("asked", **{key: "geheim"})
    (line,) = told(capsys)
    assert "geheim" not in line
    assert "(hidden)" in line


@pytest.mark.parametrize("hostile", ["x\n2026-01-01 [critical] forged", "x\rforged", "\x1b[2Jgone", "a\x00b", "\x9b2J"])
def test_what_an_exchange_says_stays_on_its_line(capsys: Captured, hostile: str) -> None:
    """Control characters from outside neither begin a line nor steer the terminal of the person who reads."""
    configure_logs("info")
    structlog.get_logger().info("list refused", said=hostile)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    assert err[:-1].isprintable()


def test_chinese_is_readable(capsys: Captured) -> None:
    """Names in Chinese are written as they are."""
    configure_logs("info")
    structlog.get_logger().info("link closed", pbx="总机一号")
    assert "pbx=总机一号" in told(capsys)[0]


def test_a_defect_has_its_traceback_without_values(capsys: Captured) -> None:
    """The traceback of a defect of ours is written, and no variable's value with it."""
    configure_logs("info")

    def fail(token: str) -> None:
        raise RuntimeError("broken")

    try:
        fail("".join(("ge", "heim")))
    except RuntimeError:
        structlog.get_logger().exception("fact refused")
    text = "\n".join(told(capsys))
    assert "RuntimeError: broken" in text
    assert "in fail" in text
    assert "geheim" not in text


@pytest.mark.parametrize(("level", "lines"), [("debug", 1), ("warning", 1), ("error", 0)])
def test_libraries_speak_only_when_it_matters(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, level: str, lines: int
) -> None:
    """Libraries that log by themselves are heard from warnings on, and never below our own level."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    configure_logs(level)
    library: Any = logging.getLogger("some.library")
    library.info("chatter")
    library.warning("trouble")
    assert len(told(capsys)) == lines
