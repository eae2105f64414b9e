"""``floor roster``: a spreadsheet in, all or nothing, and out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.errors import ConfigInvalidError
from floor.people.faults import Language
from floor.settings import PbxSettings, Settings
from floor.verbs.roster import MOST_TOLD, export_roster, import_roster

GOOD = "登录名,姓名,角色,带班组,交换机,座席名\nli.na,李娜,组长,早班,,\nwang,王伟,,,east,Wang\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", pbx=(PbxSettings(name="east"),))


def imported(settings: Settings, data: bytes, *, dry: bool = False, language: Language = "en") -> list[str]:
    """What was told."""
    told: list[str] = []
    file = settings.data_dir.with_name("team.csv")
    file.write_bytes(data)
    import_roster(settings, file, dry=dry, language=language, say=told.append)
    return told


def test_dry_then_wet(settings: Settings) -> None:
    """A dry run tells the same as what is then done, and which encoding was guessed; again it finds nothing to do."""
    lines = ["+ li.na: 李娜, leader, 早班", "+ wang: 王伟, agent"]
    dry = imported(settings, GOOD.encode("gbk"), dry=True)
    assert dry == [*lines, "Read as GBK: 2 would be added, 0 would be changed, 0 stay as they are."]
    wet = imported(settings, GOOD.encode("gbk"))
    assert wet == [*lines, "Read as GBK: 2 added, 0 changed, 0 stay as they are."]
    again = imported(settings, GOOD.encode(), language="zh")
    assert again == ["按 UTF-8 读取：已新增 0 人，已更改 0 人，2 人不变。"]
    assert imported(settings, export_roster(settings).encode()) == [
        "Read as UTF-8: 0 added, 0 changed, 2 stay as they are."
    ]


def test_every_fault_with_its_line(settings: Settings) -> None:
    """All are told at once, in the language asked for, and nothing is changed; exchanges are those of the settings."""
    wrong = GOOD.replace("east", "esat").replace("组长", "boss")
    with pytest.raises(ConfigInvalidError) as caught:
        imported(settings, wrong.encode())
    assert [error[:40] for error in caught.value.errors] == [
        "team.csv: line 2, role: 'boss' is no rol",
        "team.csv: line 3, pbx: no exchange is ca",
        "nothing was changed",
    ]
    with pytest.raises(ConfigInvalidError, match="第 2 行，role"):
        imported(settings, wrong.encode(), language="zh")
    assert export_roster(settings).count("\n") == 1


def test_a_file_of_another_kind_does_not_fill_the_screen(settings: Settings) -> None:
    """After so many faults the rest are counted."""
    with pytest.raises(ConfigInvalidError) as caught:
        imported(settings, ("login\n" + "a b\n" * 1000).encode())
    assert caught.value.errors[MOST_TOLD:] == ["… and 800 more", "nothing was changed"]


def test_a_file_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    """It is a sentence, also for a folder."""
    for file in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(ConfigInvalidError, match="cannot be read"):
            import_roster(settings, file, dry=False, language="en", say=print)
