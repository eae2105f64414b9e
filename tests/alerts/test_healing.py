"""A gap that is healed from queue_log: the record and the figures are mended, and nobody is alarmed by what is long
over."""

from __future__ import annotations

from pathlib import Path

from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.rulebook import Rulebook
from alerts.world import FloorWorld
from floor import heal
from floor.day import Day
from floor.history import History
from floor.measures import Measures
from floor.settings import PbxSettings
from floor.state import facts as f
from floor.state.model import Device, LinkState, Member
from floor.store import FloorStore
from tests.alerts.stage import Register, Said
from tests.history.entities import NOW, ManualClock

PBX, QUEUE = "pbx", "support"
OUT_S = 600.0
"""How long nothing was heard."""


def log_of_a_bad_time(begin: int) -> str:
    """While nothing was heard Ann let it ring out five times, and twenty callers gave up after two minutes."""
    lines = [f"{begin - 9999}|NONE|NONE|NONE|QUEUESTART|"]
    for n in range(20):
        at = begin + 20 * n
        lines.append(f"{at}|{n}.0|{QUEUE}|NONE|ENTERQUEUE||19{n:02}|1")
        lines += [f"{at + 15}|{n}.0|{QUEUE}|Ann|RINGNOANSWER|15000"] if n < 5 else []
        lines.append(f"{at + 120}|{n}.0|{QUEUE}|NONE|ABANDON|1|1|120")
    return "\n".join(sorted(lines, key=lambda line: int(line.partition("|")[0]))) + "\n"


async def test_healing_raises_no_alert(tmp_path: Path) -> None:
    """No rule says anything of it, at once or later; the figures tell that it happened (R-ANS-5, R-ANS-8, R-ANS-9)."""
    (tmp_path / "queue_log").write_text(log_of_a_bad_time(int(NOW) + 5))
    clock, said = ManualClock(NOW), Said()
    history = History(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path, clock)
    await history.open()
    store, day = FloorStore(clock), Day("UTC")
    measures = Measures(clock, day)
    world = FloorWorld(store.snapshot(), measures, Register(), clock, day)
    evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, said)
    pbx = PbxSettings(name=PBX, queue_log=str(tmp_path / "queue_log"))
    healer = heal.Healer(pbx, history, measures, day, lambda: store.snapshot().callers)
    for listener in (measures, history.record, healer.listen):
        store.subscribe(listener)
    store.subscribe(evaluator.hear, happenings=True)
    seat = Member(QUEUE, "Ann", "PJSIP/1001", "PJSIP/1001", device=Device.IDLE, logged_in_at=NOW)
    store.apply(f.LinkChanged(PBX, NOW, LinkState.UP))
    store.apply(f.QueuesSynced(PBX, NOW, (f.PictureQueue(QUEUE),), (seat,)))
    store.apply(f.LinkChanged(PBX, NOW, LinkState.DOWN, "no answer"))
    clock.pass_by(OUT_S)
    evaluator.due(clock.now())
    back = clock.now()
    store.apply(f.LinkChanged(PBX, back, LinkState.SYNCING))
    store.apply(f.QueuesSynced(PBX, back, (f.PictureQueue(QUEUE),), (seat,)))
    store.apply(f.LinkChanged(PBX, back, LinkState.UP))
    clock.pass_by(10)
    evaluator.due(clock.now())
    before = (len(said.signals), len(said.words))
    healing = await healer.heal()
    assert len(healing.visits) == 20
    assert measures.figures(("queue", PBX, QUEUE)).abandoned == 20
    assert measures.figures(("agent", PBX, "Ann")).ring_no_answer == 5
    for _ in range(12):
        clock.pass_by(300)
        evaluator.due(clock.now())
    assert [one for one in said.signals[before[0] :] if one.standing != "fine"] == []
    assert len(said.words) == before[1]
    await history.close()
