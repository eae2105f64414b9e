"""Incidents, plans and drills on the real floor: a drill leaves it as it was."""

from __future__ import annotations

from pathlib import Path

from alerts.model import IncidentStage
from floor.assembly import Floorwatch
from floor.settings import Settings
from floor.state.facts import LinkChanged, PictureQueue, QueuesSynced, TrunksSynced
from floor.state.model import LinkState, Member, Reach


async def test_drill_on_the_real_path(tmp_path: Path) -> None:
    """With the real rules, book, engine and ledger: the drill's alert is marked and opens a marked incident; floor,
    figures and breaches are the same before and after."""
    watch = Floorwatch(Settings(data_dir=tmp_path, time_zone="UTC"))
    await watch.history.open()
    await watch.alerts.open()
    await watch.readiness.load()
    watch.alerts.engine.subscribe(watch.readiness.hear)
    now = watch.clock.now()
    member = Member("support", "ann", "PJSIP/1", "PJSIP/1")
    watch.store.apply(LinkChanged("pbx1", now, LinkState.UP))
    watch.store.apply(QueuesSynced("pbx1", now, (PictureQueue("support"),), (member,)))
    watch.store.apply(TrunksSynced("pbx1", now, (("PJSIP/carrier", Reach.REACHABLE, "Registered"),)))
    before = (watch.store.revision, dict(watch.store.snapshot().trunks), sorted(watch.measures.subjects()))
    drill = await watch.readiness.drills.start("comms", "simulated", "Zhao")
    rehearsal = watch.readiness.drills._rehearsal
    assert rehearsal is not None
    rehearsal.advance(now + 60)
    watch.alerts.engine.tick(watch.clock.now())
    (alert,) = [one for one in watch.alerts.engine.live.values() if one.drill is not None]
    assert (alert.rule, alert.drill) == ("R-EMG-22", drill.id)
    (incident,) = watch.readiness.incidents.live.values()
    assert (incident.drill, incident.stage) == (drill.id, IncidentStage.SUSPECTED)
    await watch.readiness.drills.stop(drill.id, "Zhao")
    after = (watch.store.revision, dict(watch.store.snapshot().trunks), sorted(watch.measures.subjects()))
    assert after == before
    assert await watch.alerts.engine.breaches(0.0) == []
    assert dict(watch.readiness.incidents.live) == {}
    await watch.alerts.close()
    await watch.history.close()
