"""`floor check` on real exchanges: what is wrong is said in a sentence, with its remedy, and by the exit code."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange
from tests.asterisk.load import load_plan
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(300)]
on_both = pytest.mark.parametrize("version", VERSIONS)

BLIND = """
[blind]
secret = blind-secret
read = call
write = system,reporting
"""


@dataclass(frozen=True)
class Said:
    """What the command printed, and its exit code."""

    text: str
    code: int

    def remedy(self, sentence: str) -> str:
        """The line under the one that holds this sentence."""
        lines = self.text.splitlines()
        place = next((place for place, line in enumerate(lines) if sentence in line), None)
        assert place is not None, self.text
        return lines[place + 1].strip()


Checks = dict[str, Said]


async def checks(version: str, _folder: Path) -> Checks:
    """Check an exchange as it is, with a wrong secret, with few rights, and with timestamps switched off."""
    async with Exchange(version, load_plan(6)) as exchange:
        conf = exchange.folder / "etc" / "manager.conf"
        conf.write_text(conf.read_text() + BLIND)
        await exchange.cli("manager reload")
        well, wrong, blind = await asyncio.gather(
            _check(exchange, "floor"), _check(exchange, "floor", "wrong"), _check(exchange, "blind")
        )
        conf.write_text(conf.read_text().replace("timestampevents = yes", "timestampevents = no"))
        await exchange.cli("manager reload")
        unstamped, chinese = await asyncio.gather(
            _check(exchange, "floor"), _check(exchange, "floor", "floor-secret", "--chinese")
        )
        return {"well": well, "wrong": wrong, "blind": blind, "unstamped": unstamped, "chinese": chinese}


async def _check(exchange: Exchange, user: str, secret: str = "", *more: str) -> Said:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from floor.cli import main; main()", "check", "--ami-port", str(exchange.ami_port)),
        *("--ami-user", user, "--ami-secret", secret or f"{user}-secret", *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return Said(output.decode(), process.returncode or 0)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Played[Checks]:
    return side_by_side(checks, tmp_path_factory.mktemp("check"))


@on_both
def test_nothing_is_wrong(version: str, said: Played[Checks]) -> None:
    """With the rights of the shipped account there is no error, and the exit code is 0."""
    well = said.on(version)["well"]
    assert well.code == 0, well.text
    assert "ERROR" not in well.text
    assert "Events carry the exchange's own time." in well.text


@on_both
def test_wrong_secret(version: str, said: Played[Checks]) -> None:
    """The refusal is the exchange's own word, the remedy names where to look, and the secret is not told."""
    wrong = said.on(version)["wrong"]
    assert wrong.code == 1
    assert "manager.conf" in wrong.remedy("ERROR The exchange refused the login of user floor: Authentication failed.")
    assert "--ami-secret" not in wrong.text
    assert "floor-secret" not in wrong.text


@on_both
@pytest.mark.parametrize("kind", ["system", "agent", "dialplan"])
def test_missing_read_class(version: str, kind: str, said: Played[Checks]) -> None:
    """Each class that the account may not read is named with what is not seen without it, and where to add it."""
    blind = said.on(version)["blind"]
    assert blind.code == 1
    line = next(line for line in blind.text.splitlines() if "ERROR" in line and f" {kind}" in line)
    assert "manager.conf [blind]" in blind.remedy(line)


@on_both
def test_timestamps_off(version: str, said: Played[Checks]) -> None:
    """That times are those of arrival is said, with the option that changes it."""
    remedy = said.on(version)["unstamped"].remedy("Events carry no timestamps")
    assert "timestampevents = yes" in remedy


@on_both
def test_in_chinese(version: str, said: Played[Checks]) -> None:
    """The same sentence in Chinese."""
    assert "timestampevents = yes" in said.on(version)["chinese"].remedy("事件没有时间戳")
