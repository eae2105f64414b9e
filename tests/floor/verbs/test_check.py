"""``floor check``: exchanges one after the other, each finding with its mark and remedy, the errors counted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from asterisk import check
from asterisk.advice import Finding, Severity
from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import SECRET, USER, Simulator
from floor.settings import PbxSettings, Settings
from floor.verbs.check import run_check, tell_reach, tell_ways
from floor.verbs.users import add_user

FINE, ODD, BAD = (
    Finding("queues_fine", {"queues": "2", "members": "5"}),
    Finding("no_queues"),
    Finding("no_queue_module"),
)
TOLD = {
    "notify": {"webhook": {"ops": {"url": "https://ops.example/"}}},
    "alerts": {"route": [{"name": "ops", "contacts": [{"kind": "webhook", "address": "ops"}]}]},
}
"""Somebody hears of what is critical."""
FAR, NEAR = PbxSettings(name="far", host="10.0.0.1"), PbxSettings(name="near", port=5039)


@pytest.fixture
async def exchange() -> AsyncIterator[int]:
    """The port of an exchange with nothing wrong but that it is a simulated one."""
    one = Simulator(FloorSettings(agents=4, queue_count=1), seed=1, warmup_s=30, speed=20)
    yield await one.start()
    await one.stop()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Finding]]:
    """What is found per exchange, instead of asking one; the far one answers last."""
    answers: dict[str, list[Finding]] = {"far": [], "near": []}
    near_told = asyncio.Event()

    async def asked(pbx: PbxSettings, *, wrapup_s: int, calls: bool, less: bool) -> list[Finding]:
        assert wrapup_s == 7
        if pbx.name == "far":
            await near_told.wait()
        near_told.set()
        return answers[pbx.name]

    monkeypatch.setattr("floor.verbs.check.check_exchange", asked)
    return answers


async def run(*exchanges: PbxSettings, chinese: bool = False) -> tuple[int, list[str]]:
    said: list[str] = []
    settings = Settings.model_validate({"pbx": exchanges, "wrapup_s": 7, **TOLD})
    errors = await run_check(settings, "zh" if chinese else "en", said.append)
    return errors, said


def test_the_samples_are_of_every_gravity() -> None:
    """The findings these tests use are a good one, a warning and an error."""
    assert [one.severity for one in (FINE, ODD, BAD)] == [Severity.OK, Severity.WARN, Severity.ERROR]


async def test_each_exchange_has_its_heading_and_findings_in_order(found: dict[str, list[Finding]]) -> None:
    """In the order of the settings, whoever answers first; all are asked side by side."""
    found["far"], found["near"] = [FINE], [BAD, FINE]
    errors, said = await run(FAR, NEAR)
    assert errors == 1
    assert said[0] == "far (10.0.0.1:5038)"
    assert said[1] == f"  ok    {FINE.what('en')}"
    assert said[2] == "near (127.0.0.1:5039)"
    assert said[3] == f"  ERROR {BAD.what('en')}"
    assert said[4] == f"        → {BAD.remedy('en')}"
    assert said[5] == f"  ok    {FINE.what('en')}"


async def test_only_errors_count(found: dict[str, list[Finding]]) -> None:
    """A warning is told and is no error; errors of all exchanges add up."""
    found["far"], found["near"] = [ODD, BAD], [BAD]
    errors, said = await run(FAR, NEAR)
    assert errors == 2
    assert sum(line.startswith("  warn  ") for line in said) == 1
    found["far"], found["near"] = [ODD], [FINE]
    assert (await run(FAR, NEAR))[0] == 0


async def test_sentences_in_chinese(found: dict[str, list[Finding]]) -> None:
    """Findings and remedies are told in the language asked for."""
    found["near"] = [BAD]
    _, said = await run(NEAR, chinese=True)
    assert BAD.what("zh") in said[1]
    assert BAD.remedy("zh") in said[2]
    assert BAD.what("zh") != BAD.what("en")


async def test_an_exchange_is_asked_in_earnest(exchange: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers, one where nothing listens, one that refuses us: the first is told healthy, the others why
    not, and no secret is said."""
    monkeypatch.setattr("floor.verbs.check.check_exchange", partial(check.run_check, listen_s=0.1))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    fine = PbxSettings(name="fine", port=exchange, user=USER, secret=SecretStr(SECRET))
    dead = PbxSettings(name="dead", port=free, user=USER, secret=SecretStr("geheim"))
    shut = PbxSettings(name="shut", port=exchange, user=USER, secret=SecretStr("geheim"))
    errors, said = await run(fine, dead, shut)
    text = "\n".join(said)
    assert "geheim" not in text
    healthy, _, rest = text.partition("dead (")
    assert "ERROR" not in healthy
    nothing, _, refused = rest.partition("shut (")
    assert nothing.count("ERROR") == refused.count("ERROR") == 1
    assert nothing.count("→") == refused.count("→") == 1
    assert errors == 2


def test_ways_of_telling_are_checked() -> None:
    """Each mistake in [notify] is a sentence and an error; with none there is not even a heading."""
    said: list[str] = []
    wrong = Settings.model_validate({"notify": {"phone": {"pbx": "branch"}}})
    assert tell_ways(wrong, "zh", said.append) == 1
    assert said[0] == "通知"
    assert "branch" in said[1]
    assert tell_ways(Settings(), "en", said.append) == 0
    assert len(said) == 2


async def test_the_exchange_that_calls_is_asked_whether_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the one named in [notify.phone]."""
    asked: dict[str, bool] = {}

    async def note(pbx: PbxSettings, *, wrapup_s: int, calls: bool, less: bool) -> list[Finding]:
        asked[pbx.name] = calls
        return [FINE]

    monkeypatch.setattr("floor.verbs.check.check_exchange", note)
    settings = Settings.model_validate({"pbx": [FAR, NEAR], "notify": {"phone": {"pbx": "near"}}})
    await run_check(settings, "en", lambda _: None)
    assert asked == {"far": False, "near": True}


def test_that_nobody_would_be_told_is_a_warning(tmp_path: Path) -> None:
    """With its remedy, in both languages; a contact on record is enough, and looking creates nothing."""
    said: list[str] = []
    settings = Settings.model_validate({"data_dir": tmp_path, "notify": {"mail": {"server": "mail.example"}}})
    tell_reach(settings, "en", said.append)
    tell_reach(settings, "zh", said.append)
    assert [said[0], said[2]] == ["alerts", "告警"]
    assert said[1].startswith("  warn  Nobody is told")
    assert "floor roster" in said[3]
    assert list(tmp_path.iterdir()) == []
    add_user(settings, {"login": "chi", "name": "Chi", "role": "chief", "mail": "chi@floor.example"}, None)
    tell_reach(settings, "en", said.append)
    assert len(said) == 4
