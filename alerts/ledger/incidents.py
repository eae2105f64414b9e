"""Incidents on record: versions, timeline and callbacks. Rows are added, never changed and never taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, func, select

from alerts.ledger.incident_tables import incident_callbacks, incident_entries, incident_versions, incidents
from alerts.ledger.shelf import Shelf
from alerts.model import Entry, Incident, IncidentStage

LIVE = frozenset({IncidentStage.SUSPECTED, IncidentStage.OPEN, IncidentStage.RECOVERED})


class IncidentLedger:
    """The record of incidents in one database."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def keep(self, incident: Incident, version: int, at: float, actor: str) -> None:
        """Put down the incident as it is from now on; the first version opens its record."""
        if version == 1:
            self.shelf.put(incidents, id=incident.id, opened_at=incident.opened_at, drill=incident.drill)
        body = _json(incident)
        self.shelf.put(incident_versions, incident=incident.id, version=version, at=at, actor=actor, body=body)

    def add(self, entry: Entry, mark: str | None = None) -> None:
        """Put down one line of the timeline."""
        self.shelf.put(
            incident_entries,
            incident=entry.incident,
            number=entry.id,
            at=entry.at,
            kind=entry.kind,
            actor=entry.actor,
            text=_json(entry.text),
            data=_json(entry.data),
            mark=mark,
        )

    def add_callback(self, incident: str, visit: tuple[str, str, str], at: float, actor: str, result: str) -> None:
        pbx, queue, uniqueid = visit
        self.shelf.put(
            incident_callbacks,
            incident=incident, pbx=pbx, queue=queue, uniqueid=uniqueid, at=at, actor=actor, result=result,
        )  # fmt: skip

    async def flush(self) -> bool:
        return await self.shelf.flush()

    async def newest(self, since: float = 0.0) -> list[tuple[Incident, int]]:
        """(incident as it is, its version) of all opened at or after the moment, newest first."""
        return await self.shelf.ask(lambda connection: _newest(connection, since=since))

    async def one(self, incident: str) -> tuple[Incident, int] | None:
        found = await self.shelf.ask(lambda connection: _newest(connection, incident=incident))
        return found[0] if found else None

    async def entries(self, incident: str) -> list[tuple[Entry, str | None]]:
        """(line, its mark) in the order they were written."""
        query = (
            select(incident_entries).where(incident_entries.c.incident == incident).order_by(incident_entries.c.number)
        )
        return await self.shelf.ask(lambda c: [_entry(row) for row in c.execute(query).mappings()])

    async def versions(self, incident: str) -> list[Mapping[str, Any]]:
        """``version, at, actor, incident`` in order."""
        query = (
            select(incident_versions)
            .where(incident_versions.c.incident == incident)
            .order_by(incident_versions.c.version)
        )
        return await self.shelf.ask(lambda c: [_version(row) for row in c.execute(query).mappings()])

    async def callbacks(self, incident: str) -> dict[tuple[str, str, str], tuple[str, str, float]]:
        """Visit -> (result, by whom, when), the last word for each."""
        query = (
            select(incident_callbacks)
            .where(incident_callbacks.c.incident == incident)
            .order_by(incident_callbacks.c.id)
        )
        rows: Sequence[RowMapping] = await self.shelf.ask(lambda c: c.execute(query).mappings().all())
        return {(r["pbx"], r["queue"], r["uniqueid"]): (r["result"], r["actor"], r["at"]) for r in rows}


def _newest(connection: Connection, *, since: float = 0.0, incident: str | None = None) -> list[tuple[Incident, int]]:
    last = (
        select(incident_versions.c.incident, func.max(incident_versions.c.version).label("version"))
        .group_by(incident_versions.c.incident)
        .subquery()
    )
    versions = incident_versions
    query = (
        select(versions.c.body, versions.c.version)
        .join(last, (versions.c.incident == last.c.incident) & (versions.c.version == last.c.version))
        .join(incidents, incidents.c.id == versions.c.incident)
        .where(incidents.c.opened_at >= since)
        .order_by(incidents.c.opened_at.desc())
    )
    if incident is not None:
        query = query.where(incidents.c.id == incident)
    return [(msgspec.json.decode(body, type=Incident), version) for body, version in connection.execute(query)]


def _entry(row: RowMapping) -> tuple[Entry, str | None]:
    entry = Entry(
        incident=row["incident"],
        at=row["at"],
        kind=row["kind"],
        actor=row["actor"],
        text=msgspec.json.decode(row["text"]),
        data=msgspec.json.decode(row["data"]),
        id=row["number"],
    )
    return entry, row["mark"]


def _version(row: RowMapping) -> Mapping[str, Any]:
    return {
        "version": row["version"],
        "at": row["at"],
        "actor": row["actor"],
        "incident": msgspec.json.decode(row["body"], type=Incident),
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
