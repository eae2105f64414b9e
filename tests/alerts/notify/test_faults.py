"""Mistakes in the settings of telling are found before anybody has to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.notify import faults as module
from alerts.notify.faults import faults
from floor.sections.notify import NotifySettings


def found(**settings: object) -> list[str]:
    return [fault["en"].partition(":")[0] for fault in faults(NotifySettings.model_validate(settings), ["hq"])]


def test_nothing_set_up_is_no_mistake() -> None:
    """And neither is what is right."""
    assert found() == []
    assert found(phone={"pbx": "hq"}, webhook={"ops": {"url": "https://ops.example/x"}}) == []


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"mail": {"password_file": "none"}}, "notify.mail.password_file"),
        ({"heartbeat_file": "none"}, "notify.heartbeat_file"),
        ({"apprise": {"team": "none"}}, "notify.apprise.team"),
        ({"webhook": {"ops": {"url": "https://a/", "secret_file": "none"}}}, "notify.webhook.ops.secret_file"),
        ({"webhook": {"ops": {"url": "https://a:99999/"}}}, "notify.webhook.ops.url"),
        ({"phone": {"pbx": "branch"}}, "notify.phone.pbx"),
        ({"paging": {"groups": {"hall": ["1"]}}}, "notify.paging"),
    ],
)
def test_each_mistake_names_its_key(settings: dict[str, object], key: str) -> None:
    """One mistake, one sentence."""
    assert found(**settings) == [key]


def test_folders_and_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spoken messages need a program and a folder; a folder that is not there yet is made."""
    monkeypatch.setattr(module, "PROGRAM", "sh")
    assert found(phone={"pbx": "hq", "sounds_dir": tmp_path / "new"}) == []
    assert found(phone={"pbx": "hq", "sounds_dir": tmp_path / "no" / "parent"}) == ["notify.phone.sounds_dir"]
    monkeypatch.setattr(module, "PROGRAM", "no-such-program")
    assert found(phone={"pbx": "hq", "sounds_dir": tmp_path}) == ["notify.phone.sounds_dir"]
