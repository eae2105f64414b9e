"""``floor demo`` and ``floor simulate``: a living floor out of nothing, the same for the same seed, and no trace."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asterisk.check import run_check
from asterisk.simulator.simulator import SECRET, USER
from floor import heal
from floor.assembly import Floorwatch
from floor.cli import main
from floor.errors import FloorError
from floor.settings import PbxSettings, Settings
from floor.state.figures import TOTAL
from floor.verbs import demo
from floor.verbs.demo import Pretence, run_demo, run_simulator
from tests.floor.test_assembly import ask, figures_reach, link_is

SMALL = Pretence(agents=6, queues=2, seed=4, speed=20.0)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made; empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(heal, "SETTLE_S", 0.0)
    return folder


def nothing_in(folder: Path) -> bool:
    return not any(folder.iterdir())


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Floorwatch]:
    """The Floorwatches that are built."""
    watches: list[Floorwatch] = []

    def build(*arguments: Any, **named: Any) -> Floorwatch:
        watches.append(Floorwatch(*arguments, **named))
        return watches[-1]

    monkeypatch.setattr(demo, "Floorwatch", build)
    return watches


@asynccontextmanager
async def shown(built: list[Floorwatch], settings: Settings, *, keep: bool = False) -> AsyncIterator[Floorwatch]:
    """A demo with its first picture; its address is told once."""
    stop, ready, told, greeted = asyncio.Event(), asyncio.Event(), [], []

    def tell(url: str) -> None:
        told.append(url)
        ready.set()

    task = asyncio.create_task(run_demo(settings, SMALL, stop, tell, greeted.append, keep=keep))
    await asyncio.wait_for(ready.wait(), 15)
    (watch,) = built
    assert told == [watch.web.url]
    assert [line.partition(" / ")[0] for line in greeted] == ["Sign in as chief"]
    await link_is(watch, "up")
    try:
        yield watch
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_a_floor_out_of_nothing(built: list[Floorwatch], tmp_path: Path, temporary: Path) -> None:
    """Agents, queues and a day that has been going on for a while, on a board; afterwards there is no trace of it."""
    untouched = tmp_path / "data"
    async with shown(built, Settings(port=0, data_dir=untouched)) as watch:
        floor = watch.store.snapshot()
        assert (len(floor.agents), len(floor.queues), list(floor.pbxs)) == (6, 2, ["demo"])
        await figures_reach(watch, 10)
        assert sum(point["answered"] > 0 for point in watch.measures.history(TOTAL)) > 3
        assert (await ask(watch, "/readyz"))["status"] == "ready"
    assert not untouched.exists()
    assert nothing_in(temporary)


@pytest.mark.parametrize(
    ("given", "variables", "database", "kept"),
    [
        ([], {}, None, False),
        (["--data-dir", "d"], {}, None, True),
        (["--database", "sqlite:///d"], {}, "sqlite:///d", False),
        ([], {"FLOOR_DATA_DIR": "d"}, None, True),
        ([], {"FLOOR_DATA_DIR": "", "FLOOR_DATABASE": ""}, None, False),
        ([], {"FLOOR_DATABASE": "sqlite:///d"}, "sqlite:///d", False),
    ],
)
def test_only_what_was_asked_for_is_kept(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: list[str],
    variables: dict[str, str],
    database: str | None,
    kept: bool,
) -> None:
    """A folder or a database named for this very demo is used; those of the settings' file belong to a real floor."""
    monkeypatch.setattr("floor.verbs.options.configure_logs", lambda level: None)
    for name in ("FLOOR_CONFIG", "FLOOR_DATA_DIR", "FLOOR_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "floor.toml"
    file.write_text('database = "postgresql://real/floor"\ndata_dir = "/var/lib/real"\n', encoding="utf-8")
    seen: list[tuple[str | None, bool]] = []

    async def see(settings: Settings, *_: object, keep: bool) -> None:
        seen.append((settings.database, keep))

    monkeypatch.setattr(demo, "run_demo", see)
    result = CliRunner().invoke(main, ["demo", "--config", str(file), *given], env=variables)
    assert (result.exit_code, result.output) == (0, "")
    assert seen == [(database, kept)]


async def test_what_is_to_be_kept_is_kept(built: list[Floorwatch], tmp_path: Path) -> None:
    """Asked to keep it, the demo leaves its record where it was told."""
    settings = Settings(port=0, data_dir=tmp_path / "data", database=f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    async with shown(built, settings, keep=True) as watch:
        await figures_reach(watch, 1)
    assert (tmp_path / "kept.sqlite3").stat().st_size > 0
    assert (tmp_path / "data" / "access.json").exists()


async def test_a_demo_that_cannot_start_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    """With its port taken it is a sentence, and neither a folder nor a task stays."""
    before = asyncio.all_tasks()
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        with pytest.raises(FloorError, match="--port"):
            await run_demo(Settings(port=port, data_dir=tmp_path), SMALL, asyncio.Event(), print, print, keep=False)
    assert asyncio.all_tasks() == before
    assert nothing_in(temporary)


def test_the_same_seed_is_the_same_day() -> None:
    """With a seed the day can be shown again; without one no two are alike."""

    def day(seed: int | None) -> str:
        """Who did what in which order."""
        log = Pretence(6, 2, seed, 1.0).simulator().queue_log
        return "\n".join("|".join(line.split("|")[2:5]) for line in log)

    assert day(7) == day(7)
    assert len({day(seed) for seed in (7, 8, None, None)}) == 4


def test_its_past_is_as_long_as_can_be_waited_for() -> None:
    """A usual floor has been at work for three quarters of an hour, a very large one opens without."""

    def past_s(agents: int) -> float:
        log = Pretence(agents, 2, 1, 1.0).simulator().queue_log
        return float(log[-1].partition("|")[0]) - float(log[0].partition("|")[0])

    assert 2400 < past_s(6) < 2710
    assert past_s(demo.PAST_SMALL + 1) < 121


async def test_only_the_exchange() -> None:
    """``simulate`` says where it listens and with which account, speaks AMI, and stops when it is told to."""
    stop, told = asyncio.Event(), asyncio.Queue[str]()
    task = asyncio.create_task(run_simulator(SMALL, "127.0.0.1", 0, stop, told.put_nowait))
    sentence = await asyncio.wait_for(told.get(), 10)
    address, _, rest = sentence.removeprefix("A simulated exchange speaks AMI on ").partition(" ")
    assert rest == f"(user {USER}, secret {SECRET})"
    port = int(address.rpartition(":")[2])
    found = await run_check(PbxSettings(port=port, user=USER, secret=SECRET), listen_s=0.1)
    assert found[0].code == "connected"
    stop.set()
    await asyncio.wait_for(task, 10)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
