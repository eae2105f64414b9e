"""``floor backfill``: heal the record's gaps from the exchange's queue_log, by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from floor.assembly import day_of
from floor.day import Day
from floor.errors import ConfigInvalidError
from floor.history.backfill import Healing
from floor.history.database import Database
from floor.history.healing import backfill
from floor.settings import PbxSettings, Settings


def run_backfill(
    settings: Settings, name: str | None, source: str | None, dry: bool, say: Callable[[str], None]
) -> int:
    """Heal, and tell what was found; the number of gaps that stay.

    May run beside a running Floorwatch, whose screens follow at its next start or gap.
    """
    pbx = _chosen(settings, name)
    log = source or pbx.queue_log
    if log is None:
        raise ConfigInvalidError(["pbx.queue_log: where is this exchange's queue_log? Give --queue-log"])
    database = Database(settings.database_url)
    try:
        database.upgrade()
        day = day_of(settings)
        healing = backfill(database, pbx.name, log, zone=day.tz(), dry=dry)
    finally:
        database.close()
    _tell(healing, day, dry, say)
    return len(healing.unhealed)


def _chosen(settings: Settings, name: str | None) -> PbxSettings:
    found = [pbx for pbx in settings.pbx if name in (None, pbx.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(pbx.name for pbx in settings.pbx) or "none"
    raise ConfigInvalidError([f"pbx: which exchange? Give --pbx with one of: {names}"])


def _tell(healing: Healing, day: Day, dry: bool, say: Callable[[str], None]) -> None:
    would = "would be " if dry else ""
    say(
        f"{len(healing.healed)} gaps {would}healed: {len(healing.inserted)} calls {would}added, "
        f"{len(healing.completed)} calls {would}completed, {len(healing.offers)} rings {would}added."
    )
    for gap, why in healing.unhealed:
        say(f"Not healed: {_moment(gap.began_at, day)} – {_moment(gap.ended_at, day)}: {why}")
    for doubt in healing.doubts:
        say(f"Look at: {_moment(doubt.at, day)} {doubt.queue} {doubt.call}: {doubt.why}")
    if not healing.healed and not healing.unhealed:
        say("There is no gap to heal.")


def _moment(at: float | None, day: Day) -> str:
    if at is None:
        return "…"
    return datetime.fromtimestamp(at, day.tz()).strftime("%Y-%m-%d %H:%M:%S")
