"""``floor replay`` shows a tape as if it were the exchange; ``floor record`` makes one that can be shown."""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from asterisk.deliveries import Delivery, EventArrived, PictureComplete
from asterisk.reel import load
from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import SECRET, USER, Simulator
from asterisk.tape import TapeError
from floor.assembly import Floorwatch
from floor.errors import UnreachableError
from floor.settings import PbxSettings, Settings
from floor.state.figures import TOTAL
from floor.verbs import tapes
from floor.verbs.tapes import run_record, run_replay
from tests.asterisk.judge import judge_file
from tests.floor.test_assembly import ask, figures_reach, link_is

HOLD = Path(__file__).parents[2] / "tapes" / "22" / "hold-once.ami"
AT_ONCE = 0.0


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Floorwatch]:
    """The Floorwatches that are built."""
    watches: list[Floorwatch] = []

    def build(*arguments: Any, **named: Any) -> Floorwatch:
        watches.append(Floorwatch(*arguments, **named))
        return watches[-1]

    monkeypatch.setattr(tapes, "Floorwatch", build)
    return watches


@asynccontextmanager
async def played(
    settings: Settings, tape: Path, speed: float = AT_ONCE, *, ami_only: bool = False
) -> AsyncIterator[str]:
    """A tape that is being played; gives the address that was told."""
    stop, told = asyncio.Event(), asyncio.Queue[str]()
    task = asyncio.create_task(run_replay(settings, tape, speed, ami_only, stop, told.put_nowait))
    begun = asyncio.create_task(told.get())
    await asyncio.wait([task, begun], timeout=15, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not task.done():
            yield begun.result()
            assert told.empty()
    finally:
        stop.set()
        begun.cancel()
        await asyncio.wait_for(task, 10)


def nothing_in(folder: Path) -> bool:
    return not any(folder.iterdir())


async def test_a_tape_is_shown_on_a_board(built: list[Floorwatch], tmp_path: Path, temporary: Path) -> None:
    """A recorded call of a real exchange, at fifty times its speed: the board is served, its figures are what the
    exchange wrote down itself, and afterwards nothing is left, in whatever database."""
    settings = Settings(port=0, data_dir=tmp_path / "data", database=f"sqlite:///{tmp_path / 'real.sqlite3'}")
    async with played(settings, HOLD, 50.0) as url:
        (watch,) = built
        assert url == watch.web.url
        await link_is(watch, "up")
        await figures_reach(watch, 1)
        await no_caller_left(watch)
        today = await ask(watch, "/api/v1/today")
    assert [row["pbx"] for row in today["queues"]] == ["hold-once"]
    expected = judge_file(HOLD.with_suffix(".queue_log")).total.as_dict()
    assert {name: today["total"][name] for name in expected} == expected
    assert today["total"]["held"] == 1
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "real.sqlite3").exists()
    assert nothing_in(temporary)


async def no_caller_left(watch: Floorwatch) -> None:
    """Wait until every visit is over."""
    over = asyncio.Event()

    def look(_: object = None) -> None:
        if not watch.store.snapshot().callers:
            over.set()

    forget = watch.store.subscribe(look)
    look()
    try:
        await asyncio.wait_for(over.wait(), 15)
    finally:
        forget()


async def test_gaps_of_a_replay_are_in_order(built: list[Floorwatch]) -> None:
    """Though the tape is of another day: what is missing before it began and ended in this order."""
    async with played(Settings(port=0), HOLD) as _:
        (watch,) = built
        await link_is(watch, "up")
        await figures_reach(watch, 1)
        for gap in (await ask(watch, "/api/v1/today"))["gaps"]["hold-once"]:
            assert gap[1] is None or gap[0] <= gap[1]


@pytest.mark.parametrize("name", [".ami", "x" * 200 + ".ami", "a\nb.ami", "夜班 一号.ami", "two.dots.ami"])
async def test_a_tape_may_have_any_name(built: list[Floorwatch], tmp_path: Path, name: str) -> None:
    """Whatever the file is called, the board has a name for its exchange."""
    tape = tmp_path / name
    tape.write_bytes(HOLD.read_bytes())
    async with played(Settings(port=0), tape):
        (pbx,) = built[0].settings.pbx
        assert pbx.name


async def test_only_the_exchange_of_a_tape(built: list[Floorwatch]) -> None:
    """With ``--ami-only`` it is an exchange on the port asked for, whatever the account; no board."""
    settings = Settings(pbx=(PbxSettings(port=0),))
    async with played(settings, HOLD, ami_only=True) as told:
        assert told.endswith("(AMI; any user and secret)")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(told.partition(" ")[0].rpartition(":")[2]))
        assert (await reader.readline()).startswith(b"Asterisk Call Manager/")
        writer.write(b"Action: Login\r\nUsername: who\r\nSecret: ever\r\n\r\n")
        assert await reader.readline() == b"Response: Success\r\n"
        writer.close()
        await writer.wait_closed()
    assert built == []


async def test_the_usual_port_is_taken_only_when_asked_for() -> None:
    """A board plays its tape on a free port; ``--ami-only`` without a port takes AMI's own, or says that it cannot."""
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        settings = Settings(pbx=(PbxSettings(port=port),), port=0)
        with pytest.raises(UnreachableError, match="cannot listen"):
            await run_replay(settings, HOLD, AT_ONCE, True, asyncio.Event(), print)
        async with played(settings, HOLD) as url:
            assert url


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bad.tape", b""),
        ("bad.tape", b"Dear diary,\r\n\r\nnothing happened.\r\n\r\n"),
        ("bad.tape", b"floorwatch tape 1 yesterday\n"),
        ("bad.tape", b"floorwatch tape 1 12.0\n0.0 opened 0\n\n"),
        ("bad.tape.gz", b"floorwatch tape 1 12.0\n"),
        ("bad.tape.gz", gzip.compress(b"floorwatch tape 1 12.0\n")[:-9]),
        ("bad.ami.gz", gzip.compress(b"Event: Hangup\r\n\r\n")[:-9]),
    ],
    ids=["empty", "prose", "no-date", "nothing-heard", "not-compressed", "cut-tape", "cut-capture"],
)
async def test_what_is_no_tape_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    """A file without an exchange on it is a sentence with its name, not a board that waits for ever."""
    tape = tmp_path / name
    tape.write_bytes(data)
    with pytest.raises(TapeError, match="bad"):
        await run_replay(Settings(port=0), tape, AT_ONCE, False, asyncio.Event(), print)


Heard = Callable[[Delivery], bool]


@pytest.fixture
async def exchange() -> AsyncIterator[PbxSettings]:
    """A busy simulated exchange."""
    one = Simulator(FloorSettings(agents=8, queue_count=2), seed=5, warmup_s=120, speed=100)
    port = await one.start()
    yield PbxSettings(name="hq", port=port, user=USER, secret=SecretStr(SECRET), watchdog_s=2)
    await one.stop()


async def recorded(
    pbx: PbxSettings, tape: Path, enough: Heard, max_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Record until enough was heard."""
    stop = asyncio.Event()

    def hear(delivery: Delivery) -> None:
        if enough(delivery):
            stop.set()

    monkeypatch.setattr(tapes, "_ignore", hear)
    await asyncio.wait_for(run_record(pbx, tape, max_bytes, stop), 30)


def answers_after_the_picture(count: int) -> Heard:
    """Enough is: a picture, and so many calls answered after it."""
    pictures, answers = 0, 0

    def enough(delivery: Delivery) -> bool:
        nonlocal pictures, answers
        pictures += isinstance(delivery, PictureComplete)
        if pictures and isinstance(delivery, EventArrived):
            answers += delivery.message.get("Event") == "AgentConnect"
        return answers >= count

    return enough


@pytest.mark.parametrize("suffix", [".tape", ".tape.gz"])
async def test_what_is_recorded_can_be_replayed(
    exchange: PbxSettings, built: list[Floorwatch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """The whole floor is on the tape, calls are answered on it, and the secret is not."""
    tape = tmp_path / f"floor{suffix}"
    await recorded(exchange, tape, answers_after_the_picture(3), 10**9, monkeypatch)
    data = tape.read_bytes() if suffix == ".tape" else gzip.decompress(tape.read_bytes())
    assert b"Secret" not in data
    async with played(Settings(port=0), tape):
        (watch,) = built
        await link_is(watch, "up")
        floor = watch.store.snapshot()
        assert (len(floor.agents), len(floor.queues)) == (8, 2)
        await figures_reach(watch, 3)
    assert watch.measures.figures(TOTAL).offered >= watch.measures.figures(TOTAL).answered


async def test_a_full_tape_is_followed_by_one_that_stands_alone(
    exchange: PbxSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its size the tape is put aside; the next begins with a picture, so that it can be played by itself."""
    tape = tmp_path / "floor.tape"
    pictures = 0

    def two_pictures(delivery: Delivery) -> bool:
        nonlocal pictures
        pictures += isinstance(delivery, PictureComplete)
        return pictures == 2

    await recorded(exchange, tape, two_pictures, 100_000, monkeypatch)
    aside = tmp_path / "floor.1.tape"
    assert 50_000 < aside.stat().st_size < 400_000
    for one in (aside, tape):
        assert "QueueStatus" in load(one, 0.0)[0].lists, one.name


async def test_an_exchange_that_refuses_us_is_waited_for(exchange: PbxSettings, tmp_path: Path) -> None:
    """Recording goes on trying until it is told to stop; the tape is there, and holds no login."""
    tape, stop = tmp_path / "floor.tape", asyncio.Event()
    wrong = exchange.model_copy(update={"secret": SecretStr("geheim")})
    task = asyncio.create_task(run_record(wrong, tape, 10**9, stop))
    await asyncio.wait([task], timeout=0.3)
    assert not task.done()
    stop.set()
    await asyncio.wait_for(task, 5)
    assert b"geheim" not in tape.read_bytes()


async def test_a_tape_that_cannot_be_written_is_told(exchange: PbxSettings, tmp_path: Path) -> None:
    """A sentence with the file's name, before anything is asked of the exchange."""
    with pytest.raises(TapeError, match="nowhere"):
        await run_record(exchange, tmp_path / "nowhere" / "floor.tape", 10**9, asyncio.Event())


def test_the_sample_is_what_it_seems() -> None:
    """The tape these tests play has one answered call on it."""
    total = judge_file(HOLD.with_suffix(".queue_log")).total.as_dict()
    assert json.dumps(total["answered"]) == "1"
